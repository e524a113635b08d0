package dev.plimsoll.database;

import dev.plimsoll.foundation.Reserve;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

/**
 * One SQLite file: reads run side by side on snapshots, writes run one after the other and share
 * their commits. The native calls run on platform threads of its own.
 */
final class SqliteDatabase implements Database {
  private final Path file;
  private final Connections connections;
  private final Writer writer;
  private final Readers readers;

  private SqliteDatabase(Path file, Connections connections, Writer writer, Readers readers) {
    this.file = file;
    this.connections = connections;
    this.writer = writer;
    this.readers = readers;
  }

  static SqliteDatabase open(Path file, String migrations, Reserve reserve, DatabaseLimits limits)
      throws IOException {
    Connections connections = new Connections(file.toAbsolutePath());
    Opening.open(connections, Migrations.of(migrations), reserve);
    return new SqliteDatabase(
        file,
        connections,
        Writer.start(connections, reserve, limits),
        Readers.start(connections, limits));
  }

  @Override
  public <T extends @Nullable Object> T read(Work<T> work) throws IOException {
    refuseNesting("read");
    return readers.submit(new Job<>(work, Job.Kind.ORDINARY));
  }

  @Override
  public <T extends @Nullable Object> T look(Work<T> work) throws IOException {
    refuseNesting("look");
    return readers.look(new Job<>(work, Job.Kind.ORDINARY));
  }

  @Override
  public <T extends @Nullable Object> T write(Work<T> work) throws IOException {
    refuseNesting("write");
    return writer.submit(new Job<>(work, Job.Kind.ORDINARY));
  }

  @Override
  public <T extends @Nullable Object> T free(Work<T> work) throws IOException {
    refuseNesting("free");
    return writer.submit(new Job<>(work, Job.Kind.FREEING));
  }

  @Override
  public void copyTo(Path target) throws IOException {
    OnlineCopy.copy(connections, target.toAbsolutePath());
  }

  @Override
  public boolean fill(Path copy, Work<Boolean> permit) throws IOException {
    try (SQLiteConnection connection = connections.migrating()) {
      return Filling.fill(connection, Dialect.SQLITE, copy.toAbsolutePath(), permit);
    } catch (SQLException e) {
      throw Trouble.of(file, "filling it from " + copy, e);
    }
  }

  @Override
  public long commits() {
    return writer.commits();
  }

  @Override
  public int queuedWrites() {
    return writer.queued();
  }

  @Override
  public Sharing sharing() {
    return Sharing.ALONE;
  }

  @Override
  public InstantSource clock() {
    return InstantSource.system();
  }

  @Override
  public boolean leads(String role) {
    return true; // there is nobody else
  }

  @Override
  public void close() throws IOException {
    try (writer;
        readers) {
      // Both end after the work they have accepted.
    }
  }

  @Override
  public String toString() {
    return file.toString();
  }

  private void refuseNesting(String call) {
    if (writer.isMine(Thread.currentThread()) || readers.isMine(Thread.currentThread())) {
      throw new IllegalStateException(
          "%s called from inside a work: use the handle that the work was given".formatted(call));
    }
  }
}
