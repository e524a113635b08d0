package dev.plimsoll.database;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.sqlite.SQLiteConnection;

/**
 * Copies a PostgreSQL database into a file of SQLite, from one snapshot: the schema is the same, so
 * whatever reads one reads the other.
 */
final class PostgresCopy {
  private PostgresCopy() {}

  static void copy(PostgresConnections connections, Migrations migrations, Path target)
      throws IOException {
    OnlineCopy.make(target, draft -> fill(connections, migrations, draft));
  }

  private static void fill(PostgresConnections connections, Migrations migrations, Path draft)
      throws IOException {
    try (Connection source = connections.reader();
        SQLiteConnection copy = new Connections(draft).migrating()) {
      source.setAutoCommit(false); // one snapshot, and rows that come in parts
      migrations.apply(copy, Dialect.SQLITE, draft);
      copy.setAutoCommit(false);
      List<String> tables = TableRows.tables(copy);
      TableRows.clear(copy, tables); // what a migration put there
      for (String table : tables) {
        TableRows.copy(source, copy, copy, table);
      }
      copy.commit();
    } catch (SQLException e) {
      throw PostgresTrouble.of(connections.address(), "copying to " + draft, e);
    }
  }
}
