/** Placeholder. */
@NullMarked
package dev.plimsoll.foundation;

import org.jspecify.annotations.NullMarked;
