package dev.plimsoll.registry.interleaving;

import dev.plimsoll.database.Database;
import dev.plimsoll.database.DatabaseLimits;
import dev.plimsoll.database.PostgresAddress;
import dev.plimsoll.database.PostgresServer;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Handles;
import org.jdbi.v3.core.Jdbi;

/**
 * The registry's tables, in a transaction that never ends: a search goes back by savepoints.
 *
 * @param larger the function that is the larger of two values
 */
record Tables(Handle handle, String larger) {

  static Tables inMemory() throws IOException {
    Handle handle = Jdbi.create("jdbc:sqlite::memory:").open();
    for (Path migration : migrations()) {
      for (String statement : Files.readString(migration).replaceAll("--[^\n]*", "").split(";")) {
        if (!statement.isBlank()) {
          handle.execute(statement);
        }
      }
    }
    return new Tables(handle, "max");
  }

  static Tables inPostgres() throws IOException {
    PostgresAddress address = PostgresServer.shared().schema();
    Database.connect(address, "db/registry", new DatabaseLimits(1, 1, 1)).close();
    Jdbi jdbi = Jdbi.create(address.url());
    jdbi.getConfig(Handles.class).setForceEndTransactions(false); // closing ends it
    Handle handle = jdbi.open();
    List<String> numbered =
        handle
            .createQuery(
                """
                SELECT table_name FROM information_schema.columns
                WHERE table_schema = current_schema() AND is_identity = 'YES' AND column_name = 'id'
                """)
            .mapTo(String.class)
            .list();
    for (String table : numbered) {
      giveNumbersBack(handle, table);
    }
    handle.execute("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE");
    try {
      handle.getConnection().setAutoCommit(false);
    } catch (java.sql.SQLException e) {
      throw new AssertionError(e);
    }
    return new Tables(handle, "greatest");
  }

  /** PostgreSQL counts on over a rollback; then no state would be met a second time. */
  private static void giveNumbersBack(Handle handle, String table) {
    handle.execute("ALTER TABLE %s ALTER COLUMN id DROP IDENTITY".formatted(table));
    handle.execute(
        "CREATE FUNCTION next_%s() RETURNS BIGINT LANGUAGE SQL AS 'SELECT coalesce(max(id), 0) + 1 FROM %s'"
            .formatted(table, table));
    handle.execute("ALTER TABLE %s ALTER COLUMN id SET DEFAULT next_%s()".formatted(table, table));
  }

  /** V1 to V9, in their order. */
  private static List<Path> migrations() throws IOException {
    URL folder = Objects.requireNonNull(Tables.class.getResource("/db/registry"));
    try (Stream<Path> files = Files.list(Path.of(URI.create(folder.toString())))) {
      return files
          .filter(file -> file.toString().endsWith(".sql"))
          .sorted(Comparator.comparingInt(Tables::number))
          .toList();
    }
  }

  /** Ten comes after nine. */
  private static int number(Path migration) {
    String name = String.valueOf(migration.getFileName());
    return Integer.parseInt(name.substring(1, name.indexOf('_')));
  }
}
