package dev.plimsoll.linux.network;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** An address that a link has. */
public record LinkAddress(int linkIndex, Cidr address) {
  static final int IFA_ADDRESS = 1; // linux/if_addr.h
  static final int IFA_LOCAL = 2;
  static final int IFA_BROADCAST = 4;
  static final int IFA_FLAGS = 8;
  static final int IFA_F_NODAD = 2;
  private static final int IFADDRMSG_BYTES = 8;

  static LinkAddress read(byte[] message) {
    ByteBuffer buffer = ByteBuffer.wrap(message).order(ByteOrder.nativeOrder());
    var attributes = new NetlinkAttributes(message, IFADDRMSG_BYTES);
    // With a peer, "address" is the peer's and "local" ours; version 6 has mostly the first alone.
    var address =
        attributes
            .address(IFA_LOCAL)
            .or(() -> attributes.address(IFA_ADDRESS))
            .orElseThrow(() -> new IllegalStateException("an address message without address"));
    return new LinkAddress(buffer.getInt(4), new Cidr(address, Byte.toUnsignedInt(buffer.get(1))));
  }
}
