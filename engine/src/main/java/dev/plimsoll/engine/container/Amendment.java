package dev.plimsoll.engine.container;

import dev.plimsoll.docker.container.HostConfig;
import dev.plimsoll.docker.container.UpdateRequest;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.engine.refusal.EngineException.Conflict;
import dev.plimsoll.engine.runtime.Bundle;
import dev.plimsoll.engine.runtime.ExecProcess;
import dev.plimsoll.engine.runtime.SpecWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Changes what is set about a container, running or not: its name, its limits, its terminal. */
final class Amendment {
  private final ContainerParts parts;

  Amendment(ContainerParts parts) {
    this.parts = parts;
  }

  /**
   * Calls it otherwise.
   *
   * @throws Conflict if the name is taken
   */
  void rename(Container container, ContainerName name) throws IOException, InterruptedException {
    container.locked(() -> {
      ContainerName old = container.snapshot().name();
      if (old.equals(name)) {
        throw new BadParameter("Renaming a container with the same name as its current name");
      }
      try {
        parts.names().reserve(name, container.id());
      } catch (Conflict e) {
        throw new Conflict("Error when allocating new name: " + e.getMessage());
      }
      try {
        parts.rows().saveSettings(container.snapshot().named(name));
      } catch (IOException | RuntimeException e) {
        parts.names().release(name, container.id());
        throw e;
      }
      container.update(s -> s.named(name));
      parts.names().release(old, container.id());
      parts.networks().renamed(container.id().value(), name.value());
      parts.publish(container.snapshot(), "rename", "oldName", old.withSlash());
      return Optional.empty();
    });
  }

  /** Changes its limits and its restart policy, also while it runs. */
  void update(Container container, UpdateRequest request) throws IOException, InterruptedException {
    container.locked(() -> {
      ContainerSnapshot now = container.snapshot();
      HostConfig changed = ContainerUpdate.apply(now.settings().host(), request);
      if (now.alive()) {
        Bundle bundle = parts.bundle(now.id());
        Path limits =
            ExecProcess.writeLimits(bundle, SpecWriter.limits(changed, parts.facts().cgroups()));
        parts.runtime().update(now.id().value(), limits);
      }
      ContainerSettings settings = now.settings().with(changed);
      parts.rows().saveSettings(now.with(settings));
      parts.publish(container.update(s -> s.with(settings)), "update");
      return Optional.empty();
    });
  }

  /** Changes the size of its terminal. */
  void resize(Container container, int height, int width) throws IOException {
    ContainerSnapshot now = container.snapshot();
    if (!now.alive()) {
      throw new Conflict("container %s is not running".formatted(now.id()));
    }
    parts.conmon().resize(parts.bundle(now.id()), height, width);
    parts.publish(
        now, "resize", "height", Integer.toString(height), "width", Integer.toString(width));
  }
}
