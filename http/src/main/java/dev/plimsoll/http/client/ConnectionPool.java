package dev.plimsoll.http.client;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Connections by route: those in use, counted, and those that wait for the next request. */
final class ConnectionPool implements AutoCloseable {
  /** Below this age an idle connection is taken as alive without asking the kernel. */
  private static final Duration SURELY_ALIVE = Duration.ofMillis(500);

  /** How sure a caller has to be that an idle connection is alive. */
  enum Freshness {
    /** The request can be sent again if it is not. */
    LIKELY,
    /** It cannot. */
    CHECKED
  }

  private static final class Slot {
    final Set<Connection> busy = new HashSet<>();
    final Deque<Connection> idle = new ArrayDeque<>();
    int dialing;
  }

  private final ClientSettings settings;
  private final Watchdog watchdog;
  private final Dialer dialer;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<Route, Slot> slots = new HashMap<>();
  private volatile boolean closed;

  ConnectionPool(ClientSettings settings) {
    this.settings = settings;
    Duration shortest =
        List.of(settings.connectTimeout(), settings.responseTimeout(), settings.stallTimeout())
            .stream()
            .min(Duration::compareTo)
            .orElseThrow();
    this.watchdog = new Watchdog(shortest, this::closeIdle);
    this.dialer = new Dialer(settings, watchdog);
  }

  /** An idle connection or a new one. The caller ends with {@link #giveBack} or by closing it. */
  Connection take(Route route, Freshness freshness) throws IOException, InterruptedException {
    reserve(route);
    Optional<Connection> connection = Optional.empty();
    try {
      connection = idle(route, freshness);
      if (connection.isEmpty()) {
        connection = Optional.of(made(route));
      }
      return connection.get();
    } finally {
      settle(route, connection);
    }
  }

  void giveBack(Connection connection) {
    lock.lock();
    try {
      Slot slot = slots.get(connection.route());
      if (slot != null && !connection.isClosed() && slot.busy.remove(connection)) {
        connection.idleFrom(System.nanoTime());
        slot.idle.push(connection);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
    if (closed) {
      connection.close();
    }
  }

  /** The connection no longer counts; whoever took it closes it. */
  void detach(Connection connection) {
    watchdog.forget(connection); // else closing the client would close it
    forget(connection);
  }

  /** Connections that wait for a request. */
  int idleCount() {
    lock.lock();
    try {
      return slots.values().stream().mapToInt(slot -> slot.idle.size()).sum();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    closed = true;
    watchdog.close();
  }

  private void reserve(Route route) throws IOException, InterruptedException {
    long leftNanos = settings.responseTimeout().toNanos();
    lock.lockInterruptibly();
    try {
      while (true) {
        if (closed) {
          throw new IOException("the HTTP client is closed");
        }
        Slot slot = slots.computeIfAbsent(route, _ -> new Slot());
        if (slot.busy.size() + slot.dialing < settings.connectionsPerEndpointMax()) {
          slot.dialing++;
          return;
        }
        if (leftNanos <= 0) {
          throw new IOException(
              "all %d connections to %s are in use"
                  .formatted(settings.connectionsPerEndpointMax(), route.endpoint()));
        }
        leftNanos = changed.awaitNanos(leftNanos);
      }
    } finally {
      lock.unlock();
    }
  }

  private void settle(Route route, Optional<Connection> connection) {
    lock.lock();
    try {
      Slot slot = slots.computeIfAbsent(route, _ -> new Slot());
      slot.dialing--;
      connection.filter(made -> !made.isClosed()).ifPresent(slot.busy::add);
      tidy(route, slot);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private Optional<Connection> idle(Route route, Freshness freshness) {
    for (Optional<Connection> next = pop(route); next.isPresent(); next = pop(route)) {
      Connection connection = next.get();
      boolean certain =
          freshness == Freshness.LIKELY
              && connection.idleFor(System.nanoTime()).compareTo(SURELY_ALIVE) < 0;
      if (certain ? !connection.isClosed() : connection.looksAlive()) {
        return next;
      }
      connection.close();
    }
    return Optional.empty();
  }

  private Optional<Connection> pop(Route route) {
    lock.lock();
    try {
      return Optional.ofNullable(slots.get(route)).map(slot -> slot.idle.poll());
    } finally {
      lock.unlock();
    }
  }

  private Connection made(Route route) throws IOException, InterruptedException {
    Transport transport = dialer.dial(route);
    try {
      Connection connection = new Connection(transport, route, this::forget);
      watchdog.watch(connection);
      return connection;
    } catch (IOException e) {
      transport.abandon();
      throw e;
    }
  }

  private void forget(Connection connection) {
    if (connection.isClosed()) {
      watchdog.forget(connection);
    }
    lock.lock();
    try {
      Slot slot = slots.get(connection.route());
      if (slot != null) {
        slot.busy.remove(connection);
        slot.idle.remove(connection);
        tidy(connection.route(), slot);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Routes nobody uses are forgotten, so that redirects to ever new hosts leave nothing behind. */
  private void tidy(Route route, Slot slot) {
    if (slot.busy.isEmpty() && slot.idle.isEmpty() && slot.dialing == 0) {
      slots.remove(route);
    }
  }

  private void closeIdle() {
    long now = System.nanoTime();
    List<Connection> old = new ArrayList<>();
    lock.lock();
    try {
      for (Slot slot : slots.values()) {
        slot.idle.stream()
            .filter(idle -> idle.idleFor(now).compareTo(settings.idleTimeout()) > 0)
            .forEach(old::add);
        slot.idle.removeAll(old); // in the same breath: no request can take one of them now
      }
    } finally {
      lock.unlock();
    }
    old.forEach(Connection::close);
  }
}
