package dev.plimsoll.content;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.util.Optional;

/** A blob that is open for reading. Safe for many threads; closing it ends its streams. */
public interface Blob extends AutoCloseable {
  BlobKey key();

  long sizeBytes();

  /**
   * The file, to be sent without copying; empty where the bytes are on no disk of this machine.
   * Positions are the caller's; {@link #close} closes it.
   */
  Optional<FileChannel> channel();

  /**
   * Reads from {@code offset} to the end, independent of other streams of this blob.
   *
   * @throws IllegalArgumentException if {@code offset} is negative or behind the end
   */
  default InputStream stream(long offset) throws IOException {
    return stream(offset, sizeBytes() - offset);
  }

  /**
   * Reads a part, independent of other streams of this blob.
   *
   * @throws IllegalArgumentException if a part of it is outside
   */
  InputStream stream(long offset, long lengthBytes) throws IOException;

  @Override
  void close() throws IOException;
}
