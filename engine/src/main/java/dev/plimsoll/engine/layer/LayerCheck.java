package dev.plimsoll.engine.layer;

import dev.plimsoll.engine.layer.Layers.Depth;
import dev.plimsoll.linux.Directory;
import dev.plimsoll.linux.DirectoryEntry;
import dev.plimsoll.linux.FileStatus;
import dev.plimsoll.linux.FileType;
import dev.plimsoll.linux.LinuxException;
import java.io.IOException;
import java.nio.file.Path;

/** Compares a layer's directory with what it was committed as. */
final class LayerCheck {
  private long entries;
  private long bytes;

  private LayerCheck() {}

  static boolean whole(Layer layer, Path fs, Depth depth) throws IOException {
    try (Directory root = Directory.open(fs)) {
      return switch (depth) {
        case LENGTHS -> {
          var check = new LayerCheck();
          check.count(root);
          yield check.entries == layer.entries() && check.bytes == layer.sizeBytes();
        }
        case CONTENT -> {
          var sum = new LayerSum();
          sum.addTree(EntryPath.ROOT, root);
          yield sum.total()
              .equals(new LayerSum.Total(layer.entries(), layer.sizeBytes(), layer.sum()));
        }
      };
    } catch (LinuxException e) {
      return switch (e.errno()) {
        case ENOENT, ENOTDIR, EIO, ENODATA -> false; // torn, or the disk cannot read it any more
        default -> throw e;
      };
    }
  }

  private void count(Directory directory) throws IOException {
    for (DirectoryEntry entry : directory.list()) {
      entries++;
      FileStatus status = directory.status(entry.name());
      if (status.type() == FileType.REGULAR) {
        bytes += status.sizeBytes();
      } else if (status.type() == FileType.DIRECTORY) {
        try (Directory inner = directory.directory(entry.name())) {
          count(inner);
        }
      }
    }
  }
}
