package dev.plimsoll.database;

import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConnection;

/** A connection with the two ways it is used: plain statements of ours, handles for works. */
final class Session {
  private static final Logger log = LoggerFactory.getLogger(Session.class);

  private final SQLiteConnection connection;
  private final Jdbi jdbi;

  Session(SQLiteConnection connection) {
    this.connection = connection;
    KeptStatements statements = new KeptStatements(connection);
    this.jdbi = Jdbi.create(connection).setStatementBuilderFactory(_ -> statements);
  }

  /** Runs a statement that frames transactions, past JDBC's own idea of them. */
  void execute(String statement) throws SQLException {
    connection.getDatabase().exec(statement, false);
  }

  /**
   * A handle of its own for each work, so that none finds what another configured; the prepared
   * statements are the connection's.
   */
  Handle handle() {
    return jdbi.open();
  }

  /** Closes; trouble is only logged, for all that was promised is on the disk already. */
  void closeQuietly() {
    try {
      connection.close();
    } catch (SQLException e) {
      log.warn("connection closed badly database={} error={}", connection.getUrl(), e.getMessage());
    }
  }
}
