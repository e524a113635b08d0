package dev.plimsoll.http.client;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.Optional;

/** A block of IP addresses in CIDR notation, such as {@code 10.0.0.0/8} or {@code fd00::/8}. */
public final class AddressBlock {
  private final BigInteger network;
  private final int addressBits;
  private final int prefixBits;

  private AddressBlock(InetAddress network, int prefixBits) {
    this.network = new BigInteger(1, network.getAddress());
    this.addressBits = network.getAddress().length * 8;
    this.prefixBits = prefixBits;
  }

  /** The block, or nothing if the text is none. */
  public static Optional<AddressBlock> parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0 || !text.substring(slash + 1).matches("[0-9]{1,3}")) {
      return Optional.empty();
    }
    int bits = Integer.parseInt(text.substring(slash + 1));
    return literal(text.substring(0, slash))
        .filter(address -> bits <= address.getAddress().length * 8)
        .map(address -> new AddressBlock(address, bits));
  }

  public boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress();
    int shift = addressBits - prefixBits;
    return bytes.length * 8 == addressBits
        && new BigInteger(1, bytes).shiftRight(shift).equals(network.shiftRight(shift));
  }

  /** An address written as digits, IPv6 with or without brackets; never asks a name server. */
  public static Optional<InetAddress> literal(String text) {
    String bare =
        text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
    boolean looksRight =
        bare.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}")
            || bare.matches("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
    if (!looksRight) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.ofLiteral(bare));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
