package dev.plimsoll.registry.gc;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * How fast collections go: as fast as they can while nobody is served; beside others in small steps
 * with long rests between them, so that whoever pulls meanwhile finds a processor that is free. Safe
 * for many threads.
 */
final class Pace {
  private static final int SMALLER = 10;
  private static final int REST_TIMES = 15;
  private static final Duration REST_MAX = Duration.ofMillis(250);

  private final BooleanSupplier othersAreServed;
  private final LongSupplier nanos;
  private final CountDownLatch ended = new CountDownLatch(1);

  Pace(BooleanSupplier othersAreServed, LongSupplier nanos) {
    this.othersAreServed = othersAreServed;
    this.nanos = nanos;
  }

  /** The next step of a collection that wants to look at so many rows. */
  Step step(int rowsMax) {
    boolean aside = othersAreServed.getAsBoolean();
    return new Step(aside, aside ? Math.max(1, rowsMax / SMALLER) : rowsMax, nanos.getAsLong());
  }

  /** What is done at once; ended by {@link Pace#rest}. */
  record Step(boolean aside, int rows, long begun) {}

  /** Rests after a step, unless nobody is served. Returns at once when collecting is to end. */
  void rest(Step done) {
    if (!done.aside()) {
      return;
    }
    long worked = nanos.getAsLong() - done.begun();
    try {
      ended.await(Math.min(worked * REST_TIMES, REST_MAX.toNanos()), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // whoever asked for it waits no longer than it takes
    }
  }

  /** Ends rests for good: collections stop after the step they are at. */
  void end() {
    ended.countDown();
  }

  boolean hasEnded() {
    return ended.getCount() == 0;
  }
}
