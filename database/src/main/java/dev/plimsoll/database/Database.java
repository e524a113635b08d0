package dev.plimsoll.database;

import dev.plimsoll.foundation.Reserve;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Metadata, in a SQLite file or in PostgreSQL: reads see a snapshot, writes are as if one ran after
 * the other. Safe for many threads, virtual ones too: what may wait runs on platform threads of its
 * own.
 *
 * <p>An interrupt does not cut a read or write short: the caller waits for the outcome, and finds
 * its interrupt flag set afterwards.
 *
 * <p>Trouble with the world is an {@link IOException}: disk, damage, a closed database; a full disk
 * is a {@link dev.plimsoll.foundation.NoSpaceException}, a PostgreSQL that cannot be reached an
 * {@link dev.plimsoll.foundation.UnavailableException}. A statement that is wrong, or that breaks a
 * constraint, stays the {@link org.jdbi.v3.core.JdbiException} it is.
 */
public sealed interface Database extends AutoCloseable permits SqliteDatabase, PostgresDatabase {

  /**
   * Has everything read and linked that the first database needs, which takes a tenth of a second: a
   * program that will open one calls this on a thread of its own while it reads its options. Leaves
   * nothing, and fails silently.
   */
  static void warmUp() {
    WarmUp.run();
  }

  /** Who else may be at work on the same rows. */
  enum Sharing {
    /** Nobody: what this process has read stays true until it writes. */
    ALONE,
    /** Other processes, at any moment. */
    WITH_OTHERS
  }

  /** As {@link #open(Path, String, Reserve, DatabaseLimits)}, without a reserve. */
  static Database open(Path file, String migrations) throws IOException {
    return open(file, migrations, Reserve.none(), DatabaseLimits.DEFAULT);
  }

  /**
   * Opens a SQLite file, makes it (and its directory) if there is none, and brings its schema up to
   * date. What a crash left half done is undone by SQLite.
   *
   * @param migrations folder of the classpath that holds {@code V1__name.sql}, {@code V2__…}
   * @param reserve given up to let {@link #free} go on when the disk is full, and to open at all
   * @throws IOException if the file is no database or damaged, if its schema is of a newer release,
   *     or a migration that was applied has been changed since
   */
  static Database open(Path file, String migrations, Reserve reserve, DatabaseLimits limits)
      throws IOException {
    return SqliteDatabase.open(file, migrations, reserve, limits);
  }

  /**
   * Opens a PostgreSQL database and brings its schema up to date, one process at a time however many
   * start together.
   *
   * @throws IOException with a sentence if it cannot be reached, or the user may not make tables, or
   *     as for a file
   */
  static Database connect(PostgresAddress address, String migrations, DatabaseLimits limits)
      throws IOException {
    return PostgresDatabase.connect(address, migrations, limits);
  }

  /** Runs {@code work} on a snapshot that no write changes. It cannot write. */
  <T extends @Nullable Object> T read(Work<T> work) throws IOException;

  /**
   * As {@link #read}, for a work that finds a few rows by their keys: it may run on the caller's
   * thread, and holds the carrier of a virtual one meanwhile.
   */
  <T extends @Nullable Object> T look(Work<T> work) throws IOException;

  /**
   * Runs {@code work} after all writes that returned before, and returns when its commit has reached
   * the disk. If the work throws, what it wrote is undone, what others wrote is kept, and its
   * exception reaches the caller as it is.
   *
   * @throws IOException if the commit failed: the work is then not visible, but a force that failed,
   *     or a connection that broke, leaves it open whether it is on the disk
   */
  <T extends @Nullable Object> T write(Work<T> work) throws IOException;

  /**
   * Like {@link #write}, for work that leads to space being freed: deletes, trash, the collector. On
   * a full disk the reserve is given up for it.
   */
  <T extends @Nullable Object> T free(Work<T> work) throws IOException;

  /**
   * Copies a snapshot of everything to {@code target}, a SQLite file, while others read and write.
   * The copy has passed SQLite's integrity check, and is durable when this returns; if it fails,
   * {@code target} is as it was.
   */
  void copyTo(Path target) throws IOException;

  /**
   * Puts the rows of a copy, as {@link #copyTo} makes one, in the place of all rows that are here, in
   * one transaction that keeps others away. New rows are numbered behind them.
   *
   * @param copy nobody writes it; its schema is that of this release
   * @param permit looks at what is here, within the transaction, and has the last word
   * @return what {@code permit} said; if false, nothing was changed
   */
  boolean fill(Path copy, Work<Boolean> permit) throws IOException;

  /** Commits since the start; each carried one or more works. */
  long commits();

  /** Works that wait to write at this moment. */
  int queuedWrites();

  Sharing sharing();

  /** The time that all who share the database agree on: that of this machine, or of PostgreSQL's. */
  InstantSource clock();

  /**
   * Whether this process is the one that does {@code role}, among all who share the database. It may
   * cease to be at any moment, so nothing may be unsafe when two do it.
   */
  boolean leads(String role);

  /** Finishes what was accepted and closes. Later calls are refused with an {@link IOException}. */
  @Override
  void close() throws IOException;
}
