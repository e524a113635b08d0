package dev.plimsoll.http;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Finds the body in the bytes behind a request head. For the event loop. */
sealed interface BodyDecoder permits FixedBody, ChunkedBody {
  /**
   * Takes from {@code in} what belongs to the body and leaves what comes behind it.
   *
   * @return a retained part of {@code in}, for the caller to release; null if there is none
   */
  @Nullable ByteBuf decode(ByteBuf in) throws BodyException;

  /** Whether the end of the body has been seen. */
  boolean done();
}
