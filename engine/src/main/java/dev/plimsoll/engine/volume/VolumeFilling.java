package dev.plimsoll.engine.volume;

import dev.plimsoll.linux.Directory;
import dev.plimsoll.linux.Errno;
import dev.plimsoll.linux.FileSystems;
import dev.plimsoll.linux.LinuxException;
import dev.plimsoll.linux.Resolution;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Puts into a new volume what the image has in its place. */
final class VolumeFilling {
  private final VolumeDirectories directories;
  private final VolumeMounts mounts;

  VolumeFilling(VolumeDirectories directories, VolumeMounts mounts) {
    this.directories = directories;
    this.mounts = mounts;
  }

  void fill(Volume volume, Path rootfs, String place) throws IOException {
    try (Directory root = Directory.open(rootfs)) {
      Optional<Directory> found = find(root, place);
      if (found.isEmpty()) {
        return;
      }
      try (Directory source = found.get()) {
        fill(volume, source);
      } catch (IOException e) {
        throw new IOException(
            "copying the image's %s into volume %s".formatted(place, volume.name()), e);
      }
    }
  }

  private static Optional<Directory> find(Directory root, String place) throws IOException {
    try {
      String relative = place.replaceFirst("^/+", "");
      return Optional.of(root.directory(relative.isEmpty() ? "." : relative, Resolution.IN_ROOT));
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR) || e.is(Errno.ELOOP)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private void fill(Volume volume, Directory source) throws IOException {
    try (Directory data = Directory.open(volume.mountpoint())) {
      if (!data.list().isEmpty()) {
        return;
      }
      if (!volume.options().isEmpty() || mounts.inUse(volume.name())) {
        // Somebody sees this very directory, or it is another file system: fill it where it is.
        TreeCopy.copy(source, data);
        return;
      }
    }
    Path draft = directories.draftBeside(volume.name());
    boolean placed = false;
    try {
      try (Directory filling = Directory.open(draft)) {
        TreeCopy.copy(source, filling);
        FileSystems.sync(filling); // the bytes before the name: else the name may point at zeros
      }
      placed = directories.replaceEmptyData(volume.name(), draft);
    } finally {
      if (!placed) {
        directories.discard(draft);
      }
    }
  }
}
