package dev.plimsoll.registry.mirror;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** How an upstream stands: whether it answered, and until when it is left alone. Safe for many threads. */
final class Outages {
  private Optional<Outage> present = Optional.empty();

  /**
   * A time in which the upstream is not asked for what can be served without it.
   *
   * @param until when that ends
   * @param wishedUntil until then it has asked to be left alone, and is asked for nothing; not later
   *     than {@code until}, and in the past if it has not
   */
  record Outage(Instant until, Instant wishedUntil, String reason) {}

  /** Takes note of a failure; what the upstream has asked for is not cut short by another one. */
  synchronized void failed(Outage outage, Instant now) {
    if (wish(now).filter(w -> w.wishedUntil().isAfter(outage.wishedUntil())).isEmpty()) {
      present = Optional.of(outage);
    }
  }

  /**
   * Takes note of an answer, unless it is one to a question from before the upstream asked to be left
   * alone.
   *
   * @return whether there was an outage, and now is none
   */
  synchronized boolean answered(Instant now) {
    boolean ends = present.isPresent() && wish(now).isEmpty();
    present = wish(now);
    return ends;
  }

  synchronized boolean isUp() {
    return present.isEmpty();
  }

  /** Why the upstream is left alone; empty if it is not. */
  synchronized Optional<String> reason(Instant now) {
    return present.filter(outage -> now.isBefore(outage.until())).map(Outage::reason);
  }

  /** How long the upstream still wants to be left alone; zero if it does not. */
  synchronized Duration pause(Instant now) {
    return wish(now)
        .map(outage -> Duration.between(now, outage.wishedUntil()))
        .orElse(Duration.ZERO);
  }

  /** What stands whatever else the upstream says. */
  private Optional<Outage> wish(Instant now) {
    return present.filter(outage -> now.isBefore(outage.wishedUntil()));
  }
}
