package dev.plimsoll.linux.network;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The attributes of a message from netlink, by type. */
final class NetlinkAttributes {
  private static final int TYPE_MASK = 0x3FFF; // without NLA_F_NESTED and NLA_F_NET_BYTEORDER

  private final Map<Integer, byte[]> values = new HashMap<>();

  /** Those from {@code offset} to the end of {@code message}; a torn one ends the reading. */
  NetlinkAttributes(byte[] message, int offset) {
    ByteBuffer buffer = ByteBuffer.wrap(message).order(ByteOrder.nativeOrder());
    int at = offset;
    while (at + 4 <= message.length) {
      int length = Short.toUnsignedInt(buffer.getShort(at));
      if (length < 4 || at + length > message.length) {
        return;
      }
      byte[] value = new byte[length - 4];
      buffer.get(at + 4, value);
      values.put(buffer.getShort(at + 2) & TYPE_MASK, value);
      at += (length + 3) & ~3;
    }
  }

  Optional<byte[]> bytes(int type) {
    return Optional.ofNullable(values.get(type));
  }

  OptionalInt number(int type) {
    byte[] value = values.get(type);
    return value == null || value.length != 4
        ? OptionalInt.empty()
        : OptionalInt.of(ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).getInt());
  }

  Optional<String> text(int type) {
    return bytes(type)
        .map(bytes -> {
          int end = 0;
          while (end < bytes.length && bytes[end] != 0) {
            end++;
          }
          return new String(bytes, 0, end, StandardCharsets.UTF_8);
        });
  }

  Optional<InetAddress> address(int type) {
    return bytes(type).filter(bytes -> bytes.length == 4 || bytes.length == 16).map(Cidr::of);
  }

  NetlinkAttributes nested(int type) {
    return new NetlinkAttributes(values.getOrDefault(type, new byte[0]), 0);
  }
}
