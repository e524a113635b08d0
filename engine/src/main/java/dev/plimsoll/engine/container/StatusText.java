package dev.plimsoll.engine.container;

import dev.plimsoll.docker.container.Health;
import java.time.Instant;

/** The STATUS column of {@code docker ps}. */
final class StatusText {
  private StatusText() {}

  static String of(ContainerSnapshot container, Instant now) {
    return switch (container.state()) {
      case ContainerState.Created() -> "Created";
      case ContainerState.Running running ->
          "Up " + Ago.text(running.since(), now) + health(container);
      case ContainerState.Paused(ContainerState.Running frozen) ->
          "Up " + Ago.text(frozen.since(), now) + " (Paused)";
      case ContainerState.Restarting(Ending last) ->
          "Restarting (%d) %s ago".formatted(last.code(), Ago.text(last.at(), now));
      case ContainerState.Exited(Ending last) ->
          "Exited (%d) %s ago".formatted(last.code(), Ago.text(last.at(), now));
      case ContainerState.Removing() -> "Removal In Progress";
      case ContainerState.Dead _ -> "Dead";
    };
  }

  private static String health(ContainerSnapshot container) {
    Health health = container.health();
    if (health == null || health.status().equals("none")) {
      return "";
    }
    return health.status().equals("starting")
        ? " (health: starting)"
        : " (" + health.status() + ")";
  }
}
