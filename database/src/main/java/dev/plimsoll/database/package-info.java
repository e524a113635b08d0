/** Placeholder. */
@NullMarked
package dev.plimsoll.database;

import org.jspecify.annotations.NullMarked;
