package dev.plimsoll.transfer;

import java.io.IOException;
import java.time.Duration;

/**
 * Counts failures that brought no progress, and waits between attempts. For one layer, one thread.
 */
final class Attempts {
  private static final Duration DELAY_MAX = Duration.ofSeconds(30);

  /** Hears of a wait before it begins. */
  interface Listener {
    void retrying(Duration delay);
  }

  private final int retriesMax;
  private final Duration firstDelay;
  private final Listener listener;
  private int barren;

  Attempts(RegistrySettings settings, Listener listener) {
    this.retriesMax = settings.retriesMax();
    this.firstDelay = settings.retryDelay();
    this.listener = listener;
  }

  /** The last attempt brought something: the count begins anew, and so do the delays. */
  void progressed() {
    barren = 0;
  }

  /**
   * Waits before the next attempt.
   *
   * @throws IOException the failure, if there were enough of them
   */
  void failed(IOException failure) throws IOException, InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException(); // the failure is only how a blocked call noticed it
    }
    if (barren >= retriesMax) {
      throw failure;
    }
    Duration delay = firstDelay.multipliedBy(1L << Math.min(barren, 10));
    barren++;
    Duration bounded = delay.compareTo(DELAY_MAX) > 0 ? DELAY_MAX : delay;
    listener.retrying(bounded);
    Thread.sleep(bounded);
  }
}
