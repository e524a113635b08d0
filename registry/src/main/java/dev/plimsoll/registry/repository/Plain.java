package dev.plimsoll.registry.repository;

import dev.plimsoll.database.KeptStatements;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * Statements that every push, delete and collection, or every page of a list, run straight through
 * JDBC: there JDBI computed for longer than SQLite did, and allocated most of what a collection did. Parameters are numbered by their place.
 */
final class Plain {
  private Plain() {}

  interface Mapper<T> {
    T map(ResultSet rs) throws SQLException;
  }

  /** What JDBI would throw, so that a database tells the world's trouble from ours as ever. */
  private static final class Failed extends JdbiException {
    private static final long serialVersionUID = 1L;

    Failed(String sql, SQLException cause) {
      super("%s: %s".formatted(cause.getMessage(), sql), cause);
    }
  }

  static <T> Optional<T> first(
      Handle h, String sql, Mapper<T> mapper, @Nullable Object... parameters) {
    return run(
        h,
        sql,
        parameters,
        statement -> {
          try (ResultSet rs = statement.executeQuery()) {
            return rs.next() ? Optional.of(mapper.map(rs)) : Optional.empty();
          }
        });
  }

  static <T> List<T> all(Handle h, String sql, Mapper<T> mapper, @Nullable Object... parameters) {
    return run(
        h,
        sql,
        parameters,
        statement -> {
          try (ResultSet rs = statement.executeQuery()) {
            List<T> all = new ArrayList<>();
            while (rs.next()) {
              all.add(mapper.map(rs));
            }
            return all;
          }
        });
  }

  /** Whether there is a row. */
  static boolean any(Handle h, String sql, @Nullable Object... parameters) {
    return run(
        h,
        sql,
        parameters,
        statement -> {
          try (ResultSet rs = statement.executeQuery()) {
            return rs.next();
          }
        });
  }

  /** Returns how many rows it changed. */
  static int update(Handle h, String sql, @Nullable Object... parameters) {
    return run(h, sql, parameters, PreparedStatement::executeUpdate);
  }

  private interface Running<T> {
    T of(PreparedStatement statement) throws SQLException;
  }

  private static <T> T run(
      Handle h, String sql, @Nullable Object[] parameters, Running<T> running) {
    try {
      PreparedStatement statement = KeptStatements.take(h, sql);
      T result;
      try {
        for (int i = 0; i < parameters.length; i++) {
          statement.setObject(i + 1, parameters[i]);
        }
        result = running.of(statement);
      } catch (SQLException | RuntimeException e) {
        giveBack(h, sql, statement, e);
        throw e;
      }
      KeptStatements.giveBack(h, sql, statement);
      return result;
    } catch (SQLException e) {
      throw new Failed(sql, e);
    }
  }

  private static void giveBack(Handle h, String sql, PreparedStatement statement, Exception cause) {
    try {
      KeptStatements.giveBack(h, sql, statement);
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }
}
