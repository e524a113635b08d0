package dev.plimsoll.engine.container;

import dev.plimsoll.engine.refusal.EngineException.Conflict;
import java.io.IOException;
import java.util.Optional;

/** Freezes running containers and lets them go on. */
final class Pausing {
  private final ContainerParts parts;

  Pausing(ContainerParts parts) {
    this.parts = parts;
  }

  void pause(Container container) throws IOException, InterruptedException {
    container.locked(() -> {
      ContainerSnapshot before = container.snapshot();
      switch (before.state()) {
        case ContainerState.Running running -> {
          parts.runtime().pause(container.id().value());
          parts.rows().saveState(container.update(s -> s.with(running.pause())));
          parts.publish(before, "pause");
        }
        case ContainerState.Paused _ ->
            throw new Conflict("container %s is already paused".formatted(before.id()));
        case ContainerState.Restarting _ ->
            throw new Conflict(
                "container %s is restarting, wait until the container is running"
                    .formatted(before.id()));
        case ContainerState.Created _,
            ContainerState.Exited _,
            ContainerState.Removing _,
            ContainerState.Dead _ ->
            throw new Conflict("container %s is not running".formatted(before.id()));
      }
      return Optional.empty();
    });
  }

  void unpause(Container container) throws IOException, InterruptedException {
    container.locked(() -> {
      ContainerSnapshot before = container.snapshot();
      if (!(before.state() instanceof ContainerState.Paused paused)) {
        throw new Conflict("container %s is not paused".formatted(before.id()));
      }
      parts.runtime().resume(container.id().value());
      parts.rows().saveState(container.update(s -> s.with(paused.resume())));
      parts.publish(before, "unpause");
      return Optional.empty();
    });
  }
}
