package dev.plimsoll.registry.moving;

import dev.plimsoll.content.Disk;
import dev.plimsoll.content.DurableFile;
import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a restore writes down before it changes anything, so that one that was cut off goes on and no
 * registry starts on half of one: {@code restoring/} below the registry's directory.
 */
public final class UnfinishedRestore {
  private static final List<String> MOVED = List.of("db", "content", "manifests");

  private final Path root;
  private final Disk disk;

  /** Of the registry whose things are in {@code root}. */
  public UnfinishedRestore(Path root, Disk disk) {
    this.root = root;
    this.disk = disk;
  }

  /** How far it has got. */
  enum Phase {
    /** What was there is being moved aside. */
    MOVING,
    /** What is there is the restore's own. */
    FILLING
  }

  /**
   * One restore.
   *
   * @param source the backup, in words; {@code restored.source} in the database
   * @param beganAt milliseconds; with the source it tells this restore from every other
   * @param aside where what was there is moved; empty: nothing was there
   */
  record Note(String source, long beganAt, Phase phase, String aside) {
    Note filling() {
      return new Note(source, beganAt, Phase.FILLING, aside);
    }
  }

  /** Refuses to go on where a restore has not come to its end. */
  public void refuse() throws IOException {
    Optional<Note> note = note();
    if (note.isPresent()) {
      throw new IOException(
          "a restore of %s into %s has not come to its end: run plimsoll registry restore again, and"
                  .formatted(note.get().source(), root.getParent())
              + " it goes on");
    }
  }

  Optional<Note> note() throws IOException {
    return Files.exists(file())
        ? Optional.of(Json.read(Files.readAllBytes(file()), Note.class))
        : Optional.empty();
  }

  /** The place for a database in the making; made if it is not there. */
  Path draft() throws IOException {
    Files.createDirectories(place());
    return place().resolve("registry.db");
  }

  void write(Note note) throws IOException {
    Files.createDirectories(place());
    disk.forceDirectory(root);
    new DurableFile(disk).replace(file(), Json.write(note));
  }

  /** A name below the registry's directory that nothing has. */
  String freePlace(String name) {
    String free = name;
    for (int number = 2; Files.exists(root.resolve(free)); number++) {
      free = name + "-" + number;
    }
    return free;
  }

  /** Moves what a registry keeps into a directory beside it; run again, it moves the rest. */
  void moveAside(String name) throws IOException {
    Path aside = Files.createDirectories(root.resolve(name));
    for (String each : MOVED) {
      Path from = root.resolve(each);
      if (Files.exists(from)) {
        disk.rename(from, aside.resolve(each));
        disk.forceDirectory(aside);
      }
    }
    disk.forceDirectory(root);
  }

  /** It has come to its end, or was refused before it began. */
  void forget() throws IOException {
    if (!Files.isDirectory(place())) {
      return;
    }
    deleteDraft();
    new DurableFile(disk).removeDrafts(place());
    disk.delete(file());
    disk.forceDirectory(place());
    disk.delete(place());
  }

  /** Removes the database in the making. */
  void deleteDraft() throws IOException {
    if (!Files.isDirectory(place())) {
      return;
    }
    List<Path> drafts;
    try (Stream<Path> files = Files.list(place())) {
      drafts =
          files
              .filter(file -> String.valueOf(file.getFileName()).startsWith("registry.db"))
              .toList();
    }
    for (Path draft : drafts) {
      disk.delete(draft);
    }
  }

  private Path file() {
    return place().resolve("note");
  }

  private Path place() {
    return root.resolve("restoring");
  }
}
