/** Placeholder. */
@NullMarked
package dev.plimsoll.registry;

import org.jspecify.annotations.NullMarked;
