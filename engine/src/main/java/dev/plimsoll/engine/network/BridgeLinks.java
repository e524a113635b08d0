package dev.plimsoll.engine.network;

import dev.plimsoll.linux.FileDescriptor;
import dev.plimsoll.linux.Namespaces;
import dev.plimsoll.linux.network.Cidr;
import dev.plimsoll.linux.network.Link;
import dev.plimsoll.linux.network.LinkAddress;
import dev.plimsoll.linux.network.Route;
import dev.plimsoll.linux.network.Rtnetlink;
import dev.plimsoll.linux.network.Veth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The bridge of the default network and the cables from it into containers. Not safe for many
 * threads: its owner calls from one.
 */
final class BridgeLinks implements AutoCloseable {
  private static final String LOOPBACK = "lo";
  private static final String CONTAINER_LINK = "eth0";
  private static final Path SYSCTL = Path.of("/proc/sys/net/ipv4");

  private final Rtnetlink host;
  private final BridgeSettings settings;

  BridgeLinks(BridgeSettings settings) throws IOException {
    this.settings = settings;
    this.host = Rtnetlink.open();
  }

  /** The subnets that the host has addresses or routes in, this engine's own bridge aside. */
  List<Cidr> usedByTheHost() throws IOException {
    int own = host.link(settings.bridge()).map(Link::index).orElse(-1);
    List<Cidr> used = new ArrayList<>();
    for (Route route : host.routes()) {
      if (route.linkIndex() != own && route.destination().length() > 0) {
        used.add(route.destination());
      }
    }
    for (LinkAddress address : host.addresses()) {
      if (address.linkIndex() != own) {
        used.add(address.address());
      }
    }
    return used;
  }

  /** Makes the bridge, or what of it is missing. */
  void ensureBridge(Subnet subnet) throws IOException {
    Link bridge;
    var existing = host.link(settings.bridge());
    if (existing.isPresent()) {
      bridge = existing.get();
    } else {
      bridge = host.createBridge(settings.bridge());
    }
    Cidr gateway = Cidr.parse(subnet.gatewayText() + "/" + subnet.prefixLength());
    List<Cidr> has =
        host.addresses().stream()
            .filter(address -> address.linkIndex() == bridge.index())
            .map(LinkAddress::address)
            .filter(address -> address.address().getAddress().length == 4)
            .toList();
    for (Cidr other : has) {
      if (!other.equals(gateway)) {
        host.removeAddress(bridge.index(), other);
      }
    }
    if (!has.contains(gateway)) {
      host.addAddress(bridge.index(), gateway);
    }
    host.setUp(bridge.index());
    switchOn(SYSCTL.resolve("ip_forward"));
    // On our bridge only: so that 127.0.0.1 on the host reaches published ports.
    switchOn(SYSCTL.resolve("conf").resolve(settings.bridge()).resolve("route_localnet"));
  }

  private static void switchOn(Path sysctl) throws IOException {
    if (!Files.readString(sysctl).strip().equals("1")) {
      Files.writeString(sysctl, "1");
    }
  }

  /** Makes a container's namespace, with a cable from the bridge into it. */
  Path connect(Endpoint endpoint, Subnet subnet) throws IOException, InterruptedException {
    Files.createDirectories(settings.namespaces());
    Path namespace = namespace(endpoint.containerId());
    Namespaces.remove(namespace); // of an earlier start that a kill interrupted
    Namespaces.createNetwork(namespace);
    int bridge = bridge().index();
    try (FileDescriptor inside = FileDescriptor.open(namespace, 0);
        Rtnetlink container = Rtnetlink.open(namespace)) {
      Link outer =
          host.createVeth(
              Veth.between(endpoint.linkName(), CONTAINER_LINK)
                  .master(bridge)
                  .peerAddress(endpoint.macAddress())
                  .peerNamespace(inside));
      // Without it a container that calls its own published port gets no answer where
      // bridge-nf-call-iptables is on.
      host.setHairpin(outer.index());
      container.setUp(link(container, LOOPBACK).index());
      Link inner = link(container, CONTAINER_LINK);
      container.addAddress(
          inner.index(), Cidr.parse(Subnet.text(endpoint.address()) + "/" + subnet.prefixLength()));
      container.setUp(inner.index());
      container.addRoute(Route.everything(Cidr.literal(subnet.gatewayText()), inner.index()));
    }
    return namespace;
  }

  /** Puts the host's end of a cable back onto the bridge, if somebody took the bridge away. */
  void repair(Endpoint endpoint) throws IOException {
    int bridge = bridge().index();
    var outer = host.link(endpoint.linkName());
    if (outer.isPresent() && outer.get().master().orElse(-1) != bridge) {
      host.setMaster(outer.get().index(), bridge);
      host.setHairpin(outer.get().index());
      host.setUp(outer.get().index());
    }
  }

  /**
   * Drops the container's namespace. Its end of the cable goes with it, and the host's end with
   * that, in the kernel's own time: deleting the link would wait for it some 40 ms.
   */
  void disconnect(String containerId) throws IOException {
    Namespaces.remove(namespace(containerId));
  }

  Path namespace(String containerId) {
    return settings.namespaces().resolve(containerId.substring(0, 12));
  }

  /** Takes the bridge away; nothing happens if there is none. */
  void removeBridge() throws IOException {
    var bridge = host.link(settings.bridge());
    if (bridge.isPresent()) {
      host.deleteLink(bridge.get().index());
    }
  }

  private Link bridge() throws IOException {
    return link(host, settings.bridge());
  }

  private static Link link(Rtnetlink network, String name) throws IOException {
    return network
        .link(name)
        .orElseThrow(() -> new IOException("the network interface %s is gone".formatted(name)));
  }

  @Override
  public void close() {
    host.close();
  }
}
