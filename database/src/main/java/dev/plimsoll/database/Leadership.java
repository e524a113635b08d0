package dev.plimsoll.database;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Roles that one process has among all that share a database, by advisory locks on a connection of
 * its own: PostgreSQL gives a lock to another when the connection ends, however it ends.
 */
final class Leadership implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Leadership.class);

  private final PostgresConnections connections;
  private final Set<String> roles = new HashSet<>();
  private @Nullable Connection connection;

  Leadership(PostgresConnections connections) {
    this.connections = connections;
  }

  synchronized boolean leads(String role) {
    try {
      Connection held = connection;
      if (held == null) {
        held = connections.holding();
        connection = held;
      }
      if (roles.contains(role)) {
        stillThere(held);
        return true;
      }
      if (lock(held, role)) {
        roles.add(role);
        log.info("leading role={} database={}", role, connections.address());
        return true;
      }
      return false;
    } catch (IOException | SQLException e) {
      log.warn(
          "leadership unknown role={} database={} error={}",
          role,
          connections.address(),
          e.getMessage());
      letGo();
      return false;
    }
  }

  private static void stillThere(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SELECT 1");
    }
  }

  private static boolean lock(Connection connection, String role) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT pg_try_advisory_lock(" + key() + ")")) {
      statement.setString(1, role);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  /** A lock's number from its name, within the schema: one server may have several registries. */
  static String key() {
    return "hashtextextended('plimsoll ' || current_schema() || ' ' || ?, 0)";
  }

  /** Says so to the server, which else gives the roles to another only when it has noticed. */
  @Override
  public synchronized void close() {
    Connection held = connection;
    if (held != null) {
      try (Statement statement = held.createStatement()) {
        statement.execute("SELECT pg_advisory_unlock_all()");
      } catch (SQLException e) {
        log.debug("roles not given back, they go with the connection", e);
      }
    }
    letGo();
  }

  private void letGo() {
    roles.clear();
    Connection ended = connection;
    connection = null;
    if (ended != null) {
      try {
        ended.close();
      } catch (SQLException e) {
        log.debug("connection closed badly", e);
      }
    }
  }
}
