package dev.plimsoll.linux.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.linux.Errno;
import dev.plimsoll.linux.FileDescriptor;
import dev.plimsoll.linux.LinuxException;
import dev.plimsoll.linux.Mounts;
import dev.plimsoll.linux.Namespaces;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** In namespaces of its own: the machine's network is not touched. */
@Timeout(60)
class RtnetlinkTest {
  private static final MacAddress MAC = MacAddress.parse("02:42:0A:65:01:02");

  @TempDir Path root;
  private Path host;
  private Path container;
  private Rtnetlink net;

  @BeforeEach
  void make() throws Exception {
    host = root.resolve("host");
    container = root.resolve("container");
    Namespaces.createNetwork(host);
    Namespaces.createNetwork(container);
    net = Rtnetlink.open(host);
  }

  @AfterEach
  void remove() throws IOException {
    net.close();
    Namespaces.remove(container);
    Namespaces.remove(host);
  }

  @Test
  void aContainerTalksThroughABridge() throws Exception {
    Link bridge = net.createBridge("pl-test");
    net.addAddress(bridge.index(), Cidr.parse("10.101.1.1/24"));
    net.addAddress(bridge.index(), Cidr.parse("fd00:a:1::1/64"));
    net.setUp(bridge.index());
    try (FileDescriptor namespace = FileDescriptor.open(container, 0);
        Rtnetlink inside = Rtnetlink.open(container)) {
      Link end =
          net.createVeth(
              Veth.between("plv1", "eth0")
                  .master(bridge.index())
                  .peerAddress(MAC)
                  .peerNamespace(namespace)
                  .mtu(1400));
      net.setHairpin(end.index());
      assertThat(end.up()).isTrue();
      assertThat(end.master()).hasValue(bridge.index());
      assertThat(end.kind()).isEqualTo("veth");
      assertThat(hairpin("plv1")).isEqualTo("1");

      Link eth0 = inside.link("eth0").orElseThrow();
      assertThat(eth0.address()).hasValue(MAC);
      assertThat(eth0.mtu()).isEqualTo(1400);
      inside.setUp(inside.link("lo").orElseThrow().index());
      inside.addAddress(eth0.index(), Cidr.parse("10.101.1.2/24"));
      inside.addAddress(eth0.index(), Cidr.parse("fd00:a:1::2/64"));
      inside.setUp(eth0.index());
      inside.addRoute(Route.everything(Cidr.literal("10.101.1.1"), eth0.index()));
      inside.addRoute(Route.everything(Cidr.literal("fd00:a:1::1"), eth0.index()));

      assertThat(inside.routes())
          .filteredOn(route -> route.destination().length() == 0 && route.table() == Route.MAIN)
          .extracting(route -> route.gateway().orElseThrow().getHostAddress())
          .contains("10.101.1.1", "fd00:a:1:0:0:0:0:1");
      assertThat(answers("10.101.1.2")).isTrue();
      assertThat(answers("fd00:a:1::2")).isTrue();
    }
  }

  private String hairpin(String link) throws Exception {
    // sysfs shows the namespace it was mounted in, so the bit is asked from a mount made inside
    Path sys = Files.createDirectory(root.resolve("sys"));
    return Namespaces.inNetwork(
        host,
        () -> {
          Mounts.mount("sysfs", "sysfs", sys, "");
          try {
            return Files.readString(
                    sys.resolve("class/net").resolve(link).resolve("brport/hairpin_mode"))
                .strip();
          } finally {
            Mounts.release(sys);
          }
        });
  }

  /** Whether a server inside the container is reached from the host. */
  private boolean answers(String address) throws Exception {
    InetAddress at = Cidr.literal(address);
    try (ServerSocket server = Namespaces.inNetwork(container, () -> new ServerSocket(0, 5, at))) {
      return Namespaces.inNetwork(
          host,
          () -> {
            try (var client = new Socket()) {
              client.connect(new InetSocketAddress(at, server.getLocalPort()), 10_000);
              return client.isConnected();
            }
          });
    }
  }

  @Test
  void linksAreRenamedAddressedMovedAndDeleted() throws Exception {
    Link bridge = net.createBridge("pl-a");
    Link end = net.createVeth(Veth.between("plv1", "plv2"));

    net.setDown(end.index());
    net.rename(end.index(), "renamed");
    net.setAddress(end.index(), MAC);
    net.setMtu(end.index(), 1280);
    net.setMaster(end.index(), bridge.index());

    Link changed = net.link("renamed").orElseThrow();
    assertThat(changed.index()).isEqualTo(end.index());
    assertThat(changed.up()).isFalse();
    assertThat(changed.address()).hasValue(MAC);
    assertThat(changed.mtu()).isEqualTo(1280);
    assertThat(changed.master()).hasValue(bridge.index());
    net.clearMaster(end.index());
    assertThat(net.link("renamed").orElseThrow().master()).isEmpty();

    net.deleteLink(end.index());
    net.deleteLink(bridge.index());
    assertThat(net.links()).extracting(Link::name).containsExactly("lo");
  }

  @Test
  void addressesAreListedAndRemoved() throws Exception {
    int lo = net.link("lo").orElseThrow().index();
    Cidr four = Cidr.parse("10.9.8.7/30");
    Cidr six = Cidr.parse("fd00::7/128");

    net.addAddress(lo, four);
    net.addAddress(lo, six);
    assertThat(net.addresses()).contains(new LinkAddress(lo, four), new LinkAddress(lo, six));
    net.removeAddress(lo, four);
    net.removeAddress(lo, six);

    assertThat(net.addresses()).doesNotContain(new LinkAddress(lo, four), new LinkAddress(lo, six));
  }

  @Test
  void anOwnRouteOfTheLoopbackAddressForABridge() throws Exception {
    Link bridge = net.createBridge("pl-a");
    net.setUp(bridge.index());
    Route route = Route.own(Cidr.parse("::1/128"), bridge.index(), 4096 + bridge.index());

    net.addRoute(route);

    assertThat(net.routes()).contains(route);
    net.removeRoute(route);
    assertThat(net.routes()).doesNotContain(route);
  }

  @Test
  void routesGoByGatewayOrByLink() throws Exception {
    Link bridge = net.createBridge("pl-a");
    net.addAddress(bridge.index(), Cidr.parse("10.1.0.1/24"));
    net.setUp(bridge.index());
    Route onLink = Route.onLink(Cidr.parse("10.2.0.9/16"), bridge.index());
    Route via = Route.via(Cidr.literal("10.1.0.2"), Cidr.parse("10.3.0.0/16"), bridge.index());

    net.addRoute(onLink);
    net.addRoute(via);

    assertThat(net.routes()).contains(onLink, via);
    assertThat(onLink.destination()).hasToString("10.2.0.0/16");
  }

  @Test
  void aFailureHasErrnoAndWhatWasAsked() throws Exception {
    Link bridge = net.createBridge("pl-a");

    fails(
        () -> net.createBridge("pl-a"), Errno.EEXIST, "netlink creating bridge pl-a: File exists");
    fails(() -> net.setUp(9999), Errno.ENODEV, "netlink switching on link 9999: No such device");
    fails(
        () -> net.addRoute(Route.everything(Cidr.literal("10.7.7.7"), bridge.index())),
        Errno.ENETUNREACH,
        "Nexthop has invalid gateway");
    net.addAddress(bridge.index(), Cidr.parse("10.1.0.1/24"));
    fails(
        () -> net.addAddress(bridge.index(), Cidr.parse("10.1.0.1/24")),
        Errno.EEXIST,
        "10.1.0.1/24");
  }

  private static void fails(ThrowingCallable call, Errno errno, String words) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(LinuxException.class, e -> assertThat(e.errno()).isEqualTo(errno))
        .hasMessageContaining(words);
  }

  @Test
  void twoHundredLinksAreListedWhole() throws Exception {
    for (int i = 0; i < 100; i++) {
      net.createVeth(Veth.between("pla" + i, "plb" + i));
    }

    assertThat(net.links()).hasSize(201);
  }

  @Test
  void namesThatNoLinkCanHaveAreRefused() {
    for (String name : new String[] {"", "a name", "a/b", "sixteencharacter", "..", "a:b"}) {
      assertThatThrownBy(() -> net.createBridge(name)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
