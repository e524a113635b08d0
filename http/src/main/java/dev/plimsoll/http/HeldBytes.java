package dev.plimsoll.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;

/**
 * Bytes of one connection that nobody takes yet: a request head that is not whole, or what came
 * behind the request that is being answered. For the event loop; owns what is put in.
 */
final class HeldBytes {
  private final ByteBufAllocator buffers;
  private ByteBuf bytes = Unpooled.EMPTY_BUFFER;

  HeldBytes(ByteBufAllocator buffers) {
    this.buffers = buffers;
  }

  void add(ByteBuf more) {
    if (isEmpty()) {
      bytes.release();
      bytes = more;
      return;
    }
    try {
      if (bytes.writableBytes() < more.readableBytes()) {
        ByteBuf larger = buffers.buffer(2 * (bytes.readableBytes() + more.readableBytes()));
        larger.writeBytes(bytes);
        bytes.release();
        bytes = larger;
      }
      bytes.writeBytes(more);
    } finally {
      more.release();
    }
  }

  boolean isEmpty() {
    return !bytes.isReadable();
  }

  int size() {
    return bytes.readableBytes();
  }

  /** The bytes themselves, to be read from; they stay here. */
  ByteBuf view() {
    return bytes;
  }

  /** Hands all over; the caller releases them. */
  ByteBuf take() {
    ByteBuf taken = bytes;
    bytes = Unpooled.EMPTY_BUFFER;
    return taken;
  }

  void release() {
    take().release();
  }
}
