package dev.plimsoll.registry.retention;

import java.time.Instant;
import java.util.Optional;

/**
 * How retention is doing, since the registry started; dry runs do not count.
 *
 * @param runs that came to their end
 * @param last the latest of them
 */
public record RetentionStatus(
    boolean inProgress,
    long runs,
    long tagsDeleted,
    long manifestsDeleted,
    long freedBytes,
    Optional<Run> last) {
  static final RetentionStatus NEW = new RetentionStatus(false, 0, 0, 0, 0, Optional.empty());

  /** A run that came to its end. */
  public record Run(Instant began, Instant ended, RetentionReport report) {}

  RetentionStatus begun() {
    return new RetentionStatus(true, runs, tagsDeleted, manifestsDeleted, freedBytes, last);
  }

  RetentionStatus ended(Run run) {
    RetentionReport report = run.report();
    return report.dryRun()
        ? stopped()
        : new RetentionStatus(
            false,
            runs + 1,
            tagsDeleted + report.tagsDeleted(),
            manifestsDeleted + report.manifestsDeleted(),
            freedBytes + report.freedBytes(),
            Optional.of(run));
  }

  RetentionStatus stopped() {
    return new RetentionStatus(false, runs, tagsDeleted, manifestsDeleted, freedBytes, last);
  }
}
