package dev.plimsoll.registry.check;

import java.time.Duration;

/** Lets so many bytes a second pass, so that pulls hardly notice. For one thread. */
final class Throttle {
  private static final long NANOS = Duration.ofSeconds(1).toNanos();
  private static final long SLICE_NANOS = NANOS / 10;

  private final long bytesPerSecondMax;
  private long sliceBegan = System.nanoTime();
  private long sliceBytes;

  /** With 0, everything passes. */
  Throttle(long bytesPerSecondMax) {
    this.bytesPerSecondMax = bytesPerSecondMax;
  }

  /** So many bytes were read; waits if that was too fast. */
  void used(long bytes) throws InterruptedException {
    if (bytesPerSecondMax == 0) {
      return;
    }
    sliceBytes += bytes;
    long dueNanos = (long) ((double) sliceBytes / bytesPerSecondMax * NANOS);
    if (dueNanos < SLICE_NANOS) {
      return;
    }
    long ahead = dueNanos - (System.nanoTime() - sliceBegan);
    if (ahead > 0) {
      Thread.sleep(Duration.ofNanos(ahead));
    }
    sliceBegan = System.nanoTime();
    sliceBytes = 0;
  }
}
