package dev.plimsoll.registry.retention;

import dev.plimsoll.oci.Reference;
import dev.plimsoll.oci.RepositoryName;
import java.time.Instant;

/** A tag or digest that somebody wants kept, whatever the rules say. */
public record Pin(
    RepositoryName repository, Reference reference, Instant at, String actor, String reason) {}
