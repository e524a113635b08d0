package dev.plimsoll.registry.repository;

import dev.plimsoll.content.Blob;
import java.io.IOException;

/**
 * A blob that is being read. It stays readable to its end whatever is deleted meanwhile. The caller
 * closes it.
 */
public sealed interface OpenBlob extends AutoCloseable {
  long sizeBytes();

  @Override
  void close() throws IOException;

  /** Small enough to live in the database. */
  record InMemory(byte[] bytes) implements OpenBlob {
    @Override
    public long sizeBytes() {
      return bytes.length;
    }

    @Override
    public void close() {
      // Nothing is held.
    }
  }

  /** Bytes in the content store. */
  record Stored(Blob blob) implements OpenBlob {
    @Override
    public long sizeBytes() {
      return blob.sizeBytes();
    }

    @Override
    public void close() throws IOException {
      blob.close();
    }
  }
}
