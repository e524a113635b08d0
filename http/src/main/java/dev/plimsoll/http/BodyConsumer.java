package dev.plimsoll.http;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Takes a body part by part. */
@FunctionalInterface
public interface BodyConsumer {
  /** Takes the next bytes, from the part's position to its limit; they are valid only during the call. */
  void accept(ByteBuffer part) throws IOException;
}
