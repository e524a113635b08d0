package dev.plimsoll.registry.repository;

import dev.plimsoll.foundation.Durations;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Why something must not go, whatever a rule or the trash's calendar says. */
public sealed interface Hold {

  /** Somebody asked for it to be kept. */
  record Pinned(String reference, String actor, String reason) implements Hold {
    @Override
    public String text() {
      return reason.isEmpty()
          ? "%s is pinned by %s".formatted(reference, actor)
          : "%s is pinned by %s: %s".formatted(reference, actor, reason);
    }
  }

  /** A host or service has told that it runs it, or keeps it to go back to. */
  record Deployed(String digest, String reporter) implements Hold {
    @Override
    public String text() {
      return "%s is deployed, says %s".formatted(digest, reporter);
    }
  }

  /** Somebody took it out of the trash not long ago. */
  record Restored(String digest, Instant at, Duration leftAlone) implements Hold {
    @Override
    public String text() {
      return "%s was restored at %s; rules leave it alone for %s"
          .formatted(digest, at.truncatedTo(ChronoUnit.SECONDS), Durations.format(leftAlone));
    }
  }

  /** A clause for people. */
  String text();
}
