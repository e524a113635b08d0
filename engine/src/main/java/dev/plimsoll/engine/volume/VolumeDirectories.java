package dev.plimsoll.engine.volume;

import dev.plimsoll.linux.Directory;
import dev.plimsoll.linux.DirectoryEntry;
import dev.plimsoll.linux.Errno;
import dev.plimsoll.linux.FileDescriptor;
import dev.plimsoll.linux.FileType;
import dev.plimsoll.linux.LinuxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory {@code volumes/}. A volume appears in it by one rename when it is whole, and leaves
 * it by one rename before its bytes are deleted.
 */
final class VolumeDirectories {
  private static final Logger log = LoggerFactory.getLogger(VolumeDirectories.class);

  private static final String DATA = "_data";
  private static final String DESCRIPTION = "volume.json";
  private static final String NEW = ".new-";
  private static final String REMOVED = ".removed-";
  private static final int DESCRIPTION_BYTES_MAX = 1 << 20;

  private final Path root;

  VolumeDirectories(Path root) throws IOException {
    this.root = Files.createDirectories(root);
  }

  Path data(String name) {
    return root.resolve(name).resolve(DATA);
  }

  /** Makes the volume's directory, durable when this returns; keeps one that is there already. */
  void make(VolumeDescription description) throws IOException {
    String draft = NEW + UUID.randomUUID();
    try (Directory volumes = Directory.open(root)) {
      volumes.makeDirectory(draft, 0701); // as Docker's: others may pass to _data, not list
      try {
        try (Directory made = volumes.directory(draft)) {
          made.makeDirectory(DATA, 0755);
          made.setPermissions(DATA, 0755); // whatever the umask
          try (FileDescriptor file = made.create(DESCRIPTION, 0600)) {
            byte[] bytes = description.toBytes();
            file.write(bytes, 0, bytes.length);
            file.sync();
          }
          made.sync();
        }
        volumes.renameNew(draft, volumes, description.name());
      } catch (IOException e) {
        removeQuietly(volumes, draft, e);
        if (!(e instanceof LinuxException taken && taken.is(Errno.EEXIST))) {
          throw e;
        }
        makeData(volumes, description.name());
      }
      // A name is durable only when its directory is: without this the volume's row could outlive
      // the volume.
      volumes.sync();
    }
  }

  private static void makeData(Directory volumes, String name) throws IOException {
    try (Directory there = volumes.directory(name)) {
      if (there.find(DATA).isEmpty()) {
        there.makeDirectory(DATA, 0755);
        there.setPermissions(DATA, 0755);
        there.sync();
      }
    }
  }

  private static void removeQuietly(Directory volumes, String name, IOException cause) {
    try {
      volumes.removeTree(name);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  boolean isEmpty(String name) throws IOException {
    try (Directory data = Directory.open(data(name))) {
      return data.list().isEmpty();
    }
  }

  boolean exists(String name) throws IOException {
    return Files.isDirectory(data(name));
  }

  /** What is written beside the bytes; empty if nothing readable is. */
  Optional<VolumeDescription> describe(String name) {
    Path file = root.resolve(name).resolve(DESCRIPTION);
    try {
      if (Files.size(file) <= DESCRIPTION_BYTES_MAX) {
        VolumeDescription description = VolumeDescription.parse(Files.readAllBytes(file));
        return Optional.of(description).filter(found -> name.equals(found.name()));
      }
    } catch (IOException | IllegalArgumentException e) {
      log.warn("volume description unreadable volume={} cause={}", name, e.getMessage());
    }
    return Optional.empty();
  }

  /** Takes the volume out of sight, durably; its bytes are there until {@link #sweep}. */
  void unlink(String name) throws IOException {
    try (Directory volumes = Directory.open(root)) {
      if (volumes.find(name).isPresent()) {
        volumes.rename(name, volumes, REMOVED + UUID.randomUUID());
        volumes.sync();
      }
    }
  }

  /** Deletes the bytes of what was unlinked. What cannot be deleted is tried again another time. */
  void sweepRemoved() throws IOException {
    sweep(REMOVED);
  }

  /** Deletes also what a crash has left half made. Only while nothing is being made. */
  void sweepAll() throws IOException {
    sweep(REMOVED);
    sweep(NEW);
  }

  private void sweep(String prefix) throws IOException {
    try (Directory volumes = Directory.open(root)) {
      for (DirectoryEntry entry : volumes.list()) {
        if (entry.name().startsWith(prefix)) {
          try {
            volumes.removeTree(entry.name());
          } catch (IOException e) {
            log.warn("volume bytes not deleted path={} cause={}", entry.name(), e.getMessage());
          }
        }
      }
    }
  }

  /** The names of all volumes that are whole. */
  List<String> names() throws IOException {
    List<String> found = new ArrayList<>();
    try (Directory volumes = Directory.open(root)) {
      for (DirectoryEntry entry : volumes.list()) {
        boolean directory =
            (entry.type() == FileType.UNKNOWN ? volumes.status(entry.name()).type() : entry.type())
                == FileType.DIRECTORY;
        if (directory && !entry.name().startsWith(".") && exists(entry.name())) {
          found.add(entry.name());
        }
      }
    }
    return found;
  }

  /** An empty directory beside the volume's data, to be filled and put in its place. */
  Path draftBeside(String name) throws IOException {
    return Files.createDirectory(root.resolve(NEW + UUID.randomUUID()));
  }

  /**
   * Puts a filled directory in the place of the volume's empty one, at one moment; false if that is
   * not empty (any more) or something is mounted there.
   */
  boolean replaceEmptyData(String name, Path filled) throws IOException {
    try (Directory volumes = Directory.open(root);
        Directory volume = volumes.directory(name)) {
      volumes.rename(filled.getFileName().toString(), volume, DATA);
      volume.sync();
      return true;
    } catch (LinuxException e) {
      if (e.is(Errno.ENOTEMPTY) || e.is(Errno.EEXIST) || e.is(Errno.EBUSY)) {
        return false;
      }
      throw e;
    }
  }

  void discard(Path draft) throws IOException {
    try (Directory volumes = Directory.open(root)) {
      volumes.removeTree(draft.getFileName().toString());
    }
  }
}
