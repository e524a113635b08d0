package dev.plimsoll.database;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * A database in PostgreSQL that several processes share. Writes are serializable: works that could
 * not have run one after the other are run again, so what is right with SQLite's one writer is right
 * here.
 */
final class PostgresDatabase implements Database {
  private final PostgresConnections connections;
  private final Migrations migrations;
  private final PostgresClock clock;
  private final PostgresWorkers writers;
  private final PostgresWorkers readers;
  private final Leadership leadership;

  private PostgresDatabase(
      PostgresConnections connections,
      Migrations migrations,
      PostgresClock clock,
      DatabaseLimits limits) {
    this.connections = connections;
    this.migrations = migrations;
    this.clock = clock;
    this.writers = PostgresWorkers.start(connections, PostgresWorkers.Use.WRITING, clock, limits);
    this.readers = PostgresWorkers.start(connections, PostgresWorkers.Use.READING, clock, limits);
    this.leadership = new Leadership(connections);
  }

  static PostgresDatabase connect(PostgresAddress address, String folder, DatabaseLimits limits)
      throws IOException {
    PostgresConnections connections = new PostgresConnections(address);
    Migrations migrations = Migrations.of(folder);
    try (Connection connection = connections.migrating()) {
      PostgresConnections.check(connection, address);
      // Held until the connection closes: of replicas that start together, one makes the tables.
      try (PreparedStatement lock =
          connection.prepareStatement("SELECT pg_advisory_lock(" + Leadership.key() + ")")) {
        lock.setString(1, "migrations");
        lock.execute();
      }
      migrations.apply(connection, Dialect.POSTGRESQL, address);
      return new PostgresDatabase(
          connections, migrations, PostgresClock.of(connection, System::nanoTime), limits);
    } catch (SQLException e) {
      throw PostgresTrouble.of(address, "bringing the schema up to date", e);
    }
  }

  @Override
  public <T extends @Nullable Object> T read(Work<T> work) throws IOException {
    refuseNesting("read");
    return readers.submit(new Job<>(work, Job.Kind.ORDINARY));
  }

  /** It is another process that is asked, so a thread has to wait in any case. */
  @Override
  public <T extends @Nullable Object> T look(Work<T> work) throws IOException {
    return read(work);
  }

  @Override
  public <T extends @Nullable Object> T write(Work<T> work) throws IOException {
    refuseNesting("write");
    return writers.submit(new Job<>(work, Job.Kind.ORDINARY));
  }

  @Override
  public <T extends @Nullable Object> T free(Work<T> work) throws IOException {
    refuseNesting("free");
    return writers.submit(new Job<>(work, Job.Kind.FREEING));
  }

  @Override
  public void copyTo(Path target) throws IOException {
    PostgresCopy.copy(connections, migrations, target.toAbsolutePath());
  }

  @Override
  public boolean fill(Path copy, Work<Boolean> permit) throws IOException {
    try (Connection connection = connections.migrating()) {
      return Filling.fill(connection, Dialect.POSTGRESQL, copy.toAbsolutePath(), permit);
    } catch (SQLException e) {
      throw PostgresTrouble.of(connections.address(), "filling it from " + copy, e);
    }
  }

  @Override
  public long commits() {
    return writers.commits();
  }

  @Override
  public int queuedWrites() {
    return writers.queued();
  }

  @Override
  public Sharing sharing() {
    return Sharing.WITH_OTHERS;
  }

  @Override
  public InstantSource clock() {
    return clock;
  }

  @Override
  public boolean leads(String role) {
    return leadership.leads(role);
  }

  @Override
  public void close() {
    try (writers;
        readers;
        leadership) {
      // The workers end after what they have accepted.
    }
  }

  @Override
  public String toString() {
    return connections.address().toString();
  }

  private void refuseNesting(String call) {
    if (writers.isMine(Thread.currentThread()) || readers.isMine(Thread.currentThread())) {
      throw new IllegalStateException(
          "%s called from inside a work: use the handle that the work was given".formatted(call));
    }
  }
}
