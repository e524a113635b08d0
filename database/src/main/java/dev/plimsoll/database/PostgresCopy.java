package dev.plimsoll.database;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.sqlite.SQLiteConnection;

/**
 * Copies a PostgreSQL database into a file of SQLite, from one snapshot: the schema is the same, so
 * whatever reads one reads the other.
 */
final class PostgresCopy {
  private static final int ROWS_FETCHED = 500;

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
      for (String table : tables(copy)) {
        copyTable(source, copy, table);
      }
      copy.commit();
    } catch (SQLException e) {
      throw PostgresTrouble.of(connections.address(), "copying to " + draft, e);
    }
  }

  private static List<String> tables(Connection copy) throws SQLException {
    List<String> tables = new ArrayList<>();
    try (Statement statement = copy.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT name FROM sqlite_schema WHERE type = 'table'"
                    + " AND name NOT LIKE 'sqlite!_%' ESCAPE '!' AND name <> 'schema_migration'")) {
      while (row.next()) {
        tables.add(row.getString(1));
      }
    }
    return tables;
  }

  private static void copyTable(Connection source, Connection copy, String table)
      throws SQLException {
    try (Statement clearing = copy.createStatement();
        Statement reading = source.createStatement()) {
      clearing.executeUpdate("DELETE FROM " + table); // what a migration put there
      String columns = columns(clearing, table);
      reading.setFetchSize(ROWS_FETCHED);
      try (ResultSet row = reading.executeQuery("SELECT " + columns + " FROM " + table);
          PreparedStatement insert =
              copy.prepareStatement(
                  "INSERT INTO %s (%s) VALUES (%s)"
                      .formatted(table, columns, places(row.getMetaData().getColumnCount())))) {
        while (row.next()) {
          for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
            insert.setObject(i, row.getObject(i));
          }
          insert.executeUpdate();
        }
      }
    }
  }

  private static String columns(Statement statement, String table) throws SQLException {
    List<String> names = new ArrayList<>();
    try (ResultSet nothing = statement.executeQuery("SELECT * FROM " + table + " LIMIT 0")) {
      ResultSetMetaData columns = nothing.getMetaData();
      for (int i = 1; i <= columns.getColumnCount(); i++) {
        names.add('"' + columns.getColumnName(i) + '"');
      }
    }
    return String.join(", ", names);
  }

  private static String places(int count) {
    return String.join(", ", Collections.nCopies(count, "?"));
  }
}
