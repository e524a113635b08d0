package dev.plimsoll.content;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Directories that durable files need. */
final class Paths {
  private Paths() {}

  static Path parent(Path path) throws IOException {
    Path parent = path.getParent();
    if (parent == null) {
      throw new IOException(path + " has no parent directory");
    }
    return parent;
  }

  /** Makes what is missing of a directory's path, from the top, each name forced before the next. */
  static void createDirectories(Disk disk, Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path parent = parent(directory);
    createDirectories(disk, parent);
    disk.createDirectory(directory);
    disk.forceDirectory(parent);
  }
}
