package dev.plimsoll.engine.archive;

import dev.plimsoll.docker.container.PathStat;
import dev.plimsoll.engine.archive.ContainerTree.Last;
import dev.plimsoll.linux.FileStatus;
import dev.plimsoll.linux.FileType;
import java.io.IOException;

/** Tells of a path what the archive endpoints tell: modes as Go's {@code FileMode} has them. */
final class PathStats {
  private static final long DIRECTORY = 1L << 31; // io/fs/fs.go
  private static final long SYMLINK = 1L << 27;
  private static final long DEVICE = 1L << 26;
  private static final long NAMED_PIPE = 1L << 25;
  private static final long SOCKET = 1L << 24;
  private static final long SET_UID = 1L << 23;
  private static final long SET_GID = 1L << 22;
  private static final long CHARACTER_DEVICE = 1L << 21;
  private static final long STICKY = 1L << 20;
  private static final long IRREGULAR = 1L << 19;

  private PathStats() {}

  static PathStat of(ContainerTree tree, Spot spot, String name) throws IOException {
    FileStatus status = spot.status();
    return new PathStat(
        name,
        status.sizeBytes(),
        mode(status),
        status.modified().toString(),
        status.type() == FileType.SYMLINK ? target(tree, spot) : "");
  }

  static long mode(FileStatus status) {
    int permissions = status.permissions();
    return (permissions & 0777)
        | ((permissions & 04000) != 0 ? SET_UID : 0)
        | ((permissions & 02000) != 0 ? SET_GID : 0)
        | ((permissions & 01000) != 0 ? STICKY : 0)
        | type(status.type());
  }

  private static long type(FileType type) {
    return switch (type) {
      case DIRECTORY -> DIRECTORY;
      case SYMLINK -> SYMLINK;
      case BLOCK_DEVICE -> DEVICE;
      case CHARACTER_DEVICE -> DEVICE | CHARACTER_DEVICE;
      case FIFO -> NAMED_PIPE;
      case SOCKET -> SOCKET;
      case REGULAR -> 0;
      case UNKNOWN -> IRREGULAR;
    };
  }

  /** Where a link leads to in the end; one that leads nowhere is told as far as it goes. */
  private static String target(ContainerTree tree, Spot link) throws IOException {
    String target = link.directory().readLink(link.name());
    String parent = link.path().substring(0, link.path().lastIndexOf('/'));
    String joined = target.startsWith("/") ? target : parent + "/" + target;
    try (Spot found = tree.find(joined, Last.FOLLOWED)) {
      return found.path();
    } catch (dev.plimsoll.linux.LinuxException e) {
      return java.nio.file.Path.of(joined).normalize().toString();
    }
  }
}
