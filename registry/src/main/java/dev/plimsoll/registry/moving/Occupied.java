package dev.plimsoll.registry.moving;

import dev.plimsoll.content.ContentStore;
import dev.plimsoll.content.Stored;
import dev.plimsoll.database.SnapshotReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/** Whether there is a registry where one is to be restored, told in words. */
final class Occupied {
  private Occupied() {}

  /** By the files below its directory. A database that nothing was ever put into is none. */
  static Optional<String> byFiles(Path root, Instant takenAt) throws IOException {
    Path database = root.resolve("db").resolve("registry.db");
    if (Files.exists(database)) {
      try (SnapshotReader reader = SnapshotReader.open(database)) {
        Optional<String> rows = reader.read(h -> byRows(h, takenAt));
        if (rows.isPresent()) {
          return rows;
        }
      } catch (IOException | JdbiException e) {
        return Optional.of(
            "a database that cannot be read (%s)".formatted(String.valueOf(e.getMessage())));
      }
    }
    for (String store : new String[] {"content", "manifests"}) {
      if (hasFiles(root.resolve(store).resolve("blobs"))) {
        return Optional.of("bytes of a registry in %s".formatted(root.resolve(store)));
      }
    }
    return Optional.empty();
  }

  private static boolean hasFiles(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return false;
    }
    try (Stream<Path> all = Files.walk(directory)) {
      return all.anyMatch(Files::isRegularFile);
    }
  }

  /** By its rows. */
  static Optional<String> byRows(Handle h, Instant takenAt) {
    long repositories = count(h, "repositories");
    if (repositories == 0) {
      return count(h, "accounts") == 0
          ? Optional.empty()
          : Optional.of("the users of a registry, and no images");
    }
    Instant changed =
        Instant.ofEpochMilli(
            h.createQuery(
                    """
                    SELECT MAX(moved) FROM (
                      SELECT COALESCE(MAX(moved_at), 0) AS moved FROM tag_moves
                      UNION ALL SELECT COALESCE(MAX(pushed_at), 0) FROM manifests
                      UNION ALL SELECT COALESCE(MAX(deleted_at), 0) FROM deletions) AS moves
                    """)
                .mapTo(Long.class)
                .one());
    return Optional.of(
        changed.isAfter(takenAt)
            ? "a registry that is newer than the backup: it was changed at %s, the backup is of %s"
                .formatted(changed, takenAt)
            : "a registry (repositories: %d)".formatted(repositories));
  }

  private static long count(Handle h, String table) {
    return h.createQuery("SELECT COUNT(*) FROM " + table).mapTo(Long.class).one();
  }

  /** By what a store has. */
  static boolean has(ContentStore store) throws IOException {
    try (Stream<Stored> all = store.list()) {
      return all.anyMatch(Stored.StoredBlob.class::isInstance);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
