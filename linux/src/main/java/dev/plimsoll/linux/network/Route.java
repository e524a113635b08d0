package dev.plimsoll.linux.network;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Where packets to {@code destination} go.
 *
 * @param gateway who forwards them; empty for one who is on the link itself
 * @param linkIndex over which link; 0 where the route has none
 * @param table 254 is the main one, 255 holds this machine's own addresses
 * @param type 1 for an ordinary route, 2 for an address of this machine, as {@code rtnetlink(7)} has
 *     them
 * @param metric which of several goes first, the lowest; for version 6, 0 is read as 1024
 */
public record Route(
    Cidr destination,
    Optional<InetAddress> gateway,
    int linkIndex,
    int table,
    int type,
    int metric) {

  public static final int MAIN = 254; // RT_TABLE_MAIN, linux/rtnetlink.h
  public static final int LOCAL = 255;
  static final int UNICAST = 1; // RTN_UNICAST
  static final int OWN = 2; // RTN_LOCAL

  static final int RTA_DST = 1;
  static final int RTA_OIF = 4;
  static final int RTA_GATEWAY = 5;
  static final int RTA_PRIORITY = 6;
  static final int RTA_TABLE = 15;
  private static final int RTMSG_BYTES = 12;

  private static final Cidr ALL4 = Cidr.parse("0.0.0.0/0");
  private static final Cidr ALL6 = Cidr.parse("::/0");

  /** All that no other route is for. */
  public static Route everything(InetAddress gateway, int linkIndex) {
    Cidr all = gateway.getAddress().length == 4 ? ALL4 : ALL6;
    return new Route(all, Optional.of(gateway), linkIndex, MAIN, UNICAST, 0);
  }

  public static Route via(InetAddress gateway, Cidr destination, int linkIndex) {
    return new Route(destination.network(), Optional.of(gateway), linkIndex, MAIN, UNICAST, 0);
  }

  /** To those who are on the link. */
  public static Route onLink(Cidr destination, int linkIndex) {
    return new Route(destination.network(), Optional.empty(), linkIndex, MAIN, UNICAST, 0);
  }

  /** What comes in from {@code linkIndex} for {@code destination} is for this machine itself. */
  public static Route own(Cidr destination, int linkIndex, int metric) {
    return new Route(destination, Optional.empty(), linkIndex, LOCAL, OWN, metric);
  }

  static Route read(byte[] message) {
    ByteBuffer buffer = ByteBuffer.wrap(message).order(ByteOrder.nativeOrder());
    var attributes = new NetlinkAttributes(message, RTMSG_BYTES);
    InetAddress all = buffer.get(0) == Rtnetlink.AF_INET ? ALL4.address() : ALL6.address();
    return new Route(
        new Cidr(attributes.address(RTA_DST).orElse(all), Byte.toUnsignedInt(buffer.get(1))),
        attributes.address(RTA_GATEWAY),
        attributes.number(RTA_OIF).orElse(0),
        attributes.number(RTA_TABLE).orElse(Byte.toUnsignedInt(buffer.get(4))),
        Byte.toUnsignedInt(buffer.get(7)),
        attributes.number(RTA_PRIORITY).orElse(0));
  }
}
