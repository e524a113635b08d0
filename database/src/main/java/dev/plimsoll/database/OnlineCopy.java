package dev.plimsoll.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConnection;

/** Copies a database that is in use, by SQLite's backup API, and believes the copy only verified. */
final class OnlineCopy {
  /** One step copies all pages: then it is one snapshot, and a busy writer cannot restart it. */
  private static final int ALL_PAGES = -1;

  private OnlineCopy() {}

  /** Writes a whole database, as a file of SQLite. */
  interface Filling {
    void fill(Path draft) throws IOException;
  }

  static void copy(Connections connections, Path target) throws IOException {
    make(target, draft -> backUp(connections, draft));
  }

  /** What {@code filling} wrote, if it is sound, takes the place of {@code target}. */
  static void make(Path target, Filling filling) throws IOException {
    Path directory = target.getParent();
    if (directory == null) {
      throw new IOException(target + " has no directory");
    }
    Opening.createDirectories(directory);
    Path draft = directory.resolve("." + target.getFileName() + "." + UUID.randomUUID() + ".draft");
    try {
      filling.fill(draft);
      verify(draft);
      Opening.force(draft);
      Files.move(
          draft,
          target,
          java.nio.file.StandardCopyOption.ATOMIC_MOVE,
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      Opening.force(directory);
    } catch (IOException e) {
      try {
        Files.deleteIfExists(draft);
      } catch (IOException secondary) {
        e.addSuppressed(secondary);
      }
      throw e;
    }
  }

  private static void backUp(Connections connections, Path draft) throws IOException {
    try (SQLiteConnection source = connections.reader()) {
      int code = source.getDatabase().backup("main", draft.toString(), null, 0, 0, ALL_PAGES);
      if (code != 0) {
        throw Trouble.of(
            connections.file(),
            "copying to " + draft,
            new SQLException("SQLite result code " + code, null, code));
      }
    } catch (SQLException e) {
      throw Trouble.of(connections.file(), "copying to " + draft, e);
    }
  }

  /** Checks every page, and leaves the copy as one file without a WAL beside it. */
  private static void verify(Path copy) throws IOException {
    try (SQLiteConnection connection = JDBC.createConnection(JDBC.PREFIX + copy, new Properties());
        Statement statement = connection.createStatement()) {
      statement.executeUpdate("PRAGMA journal_mode=DELETE");
    } catch (SQLException e) {
      throw Trouble.of(copy, "verifying the copy", e);
    }
    Optional<String> problem = DatabaseFile.problem(copy);
    if (problem.isPresent()) {
      throw new IOException("the copy %s is damaged: %s".formatted(copy, problem.get()));
    }
  }
}
