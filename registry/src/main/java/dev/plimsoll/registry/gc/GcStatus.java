package dev.plimsoll.registry.gc;

import dev.plimsoll.registry.gc.Collector.Phase;
import java.time.Instant;
import java.util.Optional;

/**
 * How the collector is doing, since the registry started.
 *
 * @param progress of the run that goes on, if one does
 * @param runs that came to their end
 * @param freedBytes by all of them, the one that goes on included
 * @param last the latest that came to its end
 */
public record GcStatus(
    Optional<Progress> progress, long runs, long freedBytes, Optional<Run> last) {
  static final GcStatus NEW = new GcStatus(Optional.empty(), 0, 0, Optional.empty());

  /** A run that came to its end. */
  public record Run(Instant began, Instant ended, GcReport report) {}

  /**
   * How far a run has got.
   *
   * @param left blobs that the present phase will delete; 0: it deletes none, or nobody knows
   */
  public record Progress(
      Instant began,
      Phase phase,
      int purged,
      int unlinked,
      int deletedBlobs,
      long freedBytes,
      int left) {}

  public boolean inProgress() {
    return progress.isPresent();
  }

  GcStatus at(Progress now) {
    long before = progress.map(Progress::freedBytes).orElse(0L);
    return new GcStatus(Optional.of(now), runs, freedBytes + now.freedBytes() - before, last);
  }

  GcStatus ended(Run run) {
    return new GcStatus(Optional.empty(), runs + 1, freedBytes, Optional.of(run));
  }

  /** It broke off. */
  GcStatus stopped() {
    return new GcStatus(Optional.empty(), runs, freedBytes, last);
  }
}
