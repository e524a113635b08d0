package dev.plimsoll.http.client;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes connections whose current step takes longer than it may. One look-around for all of them,
 * at an eighth of the shortest limit, and none while there are no connections.
 */
final class Watchdog implements AutoCloseable {
  /** What can be late: a connection, or one that is still being made. */
  interface Watched {
    void closeIfLate(long nowNanos);

    /** Never throws, never waits. */
    void close();
  }

  private final Set<Watched> watched = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("http-client-watchdog").factory());
  private final long periodMillis;
  private final Runnable alsoEachTime;
  private @Nullable Future<?> ticking;

  /**
   * @param alsoEachTime run at every look-around, after the late connections were closed
   */
  Watchdog(Duration shortestLimit, Runnable alsoEachTime) {
    this.periodMillis = Math.clamp(shortestLimit.toMillis() / 8, 10, 1000);
    this.alsoEachTime = alsoEachTime;
  }

  synchronized void watch(Watched connection) {
    watched.add(connection);
    if (ticking == null) {
      ticking =
          clock.scheduleAtFixedRate(
              this::lookAround, periodMillis, periodMillis, TimeUnit.MILLISECONDS);
    }
  }

  synchronized void forget(Watched connection) {
    watched.remove(connection);
    if (watched.isEmpty() && ticking != null) {
      ticking.cancel(false);
      ticking = null;
    }
  }

  private void lookAround() {
    long now = System.nanoTime();
    for (Watched connection : watched) {
      connection.closeIfLate(now);
    }
    alsoEachTime.run();
  }

  /** Closes all connections that are left. */
  @Override
  public void close() {
    clock.shutdown();
    watched.forEach(Watched::close);
  }
}
