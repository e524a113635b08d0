package dev.plimsoll.registry.repository;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Tag;
import java.time.Instant;
import java.util.Optional;

/**
 * One line of a tag's history.
 *
 * @param from empty when the tag was new
 * @param to empty when the tag was deleted
 */
public record TagMove(
    Tag tag, Optional<Digest> from, Optional<Digest> to, Instant at, String actor) {}
