package dev.plimsoll.registry.repository;

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
 * Statements that every push, or every page of a list, runs straight through JDBC: there JDBI
 * computed for longer than SQLite did. Parameters are numbered by their place.
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
    try (PreparedStatement statement = prepare(h, sql, parameters);
        ResultSet rs = statement.executeQuery()) {
      return rs.next() ? Optional.of(mapper.map(rs)) : Optional.empty();
    } catch (SQLException e) {
      throw new Failed(sql, e);
    }
  }

  static <T> List<T> all(Handle h, String sql, Mapper<T> mapper, @Nullable Object... parameters) {
    try (PreparedStatement statement = prepare(h, sql, parameters);
        ResultSet rs = statement.executeQuery()) {
      List<T> all = new ArrayList<>();
      while (rs.next()) {
        all.add(mapper.map(rs));
      }
      return all;
    } catch (SQLException e) {
      throw new Failed(sql, e);
    }
  }

  static void update(Handle h, String sql, @Nullable Object... parameters) {
    try (PreparedStatement statement = prepare(h, sql, parameters)) {
      statement.executeUpdate();
    } catch (SQLException e) {
      throw new Failed(sql, e);
    }
  }

  private static PreparedStatement prepare(Handle h, String sql, @Nullable Object[] parameters)
      throws SQLException {
    PreparedStatement statement = h.getConnection().prepareStatement(sql);
    try {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      return statement;
    } catch (SQLException e) {
      try {
        statement.close();
      } catch (SQLException secondary) {
        e.addSuppressed(secondary);
      }
      throw e;
    }
  }
}
