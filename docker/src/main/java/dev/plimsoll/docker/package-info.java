/** Placeholder. */
@NullMarked
package dev.plimsoll.docker;

import org.jspecify.annotations.NullMarked;
