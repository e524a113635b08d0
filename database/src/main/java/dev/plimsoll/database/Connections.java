package dev.plimsoll.database;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;

/**
 * Opens connections and reads back what durability hangs on: {@code synchronous=FULL} loses no
 * acknowledged commit in WAL mode, and both could quietly be something else (a file system without
 * shared memory refuses WAL by answering with the old mode, not with an error).
 */
record Connections(Path file) {
  /** Pages of 4 KiB after which a commit also checkpoints: 16 MiB. */
  private static final int WAL_CHECKPOINT_PAGES = 4096;

  /** What the WAL is cut back to after a burst. Below it the file keeps its blocks. */
  private static final long WAL_KEPT_BYTES = 64L << 20;

  private static final int CACHE_KIB_WRITER = 16 << 10;
  private static final int CACHE_KIB_READER = 4 << 10;
  private static final int BUSY_TIMEOUT_MILLIS = 10_000;

  SQLiteConnection writer() throws IOException {
    return open(
        "PRAGMA cache_size=-%d; PRAGMA wal_autocheckpoint=%d; PRAGMA journal_size_limit=%d;"
            .formatted(CACHE_KIB_WRITER, WAL_CHECKPOINT_PAGES, WAL_KEPT_BYTES));
  }

  SQLiteConnection reader() throws IOException {
    return open("PRAGMA cache_size=-%d; PRAGMA query_only=ON;".formatted(CACHE_KIB_READER));
  }

  /** A connection that may rebuild tables: foreign keys are checked by its user, before commit. */
  SQLiteConnection migrating() throws IOException {
    return open("PRAGMA foreign_keys=OFF;");
  }

  /** Reads a file that nobody writes: nothing beside it is made, and it may be on a read-only disk. */
  SQLiteConnection still() throws IOException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    try {
      return JDBC.createConnection(JDBC.PREFIX + file, config.toProperties());
    } catch (SQLException e) {
      throw Trouble.of(file, "opening the database", e);
    }
  }

  private SQLiteConnection open(String pragmas) throws IOException {
    SQLiteConnection connection;
    try {
      connection = JDBC.createConnection(JDBC.PREFIX + file, new Properties());
    } catch (SQLException e) {
      throw Trouble.of(file, "opening the database", e);
    }
    try {
      prepare(connection, pragmas);
      return connection;
    } catch (SQLException e) {
      throw closing(connection, Trouble.of(file, "opening the database", e));
    } catch (IOException e) {
      throw closing(connection, e);
    }
  }

  private void prepare(SQLiteConnection connection, String pragmas)
      throws SQLException, IOException {
    connection.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
    try (Statement statement = connection.createStatement()) {
      // mmap_size=0: an I/O error on mapped pages is a SIGBUS, which ends the whole program.
      // temp_store=MEMORY: a sort needs no temporary file, so it works on a full disk.
      statement.executeUpdate(
          "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
              + " PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF;"
              + pragmas);
      require(statement, "journal_mode", "wal");
      require(statement, "synchronous", "2");
    }
  }

  private void require(Statement statement, String pragma, String expected)
      throws SQLException, IOException {
    try (ResultSet row = statement.executeQuery("PRAGMA " + pragma)) {
      String found = row.next() ? row.getString(1) : "nothing";
      if (!found.equalsIgnoreCase(expected)) {
        throw new IOException(
            "%s: SQLite answers %s=%s, needed is %s: commits would not survive a power cut. Keep the"
                    .formatted(file, pragma, found, expected)
                + " data on a local file system.");
      }
    }
  }

  private static IOException closing(SQLiteConnection connection, IOException failure) {
    try {
      connection.close();
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }
}
