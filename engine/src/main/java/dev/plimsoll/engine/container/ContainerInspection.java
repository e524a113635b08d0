package dev.plimsoll.engine.container;

import dev.plimsoll.content.DurableFile;
import dev.plimsoll.content.LocalDisk;
import dev.plimsoll.database.Database;
import dev.plimsoll.engine.check.Finding.Kind;
import dev.plimsoll.engine.check.Finding.Outcome;
import dev.plimsoll.engine.check.Findings;
import dev.plimsoll.engine.check.Inspection;
import dev.plimsoll.engine.image.ImageId;
import dev.plimsoll.engine.image.ImageStore;
import dev.plimsoll.engine.refusal.EngineException;
import dev.plimsoll.engine.runtime.Bundle;
import dev.plimsoll.engine.runtime.Conmon;
import dev.plimsoll.engine.runtime.HostProcess;
import dev.plimsoll.engine.volume.VolumeInspection;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Looks through the containers: their rows, their directories, the images they are made of. */
public final class ContainerInspection implements Inspection {
  private final Path containers;
  private final Path run;
  private final ContainerRows rows;
  private final ImageStore images;
  private final VolumeInspection volumes;
  private final DurableFile files = new DurableFile(new LocalDisk());

  /** @param volumes looked through before this: those of a container that is restored have rows */
  public ContainerInspection(
      Path containers, Path run, Database database, ImageStore images, VolumeInspection volumes) {
    this.containers = containers;
    this.run = run;
    this.rows = new ContainerRows(database);
    this.images = images;
    this.volumes = volumes;
  }

  private ContainerDirectory directory(ContainerId id) {
    return ContainerDirectory.of(containers, run, id);
  }

  @Override
  public void look(Mode mode, Findings findings) throws IOException {
    Map<ContainerId, ContainerSnapshot> known = known();
    for (ContainerSnapshot container : known.values()) {
      findings.looked(Kind.CONTAINER);
      look(container, mode, findings);
    }
    for (ContainerId id : directories()) {
      // One that is being made has its directory first: whoever looks asks the rows again.
      if (!known.containsKey(id)
          && !rows.removed().contains(id)
          && !known().containsKey(id)
          && Files.exists(directory(id).data())) {
        findings.add(
            Kind.CONTAINER,
            id.value(),
            "%s belongs to no container; its files are left for you, remove it when you have them"
                .formatted(directory(id).data()),
            Outcome.DAMAGED);
      }
    }
  }

  private Map<ContainerId, ContainerSnapshot> known() throws IOException {
    Map<ContainerId, ContainerSnapshot> known = new HashMap<>();
    rows.all().forEach(container -> known.put(container.id(), container));
    return known;
  }

  private List<ContainerId> directories() throws IOException {
    List<ContainerId> found = new ArrayList<>();
    if (Files.isDirectory(containers)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(containers)) {
        for (Path entry : entries) {
          String name = String.valueOf(entry.getFileName());
          if (ContainerId.isLegal(name)) {
            found.add(new ContainerId(name));
          }
        }
      }
    }
    return found;
  }

  private void look(ContainerSnapshot container, Mode mode, Findings findings) throws IOException {
    ContainerId id = container.id();
    ContainerDirectory directory = directory(id);
    if (!Files.isDirectory(directory.upper())) {
      if (known().containsKey(id)) { // and was not removed meanwhile
        findings.add(
            Kind.CONTAINER,
            id.value(),
            "container %s has lost its files (%s); remove it and create it again"
                .formatted(container.name(), directory.data()),
            Outcome.DAMAGED);
      }
      return;
    }
    if (ContainerDescription.read(directory.description()).isEmpty()) {
      boolean mend = mode == Mode.MEND;
      if (mend) {
        files.replace(
            directory.description(),
            ContainerDescription.bytes(container.settings(), container.name()));
      }
      findings.add(
          Kind.CONTAINER,
          id.value(),
          "the description of container %s cannot be read%s"
              .formatted(container.name(), mend ? "; it was written anew" : ""),
          mend ? Outcome.MENDED : Outcome.DAMAGED);
    }
    checkImage(container, findings);
  }

  private void checkImage(ContainerSnapshot container, Findings findings) throws IOException {
    try {
      var _ = images.lowerDirectories(ImageId.parse(container.settings().image()));
    } catch (EngineException.NotFound | IOException e) {
      findings.add(
          Kind.CONTAINER,
          container.id().value(),
          "container %s cannot be started: %s; pull or load %s again"
              .formatted(container.name(), e.getMessage(), container.settings().config().image()),
          Outcome.DAMAGED);
    }
  }

  @Override
  public void rebuild(Findings findings) throws IOException {
    Map<ContainerId, ContainerSnapshot> known = known();
    Set<String> names = new HashSet<>();
    for (ContainerSnapshot container : known.values()) {
      if (Files.isDirectory(directory(container.id()).data())) {
        names.add(container.name().value());
        settle(container);
      } else {
        rows.remove(container.id(), Containers.Volume.KEEP, List.of());
        findings.add(
            Kind.CONTAINER,
            container.id().value(),
            "container %s was removed after the copy was taken".formatted(container.name()),
            Outcome.DROPPED);
      }
    }
    Set<ContainerId> removed = Set.copyOf(rows.removed());
    for (ContainerId id : directories()) {
      if (!known.containsKey(id) && !removed.contains(id)) {
        restore(id, names, findings);
      }
    }
  }

  /** The copy says how the container was an hour ago; the processes say how it is. */
  private void settle(ContainerSnapshot container) throws IOException {
    rows.saveState(container.with(state(container.id())));
  }

  private void restore(ContainerId id, Set<String> names, Findings findings) throws IOException {
    Optional<ContainerDescription> described =
        ContainerDescription.read(directory(id).description());
    if (described.isEmpty()) {
      findings.add(
          Kind.CONTAINER,
          id.value(),
          "%s has no description that can be read; its files are left for you"
              .formatted(directory(id).data()),
          Outcome.LOST);
      return;
    }
    ContainerName name =
        described
            .get()
            .name()
            .filter(n -> !names.contains(n.value()))
            .orElseGet(() -> new ContainerName("restored-" + id.shortForm()));
    names.add(name.value());
    rows.add(
        new ContainerSnapshot(
            described.get().settings(), name, state(id), null, 0, true, 0, null, null));
    volumes.hold(
        id.value(),
        described.get().settings().mounts().stream()
            .filter(mount -> mount.kind() == MountSettings.Kind.VOLUME)
            .map(MountSettings::name)
            .toList());
    findings.add(
        Kind.CONTAINER,
        id.value(),
        "container %s as it was created; later names, limits and restart policies are not known"
            .formatted(name),
        Outcome.RESTORED);
  }

  /** Running if its process is there; how an ended one has ended nobody knows. */
  private ContainerState state(ContainerId id) throws IOException {
    Bundle bundle = new Bundle(directory(id).run());
    Optional<HostProcess> process = Conmon.processOf(bundle, id.value());
    if (process.isPresent()) {
      return new ContainerState.Running(process.get(), Conmon.startedAt(bundle));
    }
    return new ContainerState.Exited(
        new Ending(Ending.CODE_UNKNOWN, Instant.EPOCH, Instant.EPOCH, false, ""));
  }
}
