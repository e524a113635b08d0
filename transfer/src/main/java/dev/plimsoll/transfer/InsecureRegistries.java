package dev.plimsoll.transfer;

import dev.plimsoll.http.client.AddressBlock;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * Which registries may be reached without a certificate or without TLS, by dockerd's rule: an entry
 * equals the registry as it is written, port and all, or is a block that holds one of its addresses.
 * Loopback always counts.
 */
final class InsecureRegistries {
  private final List<String> hosts;
  private final List<AddressBlock> blocks;
  private final NameLookup names;

  /** How a host's addresses are found. */
  interface NameLookup {
    /** Empty if there is no such host. */
    List<InetAddress> addresses(String host);
  }

  InsecureRegistries(List<String> rules, NameLookup names) {
    this.hosts = rules.stream().filter(rule -> rule.indexOf('/') < 0).toList();
    this.blocks = rules.stream().map(AddressBlock::parse).flatMap(Optional::stream).toList();
    this.names = names;
  }

  static void requireRule(String rule) {
    boolean legal =
        rule.indexOf('/') < 0
            ? rule.matches("[A-Za-z0-9_.-]+(:[0-9]{1,5})?|\\[[0-9a-fA-F:.]+](:[0-9]{1,5})?")
            : AddressBlock.parse(rule).isPresent();
    if (!legal) {
      throw new IllegalArgumentException(
          "insecure-registries has \"%s\"; write host, host:port or an address block such as 10.0.0.0/8"
              .formatted(rule));
    }
  }

  boolean covers(String hostAndPort) {
    if (hosts.contains(hostAndPort)) {
      return true;
    }
    String host = hostAndPort.replaceFirst(":[0-9]+$", "");
    if (host.equals("localhost")) {
      return true;
    }
    List<InetAddress> addresses =
        AddressBlock.literal(host).map(List::of).orElseGet(() -> names.addresses(host));
    return addresses.stream()
        .anyMatch(address ->
            address.isLoopbackAddress()
                || blocks.stream().anyMatch(block -> block.contains(address)));
  }
}
