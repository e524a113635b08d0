package dev.plimsoll.registry.event;

import java.time.Instant;

/**
 * An event that was given up.
 *
 * @param id of its row, by which the list is paged
 * @param eventId what the receiver knows it by
 */
public record DeadEvent(
    long id,
    String eventId,
    String type,
    String repository,
    Instant madeAt,
    Instant givenUpAt,
    int attempts,
    String error) {}
