package dev.plimsoll.database;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.sqlite.SQLiteConnection;

/**
 * Puts the rows of a copy in the place of a database's own, in one transaction: a crash leaves what
 * was there before.
 */
final class Filling {
  private Filling() {}

  /**
   * Fills what {@code target} leads to, and leaves the connection open.
   *
   * @return whether {@code permit} agreed; nothing was changed if not
   */
  static boolean fill(Connection target, Dialect dialect, Path copy, Work<Boolean> permit)
      throws SQLException, IOException {
    try (SQLiteConnection source = new Connections(copy).still();
        Statement statement = target.createStatement()) {
      requireSameSchema(source, target, copy);
      List<String> tables = TableRows.tables(source);
      statement.executeUpdate(dialect.begin());
      try {
        boolean agreed = fill(source, target, dialect, tables, permit);
        statement.executeUpdate(agreed ? "COMMIT" : "ROLLBACK");
        return agreed;
      } catch (SQLException | IOException | RuntimeException e) {
        rollBack(statement, e);
        throw e;
      }
    }
  }

  private static boolean fill(
      SQLiteConnection source,
      Connection target,
      Dialect dialect,
      List<String> tables,
      Work<Boolean> permit)
      throws SQLException, IOException {
    dialect.lock(target, tables);
    try (Handle handle = Jdbi.create(target).open()) {
      if (!permit.run(handle)) {
        return false;
      }
    }
    TableRows.clear(target, tables);
    for (String table : tables) {
      TableRows.copy(source, target, source, table);
    }
    dialect.takeUpNumbers(source, target);
    return true;
  }

  private static void requireSameSchema(Connection source, Connection target, Path copy)
      throws SQLException, IOException {
    int there = schema(source);
    int here = schema(target);
    if (there != here) {
      throw new IOException(
          "%s has schema %d, and what it is to fill has %d".formatted(copy, there, here));
    }
  }

  private static int schema(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT MAX(version) FROM schema_migration")) {
      return row.next() ? row.getInt(1) : 0;
    }
  }

  private static void rollBack(Statement statement, Exception cause) {
    try {
      statement.executeUpdate("ROLLBACK");
    } catch (SQLException e) {
      cause.addSuppressed(e); // it is rolled back already, or the connection is gone
    }
  }
}
