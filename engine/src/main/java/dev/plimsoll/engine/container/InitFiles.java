package dev.plimsoll.engine.container;

import dev.plimsoll.linux.Directory;
import dev.plimsoll.linux.FileDescriptor;
import dev.plimsoll.linux.FileStatus;
import dev.plimsoll.linux.FileType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What every container of a Docker engine finds in its root, whatever the image: {@code /.dockerenv},
 * by which programs see that they are in a container, and {@code /etc/mtab}, which {@code df} and
 * others read. What the image has of them stays as it is.
 */
final class InitFiles {
  private static final String MARK = ".dockerenv";
  private static final int MARK_PERMISSIONS = 0755;
  private static final String MOUNT_TABLE = "mtab";

  private InitFiles() {}

  /** Adds them to a root file system that is mounted. */
  static void add(Path rootfs) throws IOException {
    try (Directory root = Directory.open(rootfs)) {
      if (root.find(MARK).isEmpty()) {
        try (FileDescriptor mark = root.create(MARK, MARK_PERMISSIONS)) {
          mark.setPermissions(MARK_PERMISSIONS);
        }
      }
      // A link in the place of /etc would lead out of the container.
      Optional<FileStatus> etc = root.find("etc");
      if (etc.map(FileStatus::type).filter(FileType.DIRECTORY::equals).isPresent()) {
        try (Directory directory = root.directory("etc")) {
          if (directory.find(MOUNT_TABLE).isEmpty()) {
            directory.makeSymlink(MOUNT_TABLE, "/proc/mounts");
          }
        }
      }
    }
  }
}
