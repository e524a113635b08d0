package dev.plimsoll.engine;

import dev.plimsoll.engine.container.Container;
import dev.plimsoll.engine.container.Containers;
import dev.plimsoll.engine.network.BridgeNetworks;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an engine leaves on the host when it stops: everything that containers need which run on,
 * and nothing at all if none does. The next start makes again what is missing.
 */
final class HostTraces {
  private static final Logger log = LoggerFactory.getLogger(HostTraces.class);
  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

  private HostTraces() {}

  static void removeUnlessNeeded(
      Containers containers, Optional<BridgeNetworks> bridge, Installation installation)
      throws IOException {
    if (containers.all().stream().map(Container::snapshot).anyMatch(now -> now.alive())) {
      return;
    }
    if (bridge.isPresent()) {
      bridge.get().removeFromHost();
    }
    removeCgroups(installation.cgroupParent());
  }

  /** The parent group of each hierarchy; one that is in use stays by itself. */
  private static void removeCgroups(String parent) throws IOException {
    List<Path> groups = new ArrayList<>();
    groups.add(CGROUPS);
    try (DirectoryStream<Path> hierarchies =
        Files.newDirectoryStream(CGROUPS, Files::isDirectory)) {
      hierarchies.forEach(groups::add);
    }
    for (Path group : groups) {
      Path own = group.resolve(parent.substring(1));
      try {
        Files.deleteIfExists(own);
      } catch (IOException e) {
        log.debug("control group stays path={} cause={}", own, e.getMessage());
      }
    }
  }
}
