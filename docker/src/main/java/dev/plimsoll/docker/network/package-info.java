/** The JSON of networks in the Engine API 1.51. */
@NullMarked
package dev.plimsoll.docker.network;

import org.jspecify.annotations.NullMarked;
