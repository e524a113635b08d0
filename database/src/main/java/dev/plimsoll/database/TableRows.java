package dev.plimsoll.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Carries whole tables from one database to another that has the same schema. */
final class TableRows {
  private static final int ROWS_AT_A_TIME = 500;

  private TableRows() {}

  /** Those of a SQLite file, in the order in which they were made: parents before children. */
  static List<String> tables(Connection sqlite) throws SQLException {
    List<String> tables = new ArrayList<>();
    try (Statement statement = sqlite.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT name FROM sqlite_schema WHERE type = 'table'"
                    + " AND name NOT LIKE 'sqlite!_%' ESCAPE '!' AND name <> 'schema_migration'"
                    + " ORDER BY rowid")) {
      while (row.next()) {
        tables.add(row.getString(1));
      }
    }
    return tables;
  }

  /** Removes all rows of all tables, children before parents. */
  static void clear(Connection target, List<String> tables) throws SQLException {
    try (Statement statement = target.createStatement()) {
      for (String table : tables.reversed()) {
        statement.executeUpdate("DELETE FROM " + table);
      }
    }
  }

  /**
   * Copies the rows of a table, that is empty at the target.
   *
   * @param sqlite whichever of the two is a SQLite file: its columns are copied
   */
  static void copy(Connection source, Connection target, Connection sqlite, String table)
      throws SQLException {
    String columns = columns(sqlite, table);
    try (Statement reading = source.createStatement()) {
      reading.setFetchSize(ROWS_AT_A_TIME);
      try (ResultSet row = reading.executeQuery("SELECT " + columns + " FROM " + table)) {
        int width = row.getMetaData().getColumnCount();
        String insert =
            "INSERT INTO %s (%s) VALUES (%s)"
                .formatted(table, columns, String.join(", ", Collections.nCopies(width, "?")));
        try (PreparedStatement writing = target.prepareStatement(insert)) {
          copy(row, writing, width);
        }
      }
    }
  }

  private static void copy(ResultSet row, PreparedStatement writing, int width)
      throws SQLException {
    int waiting = 0;
    while (row.next()) {
      for (int i = 1; i <= width; i++) {
        writing.setObject(i, row.getObject(i));
      }
      writing.addBatch();
      if (++waiting == ROWS_AT_A_TIME) {
        writing.executeBatch();
        waiting = 0;
      }
    }
    if (waiting > 0) {
      writing.executeBatch();
    }
  }

  private static String columns(Connection sqlite, String table) throws SQLException {
    List<String> names = new ArrayList<>();
    try (Statement statement = sqlite.createStatement();
        ResultSet nothing = statement.executeQuery("SELECT * FROM " + table + " LIMIT 0")) {
      ResultSetMetaData columns = nothing.getMetaData();
      for (int i = 1; i <= columns.getColumnCount(); i++) {
        names.add('"' + columns.getColumnName(i) + '"');
      }
    }
    return String.join(", ", names);
  }
}
