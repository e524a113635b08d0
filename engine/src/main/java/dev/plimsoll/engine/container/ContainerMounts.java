package dev.plimsoll.engine.container;

import dev.plimsoll.engine.refusal.EngineException;
import dev.plimsoll.engine.runtime.SpecMount;
import dev.plimsoll.engine.volume.Volumes;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Makes a container's mounts ready when it starts, and lets them go when it ends. */
final class ContainerMounts {
  private final Volumes volumes;

  ContainerMounts(Volumes volumes) {
    this.volumes = volumes;
  }

  /**
   * What goes into the specification, outer places before inner ones.
   *
   * @param rootfs mounted, so that empty volumes can be filled from it
   */
  List<SpecMount> prepare(ContainerSettings settings, Path rootfs) throws IOException {
    List<SpecMount> mounts = new ArrayList<>();
    for (MountSettings mount : settings.mounts()) {
      mounts.add(
          switch (mount.kind()) {
            case TMPFS -> new SpecMount(mount.destination(), "tmpfs", "tmpfs", mount.options());
            case BIND -> bind(mount, bindSource(mount));
            case VOLUME -> bind(mount, volumeSource(settings.id(), mount, rootfs));
          });
    }
    mounts.sort(Comparator.comparingInt(m -> Path.of(m.destination()).getNameCount()));
    return mounts;
  }

  private static SpecMount bind(MountSettings mount, String source) {
    List<String> options = new ArrayList<>();
    options.add(mount.recursive() ? "rbind" : "bind");
    options.add(mount.writable() ? "rw" : "ro");
    options.add(mount.propagation().isEmpty() ? "rprivate" : mount.propagation());
    return new SpecMount(mount.destination(), "bind", source, options);
  }

  private static String bindSource(MountSettings mount) throws IOException {
    Path source = Path.of(mount.source());
    if (!Files.exists(source)) {
      if (!mount.createSource()) {
        throw new EngineException.BadParameter(
            "invalid mount config for type \"bind\": bind source path does not exist: " + source);
      }
      try {
        Files.createDirectories(source);
      } catch (FileAlreadyExistsException e) {
        throw new EngineException.Failed(
            "error while creating mount source path '%s': %s".formatted(source, e.getMessage()), e);
      }
    }
    return source.toString();
  }

  private String volumeSource(ContainerId id, MountSettings mount, Path rootfs) throws IOException {
    Path source =
        volumes.mount(
            mount.name(),
            id.value(),
            Map.of(
                "destination",
                mount.destination(),
                "read/write",
                Boolean.toString(mount.writable()),
                "propagation",
                mount.propagation()));
    if (mount.copyUp()) {
      volumes.fill(mount.name(), rootfs, mount.destination());
    }
    if (mount.subpath().isEmpty()) {
      return source.toString();
    }
    Path below = source.resolve(mount.subpath()).normalize();
    if (!below.startsWith(source) || !Files.exists(below)) {
      throw new EngineException.BadParameter(
          "subpath %s of volume %s does not exist".formatted(mount.subpath(), mount.name()));
    }
    return below.toString();
  }

  /** Tells the volumes that the container runs; for one that an earlier engine started. */
  void adopt(ContainerSettings settings) throws IOException {
    for (MountSettings mount : settings.mounts()) {
      if (mount.kind() == MountSettings.Kind.VOLUME) {
        volumes.mount(mount.name(), settings.id().value());
      }
    }
  }

  /** Tells the volumes that the container has ended. */
  void release(ContainerSettings settings) throws IOException {
    for (MountSettings mount : settings.mounts()) {
      if (mount.kind() == MountSettings.Kind.VOLUME) {
        volumes.unmount(mount.name(), settings.id().value());
      }
    }
  }

  /** Where a mount's volume is on the host, for inspect; empty if it is none or gone. */
  String volumePath(MountSettings mount) {
    if (mount.kind() != MountSettings.Kind.VOLUME) {
      return "";
    }
    try {
      return volumes.get(mount.name()).mountpoint().toString();
    } catch (IOException | EngineException e) {
      return "";
    }
  }
}
