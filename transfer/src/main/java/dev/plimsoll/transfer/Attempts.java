package dev.plimsoll.transfer;

import java.io.IOException;
import java.time.Duration;

/**
 * Counts failures that brought no progress, and waits between attempts, as long as the registry asks
 * for if it does. For one thing that is asked for, one thread.
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
  private final Pause pause;
  private int barren;

  Attempts(RegistrySettings settings, Listener listener) {
    this(settings, listener, Pause.BRIEF);
  }

  Attempts(RegistrySettings settings, Listener listener, Pause pause) {
    this.retriesMax = settings.retriesMax();
    this.firstDelay = settings.retryDelay();
    this.listener = listener;
    this.pause = pause;
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
    Duration asked = retryAfter(failure);
    Duration wait = asked.compareTo(bounded) > 0 ? asked : bounded;
    listener.retrying(wait);
    pause.before(wait, failure);
  }

  private static Duration retryAfter(IOException failure) {
    return failure.getCause() instanceof TransferException.Rejected refusal
        ? refusal.retryAfter()
        : Duration.ZERO;
  }
}
