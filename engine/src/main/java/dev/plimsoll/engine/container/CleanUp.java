package dev.plimsoll.engine.container;

import dev.plimsoll.linux.Directory;
import dev.plimsoll.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;

/**
 * Takes away what a run of a container had: the runtime's knowledge, mounts, network. Every step is
 * tried even if one before it fails, and all of it can be done again. Callers hold the lock.
 */
final class CleanUp {
  private final ContainerParts parts;
  private final RootFilesystem filesystem;
  private final ContainerMounts mounts;

  CleanUp(ContainerParts parts, RootFilesystem filesystem, ContainerMounts mounts) {
    this.parts = parts;
    this.filesystem = filesystem;
    this.mounts = mounts;
  }

  private interface Step {
    void run() throws IOException, InterruptedException;
  }

  /** Takes away everything; the first failure is thrown, the others are suppressed in it. */
  void afterEnd(ContainerSnapshot container) throws IOException, InterruptedException {
    all(() -> butVolumes(container), () -> volumes(container));
  }

  /** Tells the volumes that the container has ended. */
  void volumes(ContainerSnapshot container) throws IOException {
    mounts.release(container.settings());
  }

  /** As {@link #afterEnd} for all but the volumes, which are let go when the end has been told. */
  void butVolumes(ContainerSnapshot container) throws IOException, InterruptedException {
    ContainerId id = container.id();
    ContainerDirectory directory = parts.directory(id);
    all(
        () -> runtimeLeftovers(id),
        () -> parts.networks().detach(id.value()),
        () -> filesystem.unmount(directory),
        () -> {
          if (Files.exists(directory.sharedMemory())) {
            Mounts.release(directory.sharedMemory());
          }
        });
  }

  private static void all(Step... steps) throws IOException, InterruptedException {
    IOException first = null;
    for (Step step : steps) {
      try {
        step.run();
      } catch (IOException e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }

  /** Ends what the runtime still has of the container, and removes its bundle. */
  void runtimeLeftovers(ContainerId id) throws IOException, InterruptedException {
    ContainerDirectory directory = parts.directory(id);
    if (Files.exists(parts.runtime().state().resolve(id.value()))) {
      parts.runtime().delete(id.value());
    }
    if (Files.exists(directory.run())) {
      try (Directory bundles = Directory.open(parts.run().resolve("c"))) {
        bundles.removeTree(directory.run().getFileName().toString());
      }
    }
  }
}
