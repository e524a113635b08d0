package dev.plimsoll.engine.layer;

import dev.plimsoll.linux.Directory;
import dev.plimsoll.linux.FileDescriptor;
import dev.plimsoll.linux.LinuxException;
import dev.plimsoll.linux.OpenFlag;
import dev.plimsoll.linux.Resolution;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The directories made so far and the times they shall have. Times are set last: every name that is
 * made in a directory changes them again.
 */
final class DirectoryLog {
  private static final int SET_GID = 02000;

  private final Map<EntryPath, Instant> modified = new LinkedHashMap<>();
  private boolean groupsAreInherited;

  void note(EntryPath path, int permissions, Instant time) {
    modified.put(path, time);
    groupsAreInherited |= (permissions & SET_GID) != 0;
  }

  /** Whether something new may get another group than root's: in a directory that has set-gid. */
  boolean groupsAreInherited() {
    return groupsAreInherited;
  }

  void setTimes(Directory root) throws IOException {
    for (Map.Entry<EntryPath, Instant> each : modified.entrySet()) {
      if (each.getKey().isRoot()) {
        root.descriptor().setTimes(each.getValue(), each.getValue());
      } else {
        setTime(root, each.getKey(), each.getValue());
      }
    }
  }

  /** Adds the directories to the sum, as they are now. */
  void addTo(LayerSum sum, Directory root) throws IOException {
    for (EntryPath path : modified.keySet()) {
      if (!path.isRoot()) {
        try (FileDescriptor directory = open(root, path)) {
          sum.addDirectory(path, directory);
        }
      }
    }
  }

  private static FileDescriptor open(Directory root, EntryPath path) throws IOException {
    return root.open(path.toString(), Resolution.BENEATH_NO_SYMLINKS, 0, OpenFlag.DIRECTORY);
  }

  private static void setTime(Directory root, EntryPath path, Instant time) throws IOException {
    try (FileDescriptor directory = open(root, path)) {
      directory.setTimes(time, time);
    } catch (LinuxException e) {
      switch (e.errno()) {
        case ENOENT, ENOTDIR, ELOOP -> {} // a later member has taken its place
        default -> throw e;
      }
    }
  }
}
