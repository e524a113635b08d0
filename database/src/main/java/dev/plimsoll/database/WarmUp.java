package dev.plimsoll.database;

import java.sql.SQLException;
import java.util.Properties;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConnection;

/** Goes once through what the first statements of a database go through, on one in memory. */
final class WarmUp {
  private static final Logger log = LoggerFactory.getLogger(WarmUp.class);

  private WarmUp() {}

  static void run() {
    try (SQLiteConnection connection =
        JDBC.createConnection(JDBC.PREFIX + ":memory:", new Properties())) {
      Jdbi.create(connection)
          .useHandle(h -> {
            h.execute("CREATE TABLE warm (id INTEGER PRIMARY KEY, name TEXT)");
            h.createUpdate("INSERT INTO warm (id, name) VALUES (:id, :name)")
                .bind("id", 1)
                .bind("name", "up")
                .execute();
            h.createQuery("SELECT name FROM warm WHERE id = :id")
                .bind("id", 1L)
                .map((rs, ctx) -> rs.getString("name"))
                .findOne();
            h.createQuery("SELECT id FROM warm").mapTo(Long.class).list();
          });
    } catch (SQLException | RuntimeException | LinkageError e) {
      log.debug("nothing was warmed up; the first database will say what is wrong", e);
    }
  }
}
