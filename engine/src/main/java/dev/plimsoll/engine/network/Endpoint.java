package dev.plimsoll.engine.network;

import dev.plimsoll.linux.network.MacAddress;
import java.util.HexFormat;
import java.util.List;

/**
 * A container's place on the default network, as it is written down.
 *
 * @param endpointId 64 hexadecimal digits
 * @param address IPv4, as a number in network order
 */
record Endpoint(String containerId, String endpointId, int address, List<PublishedPort> ports) {
  private static final int LINK_NAME_DIGITS = 10;

  Endpoint {
    ports = List.copyOf(ports);
  }

  /** The host's end of the cable. Never used twice: a removed link lingers for a moment. */
  String linkName() {
    return "veth" + endpointId.substring(0, LINK_NAME_DIGITS);
  }

  /** Follows from the address, as Docker's does, so that neighbours' tables stay right. */
  MacAddress macAddress() {
    String digits = HexFormat.ofDelimiter(":").formatHex(bytes());
    return MacAddress.parse("02:42:" + digits);
  }

  private byte[] bytes() {
    return new byte[] {
      (byte) (address >>> 24), (byte) (address >>> 16), (byte) (address >>> 8), (byte) address
    };
  }

  List<Ruleset.Target> targets() {
    return ports.stream().map(port -> new Ruleset.Target(port, address)).toList();
  }
}
