package dev.plimsoll.database;

import dev.plimsoll.foundation.NoSpaceException;
import dev.plimsoll.foundation.Reserve;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes. While a commit is forced to the disk, further works queue up; they
 * then share the next commit, so that durability costs the less per work the more is going on.
 */
final class Writer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Writer.class);

  private final Connections connections;
  private final Reserve reserve;
  private final int batchMax;
  private final Jobs jobs;
  private final Thread thread;
  private @Nullable Session session; // of the writer's thread
  private final AtomicLong commits = new AtomicLong();

  private Writer(Connections connections, Reserve reserve, DatabaseLimits limits) {
    this.connections = connections;
    this.reserve = reserve;
    this.batchMax = limits.batchMax();
    this.jobs = new Jobs(connections.file(), limits.queuedMax());
    this.thread =
        Thread.ofPlatform()
            .name("database-writer " + connections.file().getFileName())
            .daemon()
            .unstarted(this::work);
  }

  static Writer start(Connections connections, Reserve reserve, DatabaseLimits limits) {
    Writer writer = new Writer(connections, reserve, limits);
    writer.thread.start();
    return writer;
  }

  <T extends @Nullable Object> T submit(Job<T> job) throws IOException {
    jobs.put(job);
    return job.await();
  }

  boolean isMine(Thread other) {
    return other == thread;
  }

  long commits() {
    return commits.get();
  }

  int queued() {
    return jobs.size();
  }

  private void work() {
    List<Job<?>> batch = new ArrayList<>();
    for (Job<?> first = jobs.take(); first != null; first = jobs.take()) {
      batch.add(first);
      jobs.fill(batch, batchMax);
      carryOut(batch);
      batch.clear();
    }
    disconnect();
  }

  /** Brings the works of a batch to their end and tells their callers. */
  private void carryOut(List<Job<?>> batch) {
    try {
      commit(batch);
      batch.forEach(Job::tell);
    } catch (NoSpaceException e) {
      rollBack();
      carryOutOnFullDisk(batch, e);
    } catch (BatchRefused e) {
      rollBack();
      carryOutOneByOne(batch, e);
    } catch (Throwable e) {
      // After a failed force nobody knows what the disk holds. A new connection reads it anew.
      disconnect();
      batch.forEach(job -> job.fail(e));
    }
  }

  /** A constraint was deferred to the commit: only on its own does a work show whether it is to blame. */
  private void carryOutOneByOne(List<Job<?>> batch, BatchRefused refused) {
    if (batch.size() > 1) {
      batch.forEach(job -> carryOut(List.of(job)));
    } else {
      batch.getFirst().fail(refused);
    }
  }

  /** Each on its own: one that needs no space, or may have the reserve, gets through. */
  private void carryOutOnFullDisk(List<Job<?>> batch, NoSpaceException full) {
    if (batch.size() > 1) {
      batch.forEach(job -> carryOut(List.of(job)));
      return;
    }
    Job<?> job = batch.getFirst();
    try {
      if (job.kind() == Job.Kind.FREEING && reserve.release()) {
        log.warn("reserve released database={} cause={}", connections.file(), full.getMessage());
        carryOut(batch);
        return;
      }
    } catch (IOException e) {
      full.addSuppressed(e);
    }
    job.fail(full);
  }

  private void commit(List<Job<?>> batch) throws IOException {
    try {
      Session session = session();
      session.execute("BEGIN IMMEDIATE");
      for (Job<?> job : batch) {
        run(job, session);
      }
      session.execute("COMMIT");
    } catch (SQLException e) {
      if (Trouble.isBrokenConstraint(e)) {
        throw new BatchRefused(e);
      }
      throw Trouble.of(connections.file(), "committing %d works".formatted(batch.size()), e);
    }
    commits.incrementAndGet();
  }

  /** Runs one work in a savepoint; returns also when the work was refused and undone. */
  private void run(Job<?> job, Session session) throws SQLException, NoSpaceException {
    session.execute("SAVEPOINT work");
    try (Handle handle = session.handle()) {
      job.run(handle);
    } catch (Throwable thrown) {
      Throwable trouble = Trouble.of(connections.file(), thrown);
      if (trouble instanceof NoSpaceException full) {
        throw full;
      }
      job.refuse(trouble);
      undo(session, thrown);
    }
    session.execute("RELEASE work");
  }

  private static void undo(Session session, Throwable cause) throws SQLException {
    try {
      session.execute("ROLLBACK TO work");
    } catch (SQLException e) {
      e.addSuppressed(cause); // SQLite has taken back the whole transaction
      throw e;
    }
  }

  private static final class BatchRefused extends IOException {
    private static final long serialVersionUID = 1;

    BatchRefused(SQLException cause) {
      super("committing: " + cause.getMessage(), cause);
    }
  }

  private Session session() throws IOException {
    if (session == null) {
      session = new Session(connections.writer());
    }
    return session;
  }

  private void rollBack() {
    try {
      if (session != null) {
        session.execute("ROLLBACK");
      }
    } catch (SQLException e) {
      disconnect(); // SQLite has rolled back already, or cannot: a new connection is right in both
    }
  }

  private void disconnect() {
    Session ended = session;
    session = null;
    if (ended != null) {
      ended.closeQuietly();
    }
  }

  /** Carries out what was accepted, then ends. */
  @Override
  public void close() {
    jobs.close();
    Joining.join(thread);
  }
}
