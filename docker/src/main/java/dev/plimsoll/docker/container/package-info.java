/**
 * Containers as the Engine API writes them: what a client sends to create and update one, and what
 * it reads back. Field names are those of the API description, version 1.51.
 *
 * <p>A list, map or text that is absent reads as empty; a component marked {@code @Nullable} is one
 * where the API gives absence a meaning of its own. Everything here is a value without behaviour:
 * what a field may hold is checked by the engine, which can then say what is wrong with it.
 *
 * <p>Begin with {@link dev.plimsoll.docker.container.CreateRequest} and {@link
 * dev.plimsoll.docker.container.InspectReply}.
 */
@NullMarked
package dev.plimsoll.docker.container;

import org.jspecify.annotations.NullMarked;
