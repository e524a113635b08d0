/** Placeholder. */
@NullMarked
package dev.plimsoll.http;

import org.jspecify.annotations.NullMarked;
