package dev.plimsoll.database;

import dev.plimsoll.foundation.Reserve;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One SQLite file: reads run side by side on snapshots, writes run one after the other and share
 * their commits. Safe for many threads, virtual ones too: the native calls run on platform threads
 * of its own.
 *
 * <p>An interrupt does not cut a read or write short: the caller waits for the outcome, and finds
 * its interrupt flag set afterwards.
 *
 * <p>Trouble with the world is an {@link IOException}: disk, damage, a closed database; a full disk
 * is a {@link dev.plimsoll.foundation.NoSpaceException}. A statement that is wrong, or that breaks a
 * constraint, stays the {@link org.jdbi.v3.core.JdbiException} it is.
 */
public final class Database implements AutoCloseable {
  private final Path file;
  private final Connections connections;
  private final Writer writer;
  private final Readers readers;

  private Database(Path file, Connections connections, Writer writer, Readers readers) {
    this.file = file;
    this.connections = connections;
    this.writer = writer;
    this.readers = readers;
  }

  /** As {@link #open(Path, String, Reserve, DatabaseLimits)}, without a reserve. */
  public static Database open(Path file, String migrations) throws IOException {
    return open(file, migrations, Reserve.none(), DatabaseLimits.DEFAULT);
  }

  /**
   * Opens the database, makes it (and its directory) if there is none, and brings its schema up to
   * date. What a crash left half done is undone by SQLite.
   *
   * @param migrations folder of the classpath that holds {@code V1__name.sql}, {@code V2__…}
   * @param reserve given up to let {@link #free} go on when the disk is full, and to open at all
   * @throws IOException if the file is no database or damaged, if its schema is of a newer release,
   *     or a migration that was applied has been changed since
   */
  public static Database open(Path file, String migrations, Reserve reserve, DatabaseLimits limits)
      throws IOException {
    Connections connections = new Connections(file.toAbsolutePath());
    Opening.open(connections, Migrations.of(migrations), reserve);
    return new Database(
        file,
        connections,
        Writer.start(connections, reserve, limits),
        Readers.start(connections, limits));
  }

  /** Runs {@code work} on a snapshot that no write changes. It cannot write. */
  public <T extends @Nullable Object> T read(Work<T> work) throws IOException {
    refuseNesting("read");
    return readers.submit(new Job<>(work, Job.Kind.ORDINARY));
  }

  /**
   * Runs {@code work} after all writes that were called before, and returns when its commit has
   * reached the disk. If the work throws, what it wrote is undone, what others wrote in the same
   * commit is kept, and its exception reaches the caller as it is.
   *
   * @throws IOException if the commit failed: the work is then not visible, but a force that failed
   *     leaves it open whether it is on the disk
   */
  public <T extends @Nullable Object> T write(Work<T> work) throws IOException {
    refuseNesting("write");
    return writer.submit(new Job<>(work, Job.Kind.ORDINARY));
  }

  /**
   * Like {@link #write}, for work that leads to space being freed: deletes, trash, the collector. On
   * a full disk the reserve is given up for it.
   */
  public <T extends @Nullable Object> T free(Work<T> work) throws IOException {
    refuseNesting("free");
    return writer.submit(new Job<>(work, Job.Kind.FREEING));
  }

  /**
   * Copies a snapshot of everything to {@code target}, while others read and write. The copy is one
   * file, has passed SQLite's integrity check, and is durable when this returns; if it fails,
   * {@code target} is as it was.
   */
  public void copyTo(Path target) throws IOException {
    OnlineCopy.copy(connections, target.toAbsolutePath());
  }

  /** Commits since the start; each carried one or more works. */
  public long commits() {
    return writer.commits();
  }

  /** Works that wait for the writer at this moment. */
  public int queuedWrites() {
    return writer.queued();
  }

  /** Finishes what was accepted and closes. Later calls are refused with an {@link IOException}. */
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
