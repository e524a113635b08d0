package dev.plimsoll.database;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * The schema as a list of steps that are never changed once released. Each is applied in one
 * transaction together with the row that says so, so that a crash leaves it done or not begun.
 */
final class Migrations {
  private static final String CREATE_TABLE =
      """
      CREATE TABLE IF NOT EXISTS schema_migration (
        version INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        checksum TEXT NOT NULL,
        readable_by INTEGER NOT NULL,
        applied_at TEXT NOT NULL
      ) STRICT
      """;

  private final List<Migration> known;

  private Migrations(List<Migration> known) {
    this.known = known;
  }

  /**
   * Reads the steps of a folder of the classpath; each version may be there once. The first place that
   * has the folder counts: to look for more, every jar would be opened at each start.
   */
  static Migrations of(String folder) throws IOException {
    Map<Integer, Migration> byVersion = new TreeMap<>();
    URL place = Migrations.class.getClassLoader().getResource(folder);
    for (Migration migration : place == null ? List.<Migration>of() : read(place, folder)) {
      Migration twin = byVersion.putIfAbsent(migration.version(), migration);
      if (twin != null) {
        throw new IOException(
            "%s holds two migrations %d: %s and %s"
                .formatted(folder, migration.version(), twin.name(), migration.name()));
      }
    }
    if (byVersion.isEmpty()) {
      throw new IOException("no migrations on the classpath under " + folder);
    }
    return new Migrations(List.copyOf(byVersion.values()));
  }

  private static List<Migration> read(URL place, String folder) throws IOException {
    List<Migration> found = new ArrayList<>();
    if (place.openConnection() instanceof JarURLConnection jar) {
      JarFile file = jar.getJarFile();
      for (JarEntry entry : Collections.list(file.entries())) {
        String name = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
        if (entry.getName().equals(folder + "/" + name) && Migration.isNameOfOne(name)) {
          try (InputStream in = file.getInputStream(entry)) {
            found.add(Migration.of(name, new String(in.readAllBytes(), StandardCharsets.UTF_8)));
          }
        }
      }
    } else {
      try (Stream<Path> files = Files.list(Path.of(URI.create(place.toString())))) {
        for (Path file : files.toList()) {
          String name = String.valueOf(file.getFileName());
          if (Migration.isNameOfOne(name)) {
            found.add(Migration.of(name, Files.readString(file)));
          }
        }
      }
    }
    return found;
  }

  /**
   * Applies what is missing; writes nothing if nothing is. Only one at a time may do so.
   *
   * @param database what errors call it
   */
  void apply(Connection connection, Dialect dialect, Object database)
      throws SQLException, IOException {
    Map<Integer, Migration> applied = applied(connection, dialect);
    check(applied, database);
    int newest = applied.keySet().stream().max(Integer::compare).orElse(0);
    for (Migration migration : known) {
      if (migration.version() > newest) {
        apply(connection, dialect, database, migration);
      }
    }
  }

  private void check(Map<Integer, Migration> applied, Object database) throws IOException {
    int knownMax = known.getLast().version();
    int newest = 0;
    for (Migration done : applied.values()) {
      newest = done.version();
      if (done.readableBy() > knownMax) {
        throw new IOException(
            "%s was written by a newer release (schema %d, this one knows %d): start that release, or"
                    .formatted(database, done.version(), knownMax)
                + " restore a copy of the database that is older than the upgrade");
      }
    }
    for (Migration migration : known) {
      Migration done = applied.get(migration.version());
      if (done == null && migration.version() < newest) {
        throw new IOException(
            "%s has schema %d but lacks migration %d (%s), which comes before it"
                .formatted(database, newest, migration.version(), migration.name()));
      }
      if (done != null && !done.checksum().equals(migration.checksum())) {
        throw new IOException(
            "%s: migration %d (%s) was applied with another content than this release has: a released"
                    .formatted(database, migration.version(), migration.name())
                + " migration must not change");
      }
    }
  }

  private static Map<Integer, Migration> applied(Connection connection, Dialect dialect)
      throws SQLException {
    Map<Integer, Migration> applied = new TreeMap<>();
    try (Statement statement = connection.createStatement()) {
      try (ResultSet table = statement.executeQuery(dialect.findTable("schema_migration"))) {
        if (!table.next()) {
          return applied;
        }
      }
      try (ResultSet row =
          statement.executeQuery(
              "SELECT version, name, checksum, readable_by FROM schema_migration")) {
        while (row.next()) {
          int version = row.getInt(1);
          applied.put(
              version,
              new Migration(version, row.getString(2), "", row.getString(3), row.getInt(4)));
        }
      }
    }
    return applied;
  }

  private static void apply(
      Connection connection, Dialect dialect, Object database, Migration migration)
      throws SQLException, IOException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(dialect.begin());
      try {
        statement.executeUpdate(dialect.schema(CREATE_TABLE));
        statement.executeUpdate(dialect.schema(migration.sql()));
        record(connection, migration);
        Optional<String> broken = dialect.brokenForeignKey(statement);
        if (broken.isPresent()) {
          throw new IOException(
              "%s: migration %d (%s) would leave %s"
                  .formatted(database, migration.version(), migration.name(), broken.get()));
        }
        statement.executeUpdate("COMMIT");
      } catch (SQLException | IOException e) {
        rollBack(statement, e);
        throw e;
      }
    }
  }

  private static void record(Connection connection, Migration migration) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO schema_migration VALUES (?, ?, ?, ?, ?)")) {
      insert.setInt(1, migration.version());
      insert.setString(2, migration.name());
      insert.setString(3, migration.checksum());
      insert.setInt(4, migration.readableBy());
      insert.setString(5, Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
      insert.executeUpdate();
    }
  }

  private static void rollBack(Statement statement, Exception cause) {
    try {
      statement.executeUpdate("ROLLBACK");
    } catch (SQLException e) {
      cause.addSuppressed(e); // a full disk has made SQLite roll back by itself
    }
  }
}
