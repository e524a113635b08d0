package dev.plimsoll.linux.network;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A network interface, as it was when asked for.
 *
 * @param index its number in its namespace; names can be changed, this cannot
 * @param kind {@code bridge}, {@code veth}, …; empty for hardware and the loopback
 * @param address empty for a link without Ethernet
 * @param up whether it is switched on, not whether anything is connected
 * @param master the index of the bridge it is a port of
 */
public record Link(
    int index,
    String name,
    String kind,
    Optional<MacAddress> address,
    int mtu,
    boolean up,
    OptionalInt master) {

  static final int NAME_LENGTH_MAX = 15; // IFNAMSIZ with its NUL is 16

  static final int IFF_UP = 1; // linux/if.h
  static final int IFLA_ADDRESS = 1; // linux/if_link.h
  static final int IFLA_IFNAME = 3;
  static final int IFLA_MTU = 4;
  static final int IFLA_MASTER = 10;
  static final int IFLA_PROTINFO = 12;
  static final int IFLA_LINKINFO = 18;
  static final int IFLA_NET_NS_FD = 28;
  static final int IFLA_INFO_KIND = 1;
  static final int IFLA_INFO_DATA = 2;
  private static final int IFINFOMSG_BYTES = 16;

  static Link read(byte[] message) {
    ByteBuffer buffer = ByteBuffer.wrap(message).order(ByteOrder.nativeOrder());
    var attributes = new NetlinkAttributes(message, IFINFOMSG_BYTES);
    return new Link(
        buffer.getInt(4),
        attributes.text(IFLA_IFNAME).orElse(""),
        attributes.nested(IFLA_LINKINFO).text(IFLA_INFO_KIND).orElse(""),
        attributes
            .bytes(IFLA_ADDRESS)
            .filter(bytes -> bytes.length == MacAddress.BYTES)
            .map(MacAddress::of),
        attributes.number(IFLA_MTU).orElse(0),
        (buffer.getInt(8) & IFF_UP) != 0,
        attributes.number(IFLA_MASTER));
  }

  /**
   * The name itself, if a link can have it.
   *
   * @throws IllegalArgumentException if it is empty, too long or holds what no name may
   */
  static String checked(String name) {
    boolean plain = name.chars().allMatch(c -> c > ' ' && c < 0x7F && c != '/' && c != ':');
    if (name.isEmpty() || name.length() > NAME_LENGTH_MAX || !plain || name.startsWith(".")) {
      throw new IllegalArgumentException(
          "no name for a link: \"%s\"; 1 to %d plain characters".formatted(name, NAME_LENGTH_MAX));
    }
    return name;
  }
}
