package dev.plimsoll.registry.api;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The files of a registry's stores and what its rows say that there is. The name of a manifest's
 * object has the moment of the push in it and every file's has a random end, so two registries are
 * compared by digests and by counts.
 *
 * @param files relative to the stores; in staging, and of nobody's making, as well
 */
record Stored(Set<String> files, Set<String> rows) {
  private static final String ROWS =
      """
      SELECT 'content/blobs/' || replace(digest, ':', '/') || '-' || generation FROM blobs
      WHERE content IS NULL
      UNION ALL SELECT 'manifests/blobs/' || replace(object, ':', '/') FROM manifests
      UNION ALL SELECT 'manifests/blobs/' || replace(object, ':', '/') FROM manifest_objects_gone
      """;

  static Stored of(Path data) throws IOException, SQLException {
    Path registry = data.resolve("registry");
    Set<String> files = new TreeSet<>();
    for (String store : new String[] {"content", "manifests"}) {
      try (Stream<Path> all = Files.walk(registry.resolve(store))) {
        for (Path file : all.filter(Files::isRegularFile).toList()) {
          String name = registry.relativize(file).toString();
          if (!name.equals(store + "/format")) {
            files.add(name.replaceFirst("/[0-9a-f]{2}/", "/"));
          }
        }
      }
    }
    Set<String> rows = new TreeSet<>();
    try (Connection database =
            DriverManager.getConnection("jdbc:sqlite:" + registry.resolve("db/registry.db"));
        Statement query = database.createStatement();
        ResultSet each = query.executeQuery(ROWS)) {
      while (each.next()) {
        rows.add(String.valueOf(each.getString(1)));
      }
    }
    return new Stored(files, rows);
  }

  /** Blobs by digest, and how many manifests. */
  Set<String> contents() {
    Set<String> contents = new TreeSet<>();
    long manifests = 0;
    for (String row : rows) {
      if (row.startsWith("manifests/")) {
        manifests++;
      } else {
        contents.add(row.replaceFirst("-[0-9a-f]{16}$", ""));
      }
    }
    contents.add(manifests + " manifests");
    return contents;
  }
}
