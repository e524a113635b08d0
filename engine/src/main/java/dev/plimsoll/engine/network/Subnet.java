package dev.plimsoll.engine.network;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * A range of IPv4 addresses, written {@code 172.30.0.0/16}.
 *
 * @param base the first address, as a number in network order
 * @param prefixLength 8 to 30: room for a gateway and at least one container
 */
public record Subnet(int base, int prefixLength) {
  private static final int LENGTH_LEAST = 8;
  private static final int LENGTH_MOST = 30;

  public Subnet {
    if (prefixLength < LENGTH_LEAST || prefixLength > LENGTH_MOST) {
      throw new IllegalArgumentException(
          "a subnet's prefix length is %d to %d, not %d"
              .formatted(LENGTH_LEAST, LENGTH_MOST, prefixLength));
    }
    if ((base & ~mask(prefixLength)) != 0) {
      throw new IllegalArgumentException(
          "%s/%d names an address inside a subnet; write its first address"
              .formatted(text(base), prefixLength));
    }
  }

  /**
   * Reads {@code a.b.c.d/length}.
   *
   * @throws IllegalArgumentException with the text if it is not a subnet
   */
  public static Subnet parse(String text) {
    int slash = text.indexOf('/');
    try {
      if (slash > 0) {
        return new Subnet(
            address(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
      }
    } catch (NumberFormatException e) {
      // said below, in the same words
    }
    throw new IllegalArgumentException(
        "not a subnet: \"%s\" (write for example 172.30.0.0/16)".formatted(text));
  }

  /** Reads a dotted address; host names are not looked up. */
  static int address(String text) {
    if (!text.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}")) {
      throw new IllegalArgumentException("not an IPv4 address: \"%s\"".formatted(text));
    }
    try {
      // Digits and dots only: the resolver is never asked.
      if (InetAddress.getByName(text) instanceof Inet4Address address) {
        return ByteBuffer.wrap(address.getAddress()).getInt();
      }
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("not an IPv4 address: \"%s\"".formatted(text), e);
    }
    throw new IllegalArgumentException("not an IPv4 address: \"%s\"".formatted(text));
  }

  static String text(int address) {
    return "%d.%d.%d.%d"
        .formatted(address >>> 24, address >>> 16 & 255, address >>> 8 & 255, address & 255);
  }

  private static int mask(int length) {
    return -1 << (32 - length);
  }

  /** The first usable address, which the bridge has. */
  public int gateway() {
    return base + 1;
  }

  public String gatewayText() {
    return text(gateway());
  }

  /** The last address, which means everybody. */
  int broadcast() {
    return base | ~mask(prefixLength);
  }

  public boolean contains(int address) {
    return (address & mask(prefixLength)) == base;
  }

  public boolean overlaps(Subnet other) {
    return contains(other.base) || other.contains(base);
  }

  @Override
  public String toString() {
    return text(base) + "/" + prefixLength;
  }
}
