package dev.plimsoll.engine.network;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What is this engine's own on the host's network, so that two engines on one machine, or one beside
 * a dockerd, do not touch each other.
 *
 * @param bridge name of the bridge of the default network; at most 15 characters
 * @param table name of the packet filter's table, in the family {@code inet}
 * @param subnet of the default network; empty lets the engine find one that the host does not use
 * @param foreign what is done where another firewall drops the bridge's traffic
 * @param namespaces directory on a file system that a reboot empties, where network namespaces are
 *     mounted
 */
public record BridgeSettings(
    String bridge,
    String table,
    Optional<Subnet> subnet,
    ForeignFirewall.Handling foreign,
    Path namespaces) {

  /**
   * The names that follow from an installation's suffix.
   *
   * @param suffix empty for the default installation, else a few hexadecimal digits of its own
   */
  public static BridgeSettings named(
      String suffix, Optional<Subnet> subnet, ForeignFirewall.Handling foreign, Path run) {
    String bridge = suffix.isEmpty() ? "plimsoll0" : "pl-" + suffix;
    String table = suffix.isEmpty() ? "plimsoll" : "plimsoll_" + suffix;
    return new BridgeSettings(bridge, table, subnet, foreign, run.resolve("netns"));
  }
}
