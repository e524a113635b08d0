package dev.plimsoll.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Properties;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConnection;

/** A database as a file that nobody has open. */
public final class DatabaseFile {
  private DatabaseFile() {}

  /**
   * What is wrong with it, or empty if every page of it is as SQLite wrote it. Its schema is not
   * looked at: a database of a newer release is whole.
   */
  public static Optional<String> problem(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Optional.of("it is gone");
    }
    if (Files.size(file) == 0) {
      return Optional.of("it is empty");
    }
    try (SQLiteConnection connection = JDBC.createConnection(JDBC.PREFIX + file, new Properties());
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA integrity_check")) {
      String verdict = row.next() ? row.getString(1) : "nothing";
      return verdict.equals("ok") ? Optional.empty() : Optional.of(verdict);
    } catch (SQLException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }
}
