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
import java.util.Set;

/**
 * Where requests come from. What a proxy says of that ({@code X-Forwarded-For}) is believed only of
 * proxies that the settings name, and only as far back as the first address that is none of them.
 *
 * <p>Nothing that a request says brings it nearer. Of this machine is what comes over the loopback,
 * was not handed on by anybody, and was not made by a web page: a browser sends an {@code Origin} with
 * what a page asks of others, and a page that gave its own name our address sends that name as {@code
 * Host}. The name of {@code registry.external-url} is none of this machine's: who comes by it mostly
 * comes through the proxy that it names.
 */
public final class Origins {
  /** Proxies send one or the other with what they hand on. */
  private static final List<String> HANDED_ON =
      List.of("X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via");

  /** What browsers say of requests that the user, or a page from here, asked for. */
  private static final Set<String> OWN_SITES = Set.of("none", "same-origin");

  private final List<AddressBlock> proxies;

  public Origins(List<AddressBlock> proxies) {
    this.proxies = List.copyOf(proxies);
  }

  Origin of(Request request) {
    if (!(request.peer() instanceof InetSocketAddress peer)) {
      return new Origin("local", nearness(true, request));
    }
    return new Origin(
        client(peer.getAddress(), request).getHostAddress(),
        nearness(peer.getAddress().isLoopbackAddress(), request));
  }

  private InetAddress client(InetAddress peer, Request request) {
    InetAddress address = peer;
    List<String> hops =
        request.headers("X-Forwarded-For").stream()
            .flatMap(line -> Arrays.stream(line.split(",")))
            .map(String::strip)
            .toList()
            .reversed();
    for (String hop : hops) {
      Optional<InetAddress> before =
          trusted(address) ? AddressBlock.literal(hop) : Optional.empty();
      if (before.isEmpty()) {
        break;
      }
      address = before.get();
    }
    return address;
  }

  private Nearness nearness(boolean loopback, Request request) {
    return loopback
            && HANDED_ON.stream().allMatch(name -> request.header(name).isEmpty())
            && request.header("Origin").isEmpty()
            && request.header("Sec-Fetch-Site").map(OWN_SITES::contains).orElse(true)
            && request.header("Host").map(Origins::isLoopback).orElse(true)
        ? Nearness.THIS_MACHINE
        : Nearness.ELSEWHERE;
  }

  private static boolean isLoopback(String host) {
    String name = host.replaceFirst(":[0-9]*$", "");
    return name.equalsIgnoreCase("localhost")
        || AddressBlock.literal(name).filter(InetAddress::isLoopbackAddress).isPresent();
  }

  private boolean trusted(InetAddress address) {
    return proxies.stream().anyMatch(block -> block.contains(address));
  }
}
