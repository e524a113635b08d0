/** Placeholder. */
@NullMarked
package dev.plimsoll.oci;

import org.jspecify.annotations.NullMarked;
