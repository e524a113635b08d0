package dev.plimsoll.engine.archive;

import dev.plimsoll.docker.container.FilesystemChange;
import dev.plimsoll.linux.Directory;
import dev.plimsoll.linux.DirectoryEntry;
import dev.plimsoll.linux.FileStatus;
import dev.plimsoll.linux.FileType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a container changed of its image, read from the upper directory of its overlay. A directory is
 * changed where something in it was added or deleted, as dockerd has it. What an engine puts into
 * every container, so that things can be mounted there, is no change. For one thread.
 */
final class Changes {
  private static final int MODIFIED = 0;
  private static final int ADDED = 1;
  private static final int DELETED = 2;
  private static final String OPAQUE = "trusted.overlay.opaque";

  private static final Set<String> OF_THE_ENGINE =
      Set.of(
          "/.dockerenv",
          "/dev",
          "/dev/console",
          "/dev/pts",
          "/dev/shm",
          "/etc",
          "/etc/hostname",
          "/etc/hosts",
          "/etc/mtab",
          "/etc/resolv.conf",
          "/proc",
          "/sys");

  private Changes() {}

  /** @param layers of the image, top first */
  static List<FilesystemChange> of(Path upper, List<Path> layers) throws IOException {
    List<Directory> lowers = new ArrayList<>();
    try (Directory top = Directory.open(upper)) {
      for (Path layer : layers) {
        lowers.add(Directory.open(layer));
      }
      return of(top, lowers, "").changes();
    } finally {
      lowers.forEach(Directory::close);
    }
  }

  /**
   * @param members whether a name was added or deleted
   * @param ofTheEngine whether the engine has made a name
   */
  private record Content(List<FilesystemChange> changes, boolean members, boolean ofTheEngine) {}

  private static Content of(Directory upper, List<Directory> lowers, String path)
      throws IOException {
    List<FilesystemChange> changes = new ArrayList<>();
    boolean members = false;
    boolean ofTheEngine = false;
    Map<String, FileStatus> above = new HashMap<>();
    for (DirectoryEntry entry : upper.list()) {
      upper.find(entry.name()).ifPresent(status -> above.put(entry.name(), status));
    }
    Set<String> names = new TreeSet<>(above.keySet());
    if (isOpaque(upper)) {
      names.addAll(namesIn(lowers));
    }
    for (String name : names) {
      String at = path + "/" + name;
      FileStatus now = above.get(name);
      Optional<FileStatus> before = find(lowers, name);
      if (now == null || now.isWhiteout()) {
        if (before.isPresent()) {
          changes.add(new FilesystemChange(at, DELETED));
          members = true;
        }
        continue;
      }
      boolean known = before.isPresent();
      if (!known && isOfTheEngine(at, now)) {
        ofTheEngine = true;
        known = true;
        before = Optional.of(now);
      }
      members |= !known;
      if (now.type() == FileType.DIRECTORY) {
        directory(upper, lowers, name, at, now, before, changes);
      } else if (!known) {
        changes.add(new FilesystemChange(at, ADDED));
      } else if (!before.get().equals(now)) {
        changes.add(new FilesystemChange(at, MODIFIED));
      }
    }
    return new Content(changes, members, ofTheEngine);
  }

  private static void directory(
      Directory upper,
      List<Directory> lowers,
      String name,
      String path,
      FileStatus now,
      Optional<FileStatus> before,
      List<FilesystemChange> changes)
      throws IOException {
    List<Directory> below = directories(lowers, name);
    Content content;
    try (Directory inner = upper.directory(name)) {
      content = of(inner, below, path);
    } finally {
      below.forEach(Directory::close);
    }
    if (before.isEmpty()) {
      changes.add(new FilesystemChange(path, ADDED));
    } else if (content.members() || !looksAlike(now, before.get(), content.ofTheEngine())) {
      changes.add(new FilesystemChange(path, MODIFIED));
    }
    changes.addAll(content.changes());
  }

  /** A directory that something was mounted in has another time, and nobody changed it. */
  private static boolean looksAlike(FileStatus now, FileStatus before, boolean timeless) {
    return now.mode() == before.mode()
        && now.uid() == before.uid()
        && now.gid() == before.gid()
        && (timeless || now.modified().equals(before.modified()));
  }

  private static boolean isOfTheEngine(String path, FileStatus status) {
    return OF_THE_ENGINE.contains(path)
        && (status.type() == FileType.DIRECTORY
            || status.sizeBytes() == 0
            || (status.type() == FileType.SYMLINK && path.equals("/etc/mtab")));
  }

  /** A name as the image has it: of the topmost layer that says anything about it. */
  private static Optional<FileStatus> find(List<Directory> lowers, String name) throws IOException {
    for (Directory lower : lowers) {
      Optional<FileStatus> found = lower.find(name);
      if (found.isPresent()) {
        return found.filter(status -> !status.isWhiteout());
      }
    }
    return Optional.empty();
  }

  /** The directories of that name which the image merges; the caller closes them. */
  private static List<Directory> directories(List<Directory> lowers, String name)
      throws IOException {
    List<Directory> found = new ArrayList<>();
    for (Directory lower : lowers) {
      Optional<FileStatus> status = lower.find(name);
      if (status.isEmpty()) {
        continue;
      }
      if (status.get().type() != FileType.DIRECTORY) {
        break;
      }
      Directory opened = lower.directory(name);
      found.add(opened);
      if (isOpaque(opened)) {
        break;
      }
    }
    return found;
  }

  private static Set<String> namesIn(List<Directory> lowers) throws IOException {
    Set<String> names = new TreeSet<>();
    for (Directory lower : lowers) {
      lower.list().forEach(entry -> names.add(entry.name()));
    }
    return names;
  }

  private static boolean isOpaque(Directory directory) throws IOException {
    return directory
        .descriptor()
        .attribute(OPAQUE)
        .filter(value -> value.length == 1 && value[0] == 'y')
        .isPresent();
  }
}
