package dev.plimsoll.registry.moving;

import dev.plimsoll.content.Disk;
import dev.plimsoll.content.DurableFile;
import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A registry whose database is gone while its stores are not. It does not start: an empty database
 * would make garbage of everything. {@link #prepare} puts the last copy in its place, or lets an
 * empty one be made, and leaves a note for the start that the collector is to stay off.
 */
public final class LostDatabase {
  private static final String DATABASE = "registry.db";
  private static final String NOTE = "restored";

  private final Path root;
  private final Disk disk;

  /** Of the registry whose things are in {@code root}. */
  public LostDatabase(Path root, Disk disk) {
    this.root = root;
    this.disk = disk;
  }

  /**
   * What the start has to know.
   *
   * @param source where the metadata is from
   * @param copiedAt of what time it is
   */
  public record Note(String source, String copiedAt) {}

  /** Refuses to go on if the database is gone and manifests are not. */
  public void refuseIfLost() throws IOException {
    if (!Files.exists(database()) && note().isEmpty() && hasManifests()) {
      throw new IOException(
          "%s is gone, but the manifests in %s are not: plimsoll registry check --rebuild --data %s"
                  .formatted(database(), root.resolve("manifests"), root.getParent())
              + " brings them back; or move that directory away to begin with an empty registry");
    }
  }

  /**
   * Puts the newest copy in the place of the database.
   *
   * @throws IOException if there is a database: it is not lost
   */
  public Note prepare() throws IOException {
    if (Files.exists(database())) {
      throw new IOException(
          "%s is there; to rebuild a damaged one, stop the registry and move registry.db, -wal and"
                  .formatted(database())
              + " -shm away first");
    }
    Files.createDirectories(root.resolve("db"));
    Optional<Path> copy = newestCopy();
    Note note =
        copy.isPresent()
            ? new Note(copy.get().toString(), Files.getLastModifiedTime(copy.get()).toString())
            : new Note("the manifests alone", Instant.EPOCH.toString());
    new DurableFile(disk).replace(root.resolve("db").resolve(NOTE), Json.write(note));
    if (copy.isPresent()) {
      Path draft = root.resolve("db").resolve(".registry.db.draft");
      Files.copy(copy.get(), draft, StandardCopyOption.REPLACE_EXISTING);
      disk.forceFile(draft);
      disk.replace(draft, database());
      disk.forceDirectory(root.resolve("db"));
    }
    return note;
  }

  /** What {@link #prepare} left for the start. */
  public Optional<Note> note() throws IOException {
    Path file = root.resolve("db").resolve(NOTE);
    return Files.exists(file)
        ? Optional.of(Json.read(Files.readAllBytes(file), Note.class))
        : Optional.empty();
  }

  /** The database has it now. */
  public void forgetNote() throws IOException {
    disk.delete(root.resolve("db").resolve(NOTE));
    disk.forceDirectory(root.resolve("db"));
  }

  private Path database() {
    return root.resolve("db").resolve(DATABASE);
  }

  private Optional<Path> newestCopy() throws IOException {
    Path copies = root.resolve("db").resolve("copies");
    if (!Files.isDirectory(copies)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(copies)) {
      List<Path> all =
          files
              .filter(file -> String.valueOf(file.getFileName()).matches("[0-9]{8}T[0-9]{6}Z\\.db"))
              .sorted(Comparator.reverseOrder())
              .toList();
      return all.stream().findFirst();
    }
  }

  private boolean hasManifests() throws IOException {
    Path blobs = root.resolve("manifests").resolve("blobs");
    if (!Files.isDirectory(blobs)) {
      return false;
    }
    try (Stream<Path> all = Files.walk(blobs)) {
      return all.anyMatch(Files::isRegularFile);
    }
  }
}
