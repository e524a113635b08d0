package dev.plimsoll.engine.volume;

import dev.plimsoll.linux.Directory;
import dev.plimsoll.linux.FileStatus;
import dev.plimsoll.linux.Mounts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which running containers use each volume, so that what its options say is mounted while any does.
 * Only under the lock of the volume.
 */
final class VolumeMounts {
  private final VolumeDirectories directories;
  private final Map<String, Set<String>> users = new HashMap<>();

  VolumeMounts(VolumeDirectories directories) {
    this.directories = directories;
  }

  Path begin(Volume volume, String containerId) throws IOException {
    var options = new LocalOptions(volume.options());
    // After a restart of the daemon the mount is there already, and the users are not yet.
    if (options.wantsMount() && !isMounted(volume)) {
      try {
        options.mount(volume.mountpoint());
      } catch (IOException e) {
        throw new IOException(
            "error while mounting volume '%s': failed to mount local volume"
                .formatted(volume.mountpoint()),
            e);
      }
    }
    synchronized (users) {
      users.computeIfAbsent(volume.name(), _ -> new HashSet<>()).add(containerId);
    }
    return volume.mountpoint();
  }

  /** Takes the mount away with the last user. */
  void end(Volume volume, String containerId) throws IOException {
    synchronized (users) {
      Set<String> these = users.getOrDefault(volume.name(), Set.of());
      if (these.size() > 1) {
        these.remove(containerId);
        return;
      }
      users.remove(volume.name());
    }
    if (new LocalOptions(volume.options()).wantsMount()) {
      Mounts.release(volume.mountpoint());
    }
  }

  /** Takes away what a container left mounted that ended while no daemon was looking. */
  void releaseIfIdle(Volume volume) throws IOException {
    if (new LocalOptions(volume.options()).wantsMount()
        && !inUse(volume.name())
        && isMounted(volume)) {
      Mounts.release(volume.mountpoint());
    }
  }

  boolean isUsedBy(String name, String containerId) {
    synchronized (users) {
      return users.getOrDefault(name, Set.of()).contains(containerId);
    }
  }

  boolean inUse(String name) {
    synchronized (users) {
      return users.containsKey(name);
    }
  }

  /** The volume goes: so does a mount that a crash has left behind. */
  void forget(String name) throws IOException {
    synchronized (users) {
      users.remove(name);
    }
    if (directories.exists(name)) {
      Mounts.release(directories.data(name));
    }
  }

  /** A mount point is on another device, or is another mount, than the directory it is in. */
  boolean isMounted(Volume volume) throws IOException {
    try (Directory parent = Directory.open(volume.mountpoint().resolve(".."));
        Directory data = Directory.open(volume.mountpoint())) {
      FileStatus outer = parent.status();
      FileStatus inner = data.status();
      return !outer.device().equals(inner.device()) || outer.mountId() != inner.mountId();
    }
  }
}
