package dev.plimsoll.linux.network;

import dev.plimsoll.linux.Namespaces;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Links, addresses and routes of one network namespace: {@code rtnetlink(7)}.
 *
 * <p>Safe for many threads; calls go one after the other. Whoever opened it closes it. A failure is a
 * {@link dev.plimsoll.linux.LinuxException} with the errno and, where the kernel gives them, its own
 * words; a call that failed has changed nothing. Calls take well under a millisecond, except deleting
 * a link, for which the kernel waits some 40 ms.
 */
public final class Rtnetlink implements AutoCloseable {
  static final int AF_INET = 2; // linux/socket.h
  static final int AF_INET6 = 10;
  private static final int AF_BRIDGE = 7;
  private static final int NETLINK_ROUTE = 0; // linux/netlink.h
  private static final int CREATE_NEW = 0x400 | 0x200; // NLM_F_CREATE | NLM_F_EXCL

  private static final int NEW_LINK = 16; // RTM_*, linux/rtnetlink.h
  private static final int DELETE_LINK = 17;
  private static final int GET_LINK = 18;
  private static final int SET_LINK = 19;
  private static final int NEW_ADDRESS = 20;
  private static final int DELETE_ADDRESS = 21;
  private static final int GET_ADDRESS = 22;
  private static final int NEW_ROUTE = 24;
  private static final int DELETE_ROUTE = 25;
  private static final int GET_ROUTE = 26;

  private static final int VETH_INFO_PEER = 1; // linux/veth.h
  private static final int IFLA_BRPORT_MODE = 4; // linux/if_link.h: hairpin
  private static final int SCOPE_UNIVERSE = 0;
  private static final int SCOPE_LINK = 253;
  private static final int SCOPE_HOST = 254;
  private static final int PROTOCOL_STATIC = 4;

  private final NetlinkSocket socket;

  private Rtnetlink(NetlinkSocket socket) {
    this.socket = socket;
  }

  /** Of the namespace of this program. */
  public static Rtnetlink open() throws IOException {
    return new Rtnetlink(new NetlinkSocket(NETLINK_ROUTE, "rtnetlink"));
  }

  /** Of the network namespace at {@code path}; it lives on while this is open. */
  public static Rtnetlink open(Path path) throws IOException, InterruptedException {
    return Namespaces.inNetwork(
        path, () -> new Rtnetlink(new NetlinkSocket(NETLINK_ROUTE, "rtnetlink in " + path)));
  }

  public List<Link> links() throws IOException {
    var question = new NetlinkMessage(GET_LINK, 0).link(0, 0, 0, 0);
    return socket.dump("links", question).stream().map(Link::read).toList();
  }

  public Optional<Link> link(String name) throws IOException {
    return links().stream().filter(link -> link.name().equals(name)).findFirst();
  }

  /**
   * A new bridge, off at first.
   *
   * @throws dev.plimsoll.linux.LinuxException EEXIST if the name is taken
   */
  public Link createBridge(String name) throws IOException {
    Link.checked(name);
    var message =
        new NetlinkMessage(NEW_LINK, 0)
            .link(0, 0, 0, 0)
            .attribute(Link.IFLA_IFNAME, name)
            .nested(Link.IFLA_LINKINFO, info -> info.attribute(Link.IFLA_INFO_KIND, "bridge"));
    socket.change("creating bridge " + name, message, CREATE_NEW);
    return created(name);
  }

  /**
   * A new pair of links.
   *
   * @return the end in this namespace
   */
  public Link createVeth(Veth veth) throws IOException {
    var message =
        new NetlinkMessage(NEW_LINK, 0)
            .link(0, 0, Link.IFF_UP, Link.IFF_UP)
            .attribute(Link.IFLA_IFNAME, veth.name());
    veth.mtu().ifPresent(mtu -> message.attribute(Link.IFLA_MTU, mtu));
    veth.master().ifPresent(master -> message.attribute(Link.IFLA_MASTER, master));
    message.nested(
        Link.IFLA_LINKINFO,
        info ->
            info.attribute(Link.IFLA_INFO_KIND, "veth")
                .nested(
                    Link.IFLA_INFO_DATA,
                    data -> data.nested(VETH_INFO_PEER, peer -> describePeer(veth, peer))));
    socket.change("creating link " + veth.name(), message, CREATE_NEW);
    return created(veth.name());
  }

  private static void describePeer(Veth veth, NetlinkMessage peer) {
    peer.link(0, 0, 0, 0).attribute(Link.IFLA_IFNAME, veth.peerName());
    veth.peerAddress().ifPresent(mac -> peer.attribute(Link.IFLA_ADDRESS, mac.bytes()));
    veth.mtu().ifPresent(mtu -> peer.attribute(Link.IFLA_MTU, mtu));
    veth.peerNamespace()
        .ifPresent(namespace -> peer.attribute(Link.IFLA_NET_NS_FD, namespace.number()));
  }

  private Link created(String name) throws IOException {
    return link(name)
        .orElseThrow(() -> new IOException("link " + name + " was removed as it was made"));
  }

  public void setUp(int link) throws IOException {
    change("switching on link " + link, linkMessage(link, Link.IFF_UP));
  }

  public void setDown(int link) throws IOException {
    change("switching off link " + link, linkMessage(link, 0));
  }

  private static NetlinkMessage linkMessage(int link, int flags) {
    return new NetlinkMessage(NEW_LINK, 0).link(0, link, flags, Link.IFF_UP);
  }

  /** Makes {@code link} a port of the bridge {@code master}. */
  public void setMaster(int link, int master) throws IOException {
    change(
        "putting link %d into bridge %d".formatted(link, master),
        plain(link).attribute(Link.IFLA_MASTER, master));
  }

  /** {@code link} is no longer a port of a bridge. */
  public void clearMaster(int link) throws IOException {
    change("taking link " + link + " out", plain(link).attribute(Link.IFLA_MASTER, 0));
  }

  /** Gives a link that is off another name. */
  public void rename(int link, String name) throws IOException {
    change(
        "renaming link %d to %s".formatted(link, name),
        plain(link).attribute(Link.IFLA_IFNAME, Link.checked(name)));
  }

  public void setAddress(int link, MacAddress address) throws IOException {
    change(
        "giving link %d the address %s".formatted(link, address),
        plain(link).attribute(Link.IFLA_ADDRESS, address.bytes()));
  }

  public void setMtu(int link, int mtu) throws IOException {
    change(
        "setting the MTU of link %d to %d".formatted(link, mtu),
        plain(link).attribute(Link.IFLA_MTU, mtu));
  }

  private static NetlinkMessage plain(int link) {
    return new NetlinkMessage(NEW_LINK, 0).link(0, link, 0, 0);
  }

  private void change(String what, NetlinkMessage message) throws IOException {
    socket.change(what, message, 0);
  }

  /**
   * Lets a bridge send a packet back out of the port it came in by, which a container needs that asks
   * for its own published port.
   */
  public void setHairpin(int port) throws IOException {
    var message =
        new NetlinkMessage(SET_LINK, 0)
            .link(AF_BRIDGE, port, 0, 0)
            .nested(Link.IFLA_PROTINFO, info -> info.attribute(IFLA_BRPORT_MODE, new byte[] {1}));
    change("setting hairpin of port " + port, message);
  }

  /** Deletes a link, of a veth pair both ends. The kernel takes some 40 ms for it. */
  public void deleteLink(int link) throws IOException {
    var message = new NetlinkMessage(DELETE_LINK, 0).link(0, link, 0, 0);
    change("deleting link " + link, message);
  }

  public List<LinkAddress> addresses() throws IOException {
    var question = new NetlinkMessage(GET_ADDRESS, 0).bytes(0, 0, 0, 0).word(0);
    return socket.dump("addresses", question).stream().map(LinkAddress::read).toList();
  }

  /**
   * Gives {@code link} an address, of version 6 without asking the network first whether somebody has
   * it: usable at once.
   *
   * @throws dev.plimsoll.linux.LinuxException EEXIST if it has that address
   */
  public void addAddress(int link, Cidr address) throws IOException {
    NetlinkMessage message = addressMessage(NEW_ADDRESS, link, address);
    if (address.isVersion4() && address.length() < 31) {
      message.attribute(LinkAddress.IFA_BROADCAST, address.last());
    }
    if (!address.isVersion4()) {
      message.attribute(LinkAddress.IFA_FLAGS, LinkAddress.IFA_F_NODAD);
    }
    socket.change("adding %s to link %d".formatted(address, link), message, CREATE_NEW);
  }

  public void removeAddress(int link, Cidr address) throws IOException {
    change(
        "removing %s from link %d".formatted(address, link),
        addressMessage(DELETE_ADDRESS, link, address));
  }

  private static NetlinkMessage addressMessage(int type, int link, Cidr address) {
    return new NetlinkMessage(type, 0)
        .bytes(address.isVersion4() ? AF_INET : AF_INET6, address.length(), 0, SCOPE_UNIVERSE)
        .word(link)
        .attribute(LinkAddress.IFA_LOCAL, address.address())
        .attribute(LinkAddress.IFA_ADDRESS, address.address());
  }

  /** The routes of all tables. */
  public List<Route> routes() throws IOException {
    var question = new NetlinkMessage(GET_ROUTE, 0).bytes(0, 0, 0, 0, 0, 0, 0, 0).word(0);
    return socket.dump("routes", question).stream().map(Route::read).toList();
  }

  /**
   * Adds a route.
   *
   * @throws dev.plimsoll.linux.LinuxException EEXIST if there is one to the same destination with the same
   *     metric
   */
  public void addRoute(Route route) throws IOException {
    socket.change("adding " + route, routeMessage(NEW_ROUTE, route), CREATE_NEW);
  }

  public void removeRoute(Route route) throws IOException {
    change("removing " + route, routeMessage(DELETE_ROUTE, route));
  }

  private static NetlinkMessage routeMessage(int type, Route route) {
    Cidr to = route.destination();
    var message =
        new NetlinkMessage(type, 0)
            .bytes(to.isVersion4() ? AF_INET : AF_INET6, to.length(), 0, 0)
            .bytes(route.table(), PROTOCOL_STATIC, scope(route), route.type())
            .word(0);
    if (to.length() > 0) {
      message.attribute(Route.RTA_DST, to.address());
    }
    route.gateway().ifPresent(gateway -> message.attribute(Route.RTA_GATEWAY, gateway));
    if (route.linkIndex() != 0) {
      message.attribute(Route.RTA_OIF, route.linkIndex());
    }
    if (route.metric() != 0) {
      message.attribute(Route.RTA_PRIORITY, route.metric());
    }
    return message;
  }

  private static int scope(Route route) {
    if (route.type() == Route.OWN) {
      return SCOPE_HOST;
    }
    return route.gateway().isPresent() ? SCOPE_UNIVERSE : SCOPE_LINK;
  }

  @Override
  public void close() {
    socket.close();
  }
}
