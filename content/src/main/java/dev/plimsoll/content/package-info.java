/** Placeholder. */
@NullMarked
package dev.plimsoll.content;

import org.jspecify.annotations.NullMarked;
