/** The JSON of volumes in the Engine API 1.51. What is absent in a request arrives empty. */
@NullMarked
package dev.plimsoll.docker.volume;

import org.jspecify.annotations.NullMarked;
