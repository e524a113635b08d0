package dev.plimsoll.linux.network;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A message to netlink, as it is built: {@code netlink(7)}. Not safe for many threads. */
final class NetlinkMessage {
  static final int HEADER_BYTES = 16; // struct nlmsghdr: length, type, flags, sequence, port
  private static final int BYTES_MAX = 4096;
  private static final int NESTED = 0x8000; // NLA_F_NESTED

  private final ByteBuffer buffer = ByteBuffer.allocate(BYTES_MAX).order(ByteOrder.nativeOrder());
  private final int type;

  NetlinkMessage(int type, int flags) {
    this.type = type;
    buffer.putInt(0).putShort((short) type).putShort((short) flags).putInt(0).putInt(0);
  }

  /** {@code struct ifinfomsg}; {@code change} is the mask of the {@code flags} that count. */
  NetlinkMessage link(int family, int index, int flags, int change) {
    buffer.put((byte) family).put((byte) 0).putShort((short) 0);
    buffer.putInt(index).putInt(flags).putInt(change);
    return this;
  }

  NetlinkMessage bytes(int... values) {
    for (int value : values) {
      buffer.put((byte) value);
    }
    return this;
  }

  NetlinkMessage word(int value) {
    buffer.putInt(value);
    return this;
  }

  NetlinkMessage attribute(int type, byte[] value) {
    buffer.putShort((short) (4 + value.length)).putShort((short) type).put(value);
    while (buffer.position() % 4 != 0) {
      buffer.put((byte) 0);
    }
    return this;
  }

  NetlinkMessage attribute(int type, int value) {
    buffer.putShort((short) 8).putShort((short) type).putInt(value);
    return this;
  }

  NetlinkMessage attribute(int type, InetAddress value) {
    return attribute(type, value.getAddress());
  }

  /** With the NUL that the kernel wants. */
  NetlinkMessage attribute(int type, String value) {
    return attribute(type, (value + "\0").getBytes(StandardCharsets.UTF_8));
  }

  interface Part {
    void into(NetlinkMessage message);
  }

  NetlinkMessage nested(int type, Part part) {
    return nest(type | NESTED, part);
  }

  /** Nested, but without the mark: older kernels know some attributes only so. */
  NetlinkMessage nest(int type, Part part) {
    int start = buffer.position();
    buffer.putShort((short) 0).putShort((short) type);
    part.into(this);
    buffer.putShort(start, (short) (buffer.position() - start));
    return this;
  }

  int type() {
    return type;
  }

  byte[] finish(int sequence) {
    buffer.putInt(0, buffer.position());
    buffer.putInt(8, sequence);
    byte[] bytes = new byte[buffer.position()];
    buffer.get(0, bytes);
    return bytes;
  }
}
