package dev.plimsoll.engine.volume;

import dev.plimsoll.linux.Device;
import dev.plimsoll.linux.Directory;
import dev.plimsoll.linux.DirectoryEntry;
import dev.plimsoll.linux.FileStatus;
import dev.plimsoll.linux.FileType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** What a tree occupies: the sizes of its files, each file once whatever names it has. */
final class VolumeSize {
  private record Inode(Device device, long number) {}

  private VolumeSize() {}

  /**
   * Adds up, in bytes. What vanishes meanwhile is not counted; another file system mounted below is
   * not entered.
   */
  static long bytes(Path root) throws IOException {
    long bytes = 0;
    Set<Inode> linked = new HashSet<>();
    Deque<Path> open = new ArrayDeque<>();
    open.add(root);
    Device device = null;
    while (!open.isEmpty()) {
      Path path = open.removeLast();
      try (Directory directory = Directory.open(path)) {
        FileStatus own = directory.status();
        if (device == null) {
          device = own.device();
        } else if (!device.equals(own.device())) {
          continue;
        }
        for (DirectoryEntry entry : directory.list()) {
          Optional<FileStatus> status = directory.find(entry.name());
          if (status.isEmpty()) {
            continue;
          }
          if (status.get().type() == FileType.DIRECTORY) {
            open.add(path.resolve(entry.name()));
          } else if (status.get().links() == 1
              || linked.add(new Inode(status.get().device(), status.get().inode()))) {
            bytes += status.get().sizeBytes();
          }
        }
      }
    }
    return bytes;
  }
}
