package dev.plimsoll.engine.container;

import dev.plimsoll.engine.container.ContainerFiles.Graft;
import dev.plimsoll.engine.image.ImageId;
import dev.plimsoll.engine.refusal.EngineException.Conflict;
import dev.plimsoll.engine.runtime.SpecMount;
import dev.plimsoll.linux.Directory;
import dev.plimsoll.linux.Resolution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Lets others look at containers' files. The mounts of one that does not run are made for the first
 * who looks and taken away after the last, under the container's lock; between, the container may be
 * started, which keeps them.
 */
final class ContainerViews {
  private final ContainerParts parts;
  private final RootFilesystem filesystem;
  private final ContainerMounts mounts;
  private final Map<ContainerId, Integer> open = new HashMap<>(); // how many look at each

  ContainerViews(ContainerParts parts, RootFilesystem filesystem, ContainerMounts mounts) {
    this.parts = parts;
    this.filesystem = filesystem;
    this.mounts = mounts;
  }

  ContainerFiles open(Container container) throws IOException, InterruptedException {
    return container.locked(() -> {
      ContainerSnapshot now = container.snapshot();
      if (container.gone()
          || now.state() instanceof ContainerState.Removing
          || now.state() instanceof ContainerState.Dead) {
        throw new Conflict("container %s is marked for removal".formatted(now.id()));
      }
      add(now.id(), 1);
      List<Directory> held = new ArrayList<>();
      try {
        ContainerDirectory directory = parts.directory(now.id());
        Path rootfs = filesystem.mount(directory, ImageId.parse(now.settings().image()));
        List<Graft> grafts = grafts(now, directory, mounts.prepare(now.settings(), rootfs), held);
        return new ContainerFiles(Directory.open(rootfs), grafts, () -> close(container, held));
      } catch (IOException | RuntimeException e) {
        held.forEach(Directory::close);
        release(container);
        throw e;
      }
    });
  }

  private static List<Graft> grafts(
      ContainerSnapshot container,
      ContainerDirectory directory,
      List<SpecMount> prepared,
      List<Directory> held)
      throws IOException {
    List<Graft> grafts = new ArrayList<>();
    Set<String> taken = new TreeSet<>();
    for (SpecMount mount : prepared) {
      taken.add(mount.destination());
      boolean writable = !mount.options().contains("ro");
      if (mount.type().equals("bind")) {
        grafts.add(new Graft(mount.destination(), Path.of(mount.source()), writable));
      } else {
        inside(container, mount.destination(), held)
            .ifPresent(source -> grafts.add(new Graft(mount.destination(), source, writable)));
      }
    }
    Map<String, Path> own =
        Map.of(
            "/etc/hosts", directory.hosts(),
            "/etc/hostname", directory.hostname(),
            "/etc/resolv.conf", directory.resolvConf());
    own.forEach((destination, source) -> {
      if (!taken.contains(destination) && Files.exists(source)) {
        grafts.add(new Graft(destination, source, true));
      }
    });
    return grafts;
  }

  /** A tmpfs exists in a running container only, and is reached through its processes. */
  private static Optional<Path> inside(
      ContainerSnapshot container, String destination, List<Directory> held) throws IOException {
    Optional<ContainerState.Running> running = container.running();
    if (running.isEmpty()) {
      return Optional.empty();
    }
    Path root = Path.of("/proc", Long.toString(running.get().process().pid()), "root");
    // By descriptor and inside the root: what the container makes of the path leads nowhere else.
    try (Directory top = Directory.open(root)) {
      Directory mounted = top.directory(destination, Resolution.IN_ROOT);
      held.add(mounted);
      return Optional.of(mounted.link());
    }
  }

  /** Takes away what an engine that was killed has left mounted of containers that do not run. */
  void sweep(List<Container> containers) throws IOException, InterruptedException {
    for (Container container : containers) {
      container.locked(() -> {
        if (!container.snapshot().alive() && !container.gone()) {
          filesystem.unmount(parts.directory(container.id()));
        }
        return Optional.empty();
      });
    }
  }

  private int add(ContainerId id, int change) {
    synchronized (open) {
      int count = open.getOrDefault(id, 0) + change;
      if (count == 0) {
        open.remove(id);
      } else {
        open.put(id, count);
      }
      return count;
    }
  }

  private void close(Container container, List<Directory> held) throws IOException {
    held.forEach(Directory::close);
    try {
      container.locked(() -> {
        release(container);
        return Optional.empty();
      });
    } catch (InterruptedException e) {
      // What stays mounted is taken away when the container is started, removed or adopted.
      add(container.id(), -1);
      Thread.currentThread().interrupt();
    }
  }

  private void release(Container container) throws IOException {
    if (add(container.id(), -1) == 0 && !container.snapshot().alive() && !container.gone()) {
      filesystem.unmount(parts.directory(container.id()));
      mounts.release(container.snapshot().settings());
    }
  }
}
