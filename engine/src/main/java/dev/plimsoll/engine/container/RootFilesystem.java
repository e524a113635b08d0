package dev.plimsoll.engine.container;

import dev.plimsoll.engine.image.ImageId;
import dev.plimsoll.engine.image.Images;
import dev.plimsoll.linux.Directory;
import dev.plimsoll.linux.FileStatus;
import dev.plimsoll.linux.MountTable;
import dev.plimsoll.linux.Mounts;
import dev.plimsoll.linux.Overlay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A container's root filesystem: the image's layers below, what the container changes above. Callers
 * hold the container's lock: overlayfs lets two mounts share an upper directory, and then breaks both.
 */
public final class RootFilesystem {
  private final Images images;

  public RootFilesystem(Images images) {
    this.images = images;
  }

  /** Makes the directories of a new container; the root of its tree looks as the image's does. */
  void make(ContainerDirectory directory, ImageId image) throws IOException {
    Files.createDirectories(directory.work());
    Files.createDirectories(directory.rootfs());
    Files.createDirectories(directory.upper());
    // The root of the merged tree shows owner and mode of the upper directory.
    try (Directory model = Directory.open(images.rootDirectory(image));
        Directory upper = Directory.open(directory.upper())) {
      FileStatus status = model.status();
      upper.descriptor().setOwner(status.uid(), status.gid());
      upper.descriptor().setPermissions(status.permissions());
    }
  }

  /** Mounts it, unless it is mounted; says where. */
  Path mount(ContainerDirectory directory, ImageId image) throws IOException {
    if (!isMounted(directory)) {
      Mounts.overlay(
          Overlay.writable(images.lowerDirectories(image), directory.upper(), directory.work()),
          directory.rootfs());
    }
    return directory.rootfs();
  }

  boolean isMounted(ContainerDirectory directory) throws IOException {
    return MountTable.read().at(directory.rootfs()).isPresent();
  }

  /** Takes the mount away; whoever still looks at it keeps it alive, which is no failure. */
  void unmount(ContainerDirectory directory) throws IOException {
    Mounts.release(directory.rootfs());
  }
}
