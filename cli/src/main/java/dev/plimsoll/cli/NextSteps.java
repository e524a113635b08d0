package dev.plimsoll.cli;

import dev.plimsoll.cli.machine.Installation;
import dev.plimsoll.cli.machine.Installation.Servers;
import dev.plimsoll.cli.machine.RunningServer;

/** What {@code up} prints at its end: what there is now, and what to try. */
final class NextSteps {
  private NextSteps() {}

  static String text(Installation installation, Servers servers) {
    String socket = servers.engine().map(RunningServer::address).orElse("");
    String down =
        installation.data().equals(Installation.DEFAULT_DATA)
            ? "plimsoll down"
            : "plimsoll down --data " + installation.data();
    return """
    registry  %s
    engine    %s

    Try next:
      export DOCKER_HOST=%s
      docker run --rm %s
      docker images
    Stop it with:
      %s
    """
        .formatted(
            servers.registry().map(RunningServer::address).orElse(""),
            socket,
            socket,
            FirstImage.name(servers),
            down);
  }
}
