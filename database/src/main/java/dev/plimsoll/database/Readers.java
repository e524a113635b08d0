package dev.plimsoll.database;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

/** A few threads that read, each with a connection that it opens when it is first needed. */
final class Readers implements AutoCloseable {
  private final Connections connections;
  private final Opener opener;
  private final Jobs jobs;
  private final List<Thread> threads;

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

  boolean isMine(Thread other) {
    return threads.contains(other);
  }

  private void work() {
    Session session = null;
    for (Job<?> job = jobs.take(); job != null; job = jobs.take()) {
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
    }
    if (session != null) {
      session.closeQuietly();
    }
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
    threads.forEach(Joining::join);
  }
}
