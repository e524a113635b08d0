package dev.plimsoll.engine.network;

import dev.plimsoll.docker.container.EndpointSettings;
import dev.plimsoll.docker.container.PortBinding;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What one running container has of the network.
 *
 * @param namespace where its processes are put
 * @param endpoints its place on each network, by name
 * @param ports where each exposed port is published, such as {@code 80/tcp}; an empty list for one
 *     that is not
 * @param nameservers for its resolv.conf; empty leaves the host's
 * @param hostsAddresses its own addresses, for its hosts file
 */
public record NetworkSandbox(
    Namespace namespace,
    Map<String, EndpointSettings> endpoints,
    Map<String, List<PortBinding>> ports,
    List<String> nameservers,
    List<String> hostsAddresses) {
  public NetworkSandbox {
    endpoints = Map.copyOf(endpoints);
    ports = Map.copyOf(ports);
    nameservers = List.copyOf(nameservers);
    hostsAddresses = List.copyOf(hostsAddresses);
  }

  /** Which network namespace a container's processes live in. */
  public sealed interface Namespace {

    /** The host's own. */
    record Host() implements Namespace {}

    /** A fresh one that the runtime makes, with nothing but a loopback interface. */
    record Fresh() implements Namespace {}

    /** One that exists already, such as a bind-mounted namespace file. */
    record At(Path path) implements Namespace {}
  }
}
