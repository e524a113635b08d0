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
 * timer. Confined to its loop; ticks only while there are connections.
 */
final class Watch {
  private static final long PERIOD_MILLIS_MIN = 10;
  private static final long PERIOD_MILLIS_MAX = 1000;

  private final EventLoop loop;
  private final long periodMillis;
  private final Set<Connection> connections = new HashSet<>();
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

  void add(Connection connection) {
    connections.add(connection);
    schedule();
  }

  void remove(Connection connection) {
    connections.remove(connection);
  }

  private void schedule() {
    if (!ticking && !connections.isEmpty()) {
      ticking = true;
      var _ = loop.schedule(this::tick, periodMillis, TimeUnit.MILLISECONDS);
    }
  }

  private void tick() {
    ticking = false;
    long now = System.nanoTime();
    for (Connection connection : List.copyOf(connections)) {
      connection.check(now);
    }
    schedule();
  }
}
