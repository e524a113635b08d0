package dev.plimsoll.http;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** A body whose length was announced. */
final class FixedBody implements BodyDecoder {
  private long remaining;

  FixedBody(long length) {
    this.remaining = length;
  }

  @Override
  public @Nullable ByteBuf decode(ByteBuf in) {
    int length = (int) Math.min(remaining, in.readableBytes());
    if (length == 0) {
      return null;
    }
    remaining -= length;
    return in.readRetainedSlice(length);
  }

  @Override
  public boolean done() {
    return remaining == 0;
  }
}
