package dev.plimsoll.registry.repository;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Bytes that a client sends, handed over piece by piece as they arrive. */
@FunctionalInterface
public interface Chunk {
  /** A chunk of nothing. */
  Chunk EMPTY = sink -> {};

  /** Takes the pieces in order; each is valid during the call only. */
  @FunctionalInterface
  interface Sink {
    void accept(ByteBuffer piece) throws IOException;
  }

  void writeTo(Sink sink) throws IOException;

  static Chunk of(byte[] bytes) {
    return sink -> sink.accept(ByteBuffer.wrap(bytes));
  }
}
