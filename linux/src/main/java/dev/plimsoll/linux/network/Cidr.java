package dev.plimsoll.linux.network;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * An address with the length of its network, written {@code 10.101.1.1/24} or {@code fd00:a::1/64}.
 *
 * @param length how many bits name the network
 */
public record Cidr(InetAddress address, int length) {
  private static final Pattern LITERAL = Pattern.compile("[0-9a-fA-F:.]+");

  public Cidr {
    if (length < 0 || length > address.getAddress().length * 8) {
      throw new IllegalArgumentException(
          "no prefix length of %s: %d".formatted(address.getHostAddress(), length));
    }
  }

  /**
   * Reads {@code ADDRESS/LENGTH}. Names are not looked up.
   *
   * @throws IllegalArgumentException on anything else
   */
  public static Cidr parse(String text) {
    int slash = text.indexOf('/');
    String length = text.substring(slash + 1);
    if (slash < 0 || !length.matches("\\d{1,3}")) {
      throw new IllegalArgumentException("not an address with a prefix length: \"" + text + "\"");
    }
    return new Cidr(literal(text.substring(0, slash)), Integer.parseInt(length));
  }

  /**
   * An address written as numbers.
   *
   * @throws IllegalArgumentException on a name, which is not looked up
   */
  public static InetAddress literal(String text) {
    try {
      boolean numbers = LITERAL.matcher(text).matches();
      if (numbers && (text.contains(":") || text.matches("\\d+\\.\\d+\\.\\d+\\.\\d+"))) {
        return InetAddress.getByName(text);
      }
    } catch (UnknownHostException e) {
      // falls through: numbers, but no address
    }
    throw new IllegalArgumentException("not an IP address: \"" + text + "\"");
  }

  /** The same length with all bits of the host at zero. */
  public Cidr network() {
    byte[] bytes = address.getAddress();
    clearHost(bytes, (byte) 0);
    return new Cidr(of(bytes), length);
  }

  /** The last address, which in version 4 is the one for all. */
  InetAddress last() {
    byte[] bytes = address.getAddress();
    clearHost(bytes, (byte) 0xFF);
    return of(bytes);
  }

  private void clearHost(byte[] bytes, byte filling) {
    for (int i = 0; i < bytes.length; i++) {
      int networkBits = Math.clamp(length - i * 8L, 0, 8);
      int mask = 0xFF << (8 - networkBits) & 0xFF;
      bytes[i] = (byte) ((bytes[i] & mask) | (filling & ~mask));
    }
  }

  static InetAddress of(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("no address of " + bytes.length + " bytes", e);
    }
  }

  boolean isVersion4() {
    return address.getAddress().length == 4;
  }

  @Override
  public String toString() {
    return address.getHostAddress() + "/" + length;
  }
}
