package dev.plimsoll.registry.check;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Has an audit run every so often, goes on with a check that a restart cut off, and has the stores
 * tidied.
 */
public final class Schedule {
  private final Checks checks;
  private final Orphans orphans;
  private final Duration every;
  private final Runner runner;
  private final InstantSource clock;

  /** Runs a check, or lets it run; does nothing if one is in progress. */
  public interface Runner {
    void run(Checks.Depth depth) throws IOException;
  }

  /** With {@code every} 0, no audit is run. */
  public Schedule(
      Checks checks, Orphans orphans, Duration every, Runner runner, InstantSource clock) {
    this.checks = checks;
    this.orphans = orphans;
    this.every = every;
    this.runner = runner;
    this.clock = clock;
  }

  /** To be called every now and then. */
  public void turn() throws IOException {
    orphans.deleteDue();
    Optional<Checks.Depth> unfinished = checks.unfinished();
    if (unfinished.isPresent()) {
      runner.run(unfinished.get());
    } else if (every.isPositive() && isDue()) {
      runner.run(Checks.Depth.AUDIT);
    }
  }

  /** Removes what crashes left in the stores that nobody has touched since {@code limit}. */
  public void tidy(Instant limit) throws IOException {
    orphans.tidy(limit);
  }

  private boolean isDue() throws IOException {
    Optional<Instant> last = checks.lastEnded();
    return last.isEmpty() || !last.get().plus(every).isAfter(clock.instant());
  }
}
