package dev.plimsoll.content;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;

/** A blob that is open for reading. Safe for many threads; closing it ends its streams. */
public interface Blob extends AutoCloseable {
  BlobKey key();

  long sizeBytes();

  /** The file, to be sent without copying. Positions are the caller's; {@link #close} closes it. */
  FileChannel channel();

  /**
   * Reads from {@code offset} to the end, independent of other streams of this blob.
   *
   * @throws IllegalArgumentException if {@code offset} is negative or behind the end
   */
  InputStream stream(long offset) throws IOException;

  @Override
  void close() throws IOException;
}
