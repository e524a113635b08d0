/** Placeholder. */
@NullMarked
package dev.plimsoll.linux;

import org.jspecify.annotations.NullMarked;
