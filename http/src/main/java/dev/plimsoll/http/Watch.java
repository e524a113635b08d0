package dev.plimsoll.http;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Keeps the time for all connections of one event loop with a single alarm, so that a request sets no
 * timer. Confined to its loop; ticks only while there are conversations.
 */
final class Watch {
  private static final long PERIOD_MILLIS_MIN = 10;
  private static final long PERIOD_MILLIS_MAX = 1000;

  private final EventLoop loop;
  private final long periodMillis;
  private final Set<Conversation> conversations = new HashSet<>();
  private boolean ticking;

  Watch(EventLoop loop, Limits limits) {
    this.loop = loop;
    long shortest =
        Stream.of(limits.headerTimeout(), limits.idleTimeout(), limits.stallTimeout())
            .mapToLong(Duration::toMillis)
            .min()
            .orElseThrow();
    this.periodMillis = Math.clamp(shortest / 8, PERIOD_MILLIS_MIN, PERIOD_MILLIS_MAX);
  }

  void add(Conversation conversation) {
    conversations.add(conversation);
    schedule();
  }

  void remove(Conversation conversation) {
    conversations.remove(conversation);
  }

  private void schedule() {
    if (!ticking && !conversations.isEmpty()) {
      ticking = true;
      var _ = loop.schedule(this::tick, periodMillis, TimeUnit.MILLISECONDS);
    }
  }

  private void tick() {
    ticking = false;
    long now = System.nanoTime();
    for (Conversation conversation : List.copyOf(conversations)) {
      conversation.check(now);
    }
    schedule();
  }
}
