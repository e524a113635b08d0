/** What {@code GET /events} sends: one {@link dev.plimsoll.docker.event.EventMessage} a line. */
@NullMarked
package dev.plimsoll.docker.event;

import org.jspecify.annotations.NullMarked;
