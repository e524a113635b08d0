/** Placeholder. */
@NullMarked
package dev.plimsoll.transfer;

import org.jspecify.annotations.NullMarked;
