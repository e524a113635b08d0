/** The JSON of what the engine says of itself in the Engine API 1.51. */
@NullMarked
package dev.plimsoll.docker.system;

import org.jspecify.annotations.NullMarked;
