package dev.plimsoll.database;

import dev.plimsoll.foundation.UnavailableException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;

/** Opens connections to PostgreSQL, each for one kind of use. */
record PostgresConnections(PostgresAddress address) {
  private static final Duration CONNECT_MAX = Duration.ofSeconds(5);

  /** Longer than any statement of ours takes; a server that is gone without a word ends here. */
  private static final Duration ANSWER_MAX = Duration.ofSeconds(60);

  /** Who waits longer for a row has met something that is stuck, and may try again. */
  private static final Duration LOCK_MAX = Duration.ofSeconds(20);

  /** A replica that was stopped in mid transaction holds up the others no longer. */
  private static final Duration IDLE_IN_TRANSACTION_MAX = Duration.ofSeconds(30);

  /** As if one transaction ran after the other, whatever a work reads and writes. */
  Connection writer() throws IOException {
    return open(
        "-c default_transaction_isolation=serializable -c lock_timeout=%d"
            .formatted(LOCK_MAX.toMillis()),
        ANSWER_MAX);
  }

  Connection reader() throws IOException {
    return open(
        "-c default_transaction_isolation=repeatable\\ read -c default_transaction_read_only=on",
        ANSWER_MAX);
  }

  /** A connection that may change the schema, and wait for another that does. */
  Connection migrating() throws IOException {
    return open("", Duration.ZERO);
  }

  /** A connection that holds a lock for as long as it lives. */
  Connection holding() throws IOException {
    return open("", ANSWER_MAX);
  }

  private Connection open(String options, Duration answerMax) throws IOException {
    Properties properties = new Properties();
    address.user().ifPresent(user -> properties.setProperty("user", user));
    address.password().ifPresent(password -> properties.setProperty("password", password));
    properties.setProperty("connectTimeout", Long.toString(CONNECT_MAX.toSeconds()));
    properties.setProperty("loginTimeout", Long.toString(CONNECT_MAX.multipliedBy(2).toSeconds()));
    properties.setProperty("socketTimeout", Long.toString(answerMax.toSeconds()));
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("ApplicationName", "plimsoll");
    properties.setProperty(
        "options",
        "-c idle_in_transaction_session_timeout=%d -c synchronous_commit=on %s"
            .formatted(IDLE_IN_TRANSACTION_MAX.toMillis(), options));
    try {
      return DriverManager.getConnection(address.url(), properties);
    } catch (SQLException e) {
      throw PostgresTrouble.of(address, "connecting", e);
    }
  }

  /** Refuses a server on which rows would not be what they are in SQLite. */
  static void check(Connection connection, PostgresAddress address)
      throws SQLException, IOException {
    require(
        connection,
        "SHOW server_encoding",
        "UTF8",
        "%s keeps its text as %s; make the database with ENCODING 'UTF8'",
        address);
    require(
        connection,
        "SELECT CASE WHEN pg_is_in_recovery() THEN 'standby' ELSE 'primary' END",
        "primary",
        "%s is a %s, which takes no writes; database.url must lead to the primary",
        address);
  }

  private static void require(
      Connection connection, String query, String wanted, String sentence, PostgresAddress address)
      throws SQLException, IOException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      String found = row.next() ? row.getString(1) : "nothing";
      if (!wanted.equals(found)) {
        throw new UnavailableException(sentence.formatted(address, found));
      }
    }
  }
}
