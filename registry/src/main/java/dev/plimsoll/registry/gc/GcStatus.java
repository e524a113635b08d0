package dev.plimsoll.registry.gc;

import java.time.Instant;
import java.util.Optional;

/**
 * How the collector is doing, since the registry started.
 *
 * @param runs that came to their end
 * @param freedBytes by all of them
 * @param last the latest of them
 */
public record GcStatus(boolean inProgress, long runs, long freedBytes, Optional<Run> last) {
  static final GcStatus NEW = new GcStatus(false, 0, 0, Optional.empty());

  /** A run that came to its end. */
  public record Run(Instant began, Instant ended, GcReport report) {}

  GcStatus begun() {
    return new GcStatus(true, runs, freedBytes, last);
  }

  GcStatus ended(Run run) {
    return new GcStatus(false, runs + 1, freedBytes + run.report.freedBytes(), Optional.of(run));
  }

  GcStatus stopped() {
    return new GcStatus(false, runs, freedBytes, last);
  }
}
