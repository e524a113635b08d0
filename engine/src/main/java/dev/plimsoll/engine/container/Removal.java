package dev.plimsoll.engine.container;

import dev.plimsoll.engine.image.ImageId;
import dev.plimsoll.engine.refusal.EngineException;
import dev.plimsoll.linux.Directory;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes containers: the row first, then the files, which are renamed out of the way at once and
 * deleted behind the answer.
 */
final class Removal implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Removal.class);
  private static final String REMOVED = ".removed";

  private final ContainerParts parts;
  private final CleanUp cleanUp;
  private final Queue<ContainerId> deleted = new ConcurrentLinkedQueue<>();
  private final ExecutorService deleting =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("container-files-deletion").daemon().factory());

  Removal(ContainerParts parts, CleanUp cleanUp) {
    this.parts = parts;
    this.cleanUp = cleanUp;
  }

  /** Removes a container that is not alive. Callers hold its lock. */
  void remove(Container container, Containers.Volume volumes)
      throws IOException, InterruptedException {
    ContainerSnapshot before = container.snapshot();
    if (container.gone()) {
      throw new EngineException.NotFound("No such container: " + container.id());
    }
    container.update(s -> s.with(new ContainerState.Removing()));
    try {
      cleanUp.afterEnd(before);
    } catch (IOException e) {
      container.update(s -> s.with(new ContainerState.Dead(String.valueOf(e.getMessage()))));
      throw new IOException("removing container " + before.name(), e);
    }
    // The row before the files: a crash between them leaves a directory that nobody refers to.
    parts.rows().remove(container.id(), volumes, deleted());
    parts.names().remove(container);
    if (volumes == Containers.Volume.REMOVE_ANONYMOUS) {
      parts.volumes().releaseAndRemoveAnonymous(container.id().value());
    } else {
      parts.volumes().release(container.id().value());
    }
    moveAway(container.id());
    parts.images().released(ImageId.parse(before.settings().image()));
    container.update(s -> s.with(before.state()));
    container.markGone();
    log.info("container removed id={} name={}", container.id(), before.name());
    parts.publish(before, "destroy");
  }

  private void moveAway(ContainerId id) throws IOException {
    try (Directory parent = Directory.open(parts.containers())) {
      if (parent.find(id.value()).isPresent()) {
        parent.rename(id.value(), parent, id.value() + REMOVED);
      }
    }
    deleting.execute(() -> delete(id));
  }

  /** Takes those whose files are gone since the last call. */
  private List<ContainerId> deleted() {
    List<ContainerId> taken = new ArrayList<>();
    for (ContainerId id = deleted.poll(); id != null; id = deleted.poll()) {
      taken.add(id);
    }
    return taken;
  }

  /** Under either name: a power cut may have undone the renaming. */
  private void delete(ContainerId id) {
    try (Directory parent = Directory.open(parts.containers())) {
      for (String name : List.of(id.value() + REMOVED, id.value())) {
        if (parent.find(name).isPresent()) {
          parent.removeTree(name);
        }
      }
      parent.sync(); // before it is forgotten that they have to go
      deleted.add(id);
    } catch (IOException e) {
      log.warn(
          "files of a removed container could not be deleted id={} cause={}", id, e.getMessage());
    }
  }

  /** Deletes what earlier removals and creations left behind: once, at the start. */
  void sweep() throws IOException {
    Set<ContainerId> removed = new HashSet<>(parts.rows().removed());
    for (ContainerId id : parts.rows().removedWithVolumes()) {
      parts.volumes().releaseAndRemoveAnonymous(id.value());
    }
    List<ContainerId> gone = new ArrayList<>();
    for (ContainerId id : removed) {
      if (exists(id.value()) || exists(id.value() + REMOVED)) {
        deleting.execute(() -> delete(id));
      } else {
        gone.add(id);
      }
    }
    parts.rows().forget(gone);
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(parts.containers())) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        String id = name.replace(REMOVED, "");
        if (name.endsWith(REMOVED) && ContainerId.isLegal(id)) {
          deleting.execute(() -> delete(new ContainerId(id)));
        } else if (ContainerId.isLegal(name)
            && !removed.contains(new ContainerId(name))
            && parts.names().all().stream().noneMatch(c -> c.id().value().equals(name))) {
          abandoned(entry, name);
        }
      }
    }
  }

  private boolean exists(String name) {
    return Files.exists(parts.containers().resolve(name));
  }

  /** A directory without a row: never answered for if nothing ran in it, else kept for a human. */
  private void abandoned(Path directory, String name) throws IOException {
    if (!Files.exists(directory.resolve("upper")) || isEmpty(directory.resolve("upper"))) {
      log.info("half-made container removed id={}", name);
      parts.volumes().releaseAndRemoveAnonymous(name);
      deleting.execute(() -> delete(new ContainerId(name)));
    } else {
      log.warn("directory of an unknown container left alone path={}", directory);
    }
  }

  private static boolean isEmpty(Path directory) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      return !entries.iterator().hasNext();
    }
  }

  @Override
  public void close() {
    deleting.close();
  }
}
