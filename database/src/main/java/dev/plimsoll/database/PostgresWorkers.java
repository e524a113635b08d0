package dev.plimsoll.database;

import dev.plimsoll.foundation.UnavailableException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Handles;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A few threads that carry out works, each with a connection that it opens when it is first needed,
 * and again after it was lost. PostgreSQL gathers the commits of all of them into one force.
 */
final class PostgresWorkers implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PostgresWorkers.class);
  private static final int CONFLICTS_MAX = 100;
  private static final long BACK_OFF_MILLIS_MAX = 100;

  /** What the works do. */
  enum Use {
    WRITING,
    READING
  }

  private final PostgresConnections connections;
  private final Use use;
  private final PostgresClock clock;
  private final Jobs jobs;
  private final List<Thread> threads;
  private final AtomicLong commits = new AtomicLong();

  private PostgresWorkers(
      PostgresConnections connections, Use use, PostgresClock clock, DatabaseLimits limits) {
    this.connections = connections;
    this.use = use;
    this.clock = clock;
    this.jobs = new Jobs(connections.address(), limits.queuedMax());
    this.threads =
        IntStream.range(0, limits.readersMax())
            .mapToObj(number ->
                Thread.ofPlatform()
                    .name(
                        "database-%s-%d postgresql"
                            .formatted(use.name().toLowerCase(Locale.ROOT), number))
                    .daemon()
                    .unstarted(() -> new Worker().work()))
            .toList();
  }

  static PostgresWorkers start(
      PostgresConnections connections, Use use, PostgresClock clock, DatabaseLimits limits) {
    PostgresWorkers workers = new PostgresWorkers(connections, use, clock, limits);
    workers.threads.forEach(Thread::start);
    return workers;
  }

  <T extends @Nullable Object> T submit(Job<T> job) throws IOException {
    jobs.put(job);
    return job.await();
  }

  boolean isMine(Thread other) {
    return threads.contains(other);
  }

  long commits() {
    return commits.get();
  }

  int queued() {
    return jobs.size();
  }

  /** Carries out what was accepted, then ends. */
  @Override
  public void close() {
    jobs.close();
    threads.forEach(Joining::join);
  }

  /** How an attempt ended. */
  private enum End {
    DONE,
    /** Undone by PostgreSQL; the next attempt may get through. */
    CONFLICT,
    /** The connection was lost before the commit: nothing of the work is there. */
    CONNECTION_LOST
  }

  /** One thread and its connection. */
  private final class Worker {
    private @Nullable Connection connection;
    private @Nullable Jdbi jdbi;

    void work() {
      for (Job<?> job = jobs.take(); job != null; job = jobs.take()) {
        try {
          carryOut(job);
        } catch (Throwable e) {
          disconnect(); // the connection may be what is broken
          job.refuse(e);
        }
        job.tell();
        lookAtClock();
      }
      disconnect();
    }

    private void carryOut(Job<?> job) throws IOException {
      boolean reconnected = false;
      for (int conflicts = 0; conflicts < CONFLICTS_MAX; ) {
        switch (attempt(job)) {
          case DONE -> {
            return;
          }
          case CONFLICT -> {
            conflicts++;
            backOff(conflicts);
          }
          case CONNECTION_LOST -> {
            disconnect();
            if (reconnected) {
              throw new UnavailableException(
                  "%s: the connection was lost twice".formatted(connections.address()));
            }
            reconnected = true; // it may have been an old one; the next is fresh
          }
        }
      }
      throw new UnavailableException(
          "%s: a write met others %d times and was given up"
              .formatted(connections.address(), CONFLICTS_MAX));
    }

    private End attempt(Job<?> job) throws IOException {
      Connection connected = connected();
      try (Handle handle = handle()) {
        job.run(handle);
      } catch (Throwable thrown) {
        if (PostgresTrouble.isConnectionLost(thrown)) {
          log.warn(
              "connection lost database={} error={}",
              connections.address(),
              PostgresTrouble.message(thrown));
          job.refuse(PostgresTrouble.of(connections.address(), thrown));
          return End.CONNECTION_LOST;
        }
        rollBack(connected);
        if (PostgresTrouble.isConflict(thrown)) {
          return End.CONFLICT;
        }
        job.refuse(PostgresTrouble.of(connections.address(), thrown));
        return End.DONE;
      }
      return use == Use.READING ? endRead(connected) : commit(job, connected);
    }

    private End endRead(Connection connected) {
      rollBack(connected); // there is nothing to commit
      return End.DONE;
    }

    private End commit(Job<?> job, Connection connected) throws IOException {
      try {
        connected.commit();
        commits.incrementAndGet();
        return End.DONE;
      } catch (SQLException e) {
        if (PostgresTrouble.isConflict(e)) {
          rollBack(connected);
          return End.CONFLICT;
        }
        if (PostgresTrouble.isConnectionLost(e)) {
          // Nobody knows whether it is there: running it again could do it twice.
          throw PostgresTrouble.of(connections.address(), "committing", e);
        }
        rollBack(connected); // a constraint was deferred to the commit
        job.refuse(new IOException("committing: " + e.getMessage(), e));
        return End.DONE;
      }
    }

    private Connection connected() throws IOException {
      Connection known = connection;
      if (known != null) {
        return known;
      }
      Connection fresh = use == Use.WRITING ? connections.writer() : connections.reader();
      try {
        clock.look(fresh);
        fresh.setAutoCommit(false);
      } catch (SQLException e) {
        closeQuietly(fresh);
        throw PostgresTrouble.of(connections.address(), "connecting", e);
      }
      Jdbi prepared = Jdbi.create(fresh);
      // The transaction is ended here, after the handle.
      prepared.getConfig(Handles.class).setForceEndTransactions(false);
      connection = fresh;
      jdbi = prepared;
      return fresh;
    }

    private Handle handle() {
      if (jdbi == null) {
        throw new IllegalStateException("not connected");
      }
      return jdbi.open();
    }

    private void rollBack(Connection connected) {
      try {
        connected.rollback();
      } catch (SQLException e) {
        disconnect();
      }
    }

    private void backOff(int conflicts) {
      long most = Math.min(BACK_OFF_MILLIS_MAX, 1L << Math.min(conflicts, 10));
      try {
        Thread.sleep(Duration.ofMillis(ThreadLocalRandom.current().nextLong(most + 1)));
      } catch (InterruptedException e) {
        throw new AssertionError("nobody interrupts this thread", e);
      }
    }

    /** After the caller was told, so that nobody waits for it. */
    private void lookAtClock() {
      Connection connected = connection;
      if (connected == null || !clock.isOld()) {
        return;
      }
      try {
        clock.look(connected);
        connected.rollback();
      } catch (SQLException e) {
        disconnect();
      }
    }

    private void disconnect() {
      Connection ended = connection;
      connection = null;
      jdbi = null;
      if (ended != null) {
        closeQuietly(ended);
      }
    }
  }

  private static void closeQuietly(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      log.debug("connection closed badly", e);
    }
  }
}
