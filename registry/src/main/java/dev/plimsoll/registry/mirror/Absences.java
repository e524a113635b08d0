package dev.plimsoll.registry.mirror;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.plimsoll.oci.Reference;
import dev.plimsoll.oci.RepositoryName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * What an upstream said it does not have, believed for a short while: clients that ask for it again
 * and again would use up what the upstream allows us. Safe for many threads.
 */
final class Absences {
  private static final int REMEMBERED_MAX = 100_000;

  private record Wanted(RepositoryName repository, Reference reference) {}

  private final Duration believedFor;
  private final InstantSource clock;
  private final Cache<Wanted, Instant> until =
      Caffeine.newBuilder().maximumSize(REMEMBERED_MAX).build();

  /** Remembers nothing where {@code believedFor} is zero. */
  Absences(Duration believedFor, InstantSource clock) {
    this.believedFor = believedFor;
    this.clock = clock;
  }

  /** The upstream has just said that it has no such thing. */
  void note(RepositoryName repository, Reference reference) {
    until.put(new Wanted(repository, reference), clock.instant().plus(believedFor));
  }

  /** Whether it said so a short while ago. */
  boolean has(RepositoryName repository, Reference reference) {
    Instant end = until.getIfPresent(new Wanted(repository, reference));
    return end != null && clock.instant().isBefore(end);
  }
}
