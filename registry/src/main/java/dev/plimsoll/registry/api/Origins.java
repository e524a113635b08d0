package dev.plimsoll.registry.api;

import dev.plimsoll.http.Request;
import dev.plimsoll.http.client.AddressBlock;
import dev.plimsoll.registry.auth.AccessControl.Nearness;
import dev.plimsoll.registry.auth.AccessControl.Origin;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Where requests come from. What a proxy says of that ({@code X-Forwarded-For}) is believed only of
 * proxies that the settings name, and only as far back as the first address that is none of them.
 */
public final class Origins {
  private final List<AddressBlock> proxies;

  public Origins(List<AddressBlock> proxies) {
    this.proxies = List.copyOf(proxies);
  }

  Origin of(Request request) {
    if (!(request.peer() instanceof InetSocketAddress peer)) {
      return new Origin("local", Nearness.THIS_MACHINE);
    }
    InetAddress address = peer.getAddress();
    if (!trusted(address)) {
      return origin(address);
    }
    List<String> hops =
        request.headers("X-Forwarded-For").stream()
            .flatMap(line -> Arrays.stream(line.split(",")))
            .map(String::strip)
            .toList();
    for (String hop : hops.reversed()) {
      Optional<InetAddress> before = AddressBlock.literal(hop);
      if (before.isEmpty()) {
        break;
      }
      address = before.get();
      if (!trusted(address)) {
        break;
      }
    }
    return origin(address);
  }

  private static Origin origin(InetAddress address) {
    return new Origin(
        address.getHostAddress(),
        address.isLoopbackAddress() ? Nearness.THIS_MACHINE : Nearness.ELSEWHERE);
  }

  private boolean trusted(InetAddress address) {
    return proxies.stream().anyMatch(block -> block.contains(address));
  }
}
