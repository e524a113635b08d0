package dev.plimsoll.transfer;

import java.util.function.LongConsumer;

/** Passes a growing number on, at most ten times a second, and always its end. */
final class Pacer {
  private static final long PERIOD_NANOS = 100_000_000;

  private final LongConsumer listener;
  private long lastNanos;
  private long last = -1;

  Pacer(LongConsumer listener) {
    this.listener = listener;
    this.lastNanos = System.nanoTime() - PERIOD_NANOS;
  }

  void at(long value) {
    long now = System.nanoTime();
    if (now - lastNanos >= PERIOD_NANOS) {
      lastNanos = now;
      tell(value);
    }
  }

  void end(long value) {
    tell(value);
  }

  private void tell(long value) {
    if (value != last) {
      last = value;
      listener.accept(value);
    }
  }
}
