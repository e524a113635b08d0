package dev.plimsoll.engine;

import dev.plimsoll.database.Database;
import dev.plimsoll.database.DatabaseFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where an engine's database lies: {@code db/engine.db}, its copies in {@code db/copies}.
 *
 * @param root {@code <data>/engine}
 */
record StoredDatabase(Path root) {
  static final String MIGRATIONS = "db/engine";
  private static final List<String> PLACES = List.of("images", "layers", "containers", "volumes");
  private static final List<String> ALWAYS_THERE = List.of("staging", "trash", "lost+found");

  static StoredDatabase in(Path root) {
    return new StoredDatabase(root);
  }

  Path file() {
    return root.resolve("db/engine.db");
  }

  Path copies() {
    return root.resolve("db/copies");
  }

  /**
   * Opens it.
   *
   * @throws IOException if it is damaged, or gone while what it speaks of is still there: an empty
   *     one in its place would have everything taken for left-overs
   */
  Database open() throws IOException {
    if (!Files.exists(file()) && holdsSomething()) {
      throw new IOException(
          "%s is gone, but images, containers or volumes are there; %s, or move %s away to begin with nothing"
              .formatted(file(), advice(), root));
    }
    try {
      return Database.open(file(), MIGRATIONS);
    } catch (IOException e) {
      Optional<String> problem = DatabaseFile.problem(file());
      if (problem.isPresent()) {
        throw new IOException("%s; %s".formatted(e.getMessage(), advice()), e);
      }
      throw e;
    }
  }

  String advice() {
    return "plimsoll engine check --rebuild --data %s makes it anew from the last copy and from what lies there"
        .formatted(root.getParent());
  }

  /** Whether there is anything that a database would know of. */
  boolean holdsSomething() throws IOException {
    for (String place : PLACES) {
      Path directory = root.resolve(place);
      if (Files.isDirectory(directory)) {
        try (Stream<Path> entries = Files.list(directory)) {
          if (entries
              .map(entry -> String.valueOf(entry.getFileName()))
              .anyMatch(name -> !ALWAYS_THERE.contains(name) && !name.startsWith("."))) {
            return true;
          }
        }
      }
    }
    return false;
  }
}
