package dev.plimsoll.database;

import java.io.IOException;
import java.sql.SQLException;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

/**
 * A few threads that read, each with a connection that it opens when it is first needed; and places
 * where callers read by themselves, because waking a thread and being woken costs several times what
 * finding a row by its key does. There are fewer places than processors: a native call holds the
 * carrier of a virtual thread, and however long a disk takes, not all carriers wait for it.
 */
final class Readers implements AutoCloseable {
  static final int PLACES = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);

  private final Connections connections;
  private final Opener opener;
  private final Jobs jobs;
  private final List<Thread> threads;
  private final Semaphore places = new Semaphore(PLACES);
  private final Deque<Session> idle = new ConcurrentLinkedDeque<>(); // of the places
  private final Set<Thread> looking = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean closed = new AtomicBoolean();

  /** How each of them gets its connection. */
  interface Opener {
    SQLiteConnection open() throws IOException;
  }

  private Readers(Connections connections, Opener opener, DatabaseLimits limits) {
    this.connections = connections;
    this.opener = opener;
    this.jobs = new Jobs(connections.file(), limits.queuedMax());
    this.threads =
        IntStream.range(0, limits.readersMax())
            .mapToObj(number ->
                Thread.ofPlatform()
                    .name("database-reader-%d %s".formatted(number, fileName(connections)))
                    .daemon()
                    .unstarted(this::work))
            .toList();
  }

  private static Object fileName(Connections connections) {
    return connections.file().getFileName();
  }

  static Readers start(Connections connections, DatabaseLimits limits) {
    return start(connections, connections::reader, limits);
  }

  /** Of a file that nobody writes. */
  static Readers still(Connections connections, DatabaseLimits limits) {
    return start(connections, connections::still, limits);
  }

  private static Readers start(Connections connections, Opener opener, DatabaseLimits limits) {
    Readers readers = new Readers(connections, opener, limits);
    readers.threads.forEach(Thread::start);
    return readers;
  }

  <T extends @Nullable Object> T submit(Job<T> job) throws IOException {
    jobs.put(job);
    return job.await();
  }

  /** The same on the caller's thread, if a place is free. */
  <T extends @Nullable Object> T look(Job<T> job) throws IOException {
    if (!places.tryAcquire()) {
      return submit(job);
    }
    looking.add(Thread.currentThread());
    try {
      Session session = carryOut(job, idle.poll());
      if (session != null) {
        idle.push(session);
      }
    } finally {
      looking.remove(Thread.currentThread());
      places.release();
    }
    return job.await();
  }

  boolean isMine(Thread other) {
    return threads.contains(other) || looking.contains(other);
  }

  private void work() {
    Session session = null;
    for (Job<?> job = jobs.take(); job != null; job = jobs.take()) {
      session = carryOut(job, session);
    }
    if (session != null) {
      session.closeQuietly();
    }
  }

  /** Returns what is to be used next, if anything is. */
  private @Nullable Session carryOut(Job<?> job, @Nullable Session known) {
    @Nullable Session session = known;
    try {
      if (session == null) {
        session = new Session(opener.open());
      }
      run(job, session);
    } catch (Throwable e) {
      if (session != null) {
        session.closeQuietly(); // the connection may be what is broken
        session = null;
      }
      job.refuse(e);
    }
    job.tell();
    return session;
  }

  /** Returns normally if the connection is still good, whatever the work did. */
  private void run(Job<?> job, Session session) throws IOException {
    try {
      session.execute("BEGIN");
      try (Handle handle = session.handle()) {
        job.run(handle);
      } catch (Throwable thrown) {
        job.refuse(Trouble.of(connections.file(), thrown));
      }
      session.execute("ROLLBACK"); // there is nothing to commit
    } catch (SQLException e) {
      throw Trouble.of(connections.file(), "reading", e);
    }
  }

  /** Carries out what was accepted, then ends. */
  @Override
  public void close() {
    jobs.close();
    if (!closed.getAndSet(true)) {
      places.acquireUninterruptibly(PLACES); // for good: whoever looks now hears that it is closed
      idle.forEach(Session::closeQuietly);
    }
    threads.forEach(Joining::join);
  }
}
