/**
 * Images as the Engine API writes them. Field names are those of the API description, version 1.51.
 *
 * <p>Everything here is a value without behaviour. A component that is {@code null} is left out of
 * the JSON, unless its record says that it is written as {@code null}.
 *
 * <p>Begin with {@link dev.plimsoll.docker.image.ImageSummary} and {@link
 * dev.plimsoll.docker.image.ImageInspectReply}.
 */
@NullMarked
package dev.plimsoll.docker.image;

import org.jspecify.annotations.NullMarked;
