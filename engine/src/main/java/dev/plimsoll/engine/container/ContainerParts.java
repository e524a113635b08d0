package dev.plimsoll.engine.container;

import dev.plimsoll.content.DurableFile;
import dev.plimsoll.content.LocalDisk;
import dev.plimsoll.database.Database;
import dev.plimsoll.engine.event.Event;
import dev.plimsoll.engine.event.Events;
import dev.plimsoll.engine.image.Images;
import dev.plimsoll.engine.network.ContainerNetworks;
import dev.plimsoll.engine.network.NetworkSandbox;
import dev.plimsoll.engine.runtime.Bundle;
import dev.plimsoll.engine.runtime.Conmon;
import dev.plimsoll.engine.runtime.HostFacts;
import dev.plimsoll.engine.runtime.OciRuntime;
import dev.plimsoll.engine.volume.Volumes;
import dev.plimsoll.linux.cgroup.Refuge;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the steps of a container's life share.
 *
 * @param containers the directory below which each container has its own
 * @param run the directory that dies with the boot
 * @param cgroupParent as {@code /plimsoll}
 * @param logs how much output is kept of containers that do not say
 */
record ContainerParts(
    ContainerNames names,
    ContainerRows rows,
    DurableFile files,
    Images images,
    Volumes volumes,
    ContainerNetworks networks,
    Events events,
    OciRuntime runtime,
    Conmon conmon,
    HostFacts facts,
    Path containers,
    Path run,
    String cgroupParent,
    LogLimits logs,
    InstantSource clock) {

  static ContainerParts of(
      ContainerPlaces places,
      Database database,
      Images images,
      Volumes volumes,
      ContainerNetworks networks,
      Events events,
      OciRuntime runtime,
      LogLimits logs,
      InstantSource clock)
      throws IOException {
    var conmon =
        new Conmon(
            places.conmon(),
            runtime,
            places.run().resolve("exits"),
            Refuge.at(places.cgroupParent() + "-conmon"));
    return new ContainerParts(
        new ContainerNames(),
        new ContainerRows(database),
        new DurableFile(new LocalDisk()),
        images,
        volumes,
        networks,
        events,
        runtime,
        conmon,
        HostFacts.read(),
        places.data(),
        places.run(),
        places.cgroupParent(),
        logs,
        clock);
  }

  ContainerDirectory directory(ContainerId id) {
    return ContainerDirectory.of(containers, run, id);
  }

  Bundle bundle(ContainerId id) {
    return new Bundle(directory(id).run());
  }

  /** Tells the world of a container, with its name, image and labels. */
  void publish(ContainerSnapshot container, String action, String... details) {
    publish(container, action, clock.instant(), details);
  }

  void publish(ContainerSnapshot container, String action, Instant at, String... details) {
    Map<String, String> attributes = new LinkedHashMap<>(container.settings().config().labels());
    attributes.put("image", container.settings().config().image());
    attributes.put("name", container.name().value());
    for (int i = 0; i + 1 < details.length; i += 2) {
      attributes.put(details[i], details[i + 1]);
    }
    events.publish(new Event(Event.Type.CONTAINER, action, container.id().value(), attributes, at));
  }

  /** Tells that a container has come to, or left, the networks it has a place on. */
  void publishNetworks(ContainerSnapshot container, String action) {
    NetworkSandbox sandbox = container.network();
    if (sandbox == null) {
      return;
    }
    sandbox
        .endpoints()
        .forEach((name, place) -> {
          if (!place.networkId().isEmpty()) {
            events.publish(
                Event.Type.NETWORK,
                action,
                place.networkId(),
                Map.of("container", container.id().value(), "name", name, "type", "bridge"));
          }
        });
  }
}
