package dev.plimsoll.registry.moving;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Bytes on their way from one place to another, that remembers whether it was the reading that
 * failed: one that cannot be read is named and left out, a place that takes no more ends the job.
 */
final class SourceStream extends FilterInputStream {
  private @Nullable IOException trouble;

  SourceStream(InputStream source) {
    super(source);
  }

  @Override
  public int read() throws IOException {
    try {
      return super.read();
    } catch (IOException e) {
      trouble = e;
      throw e;
    }
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    try {
      return super.read(buffer, offset, length);
    } catch (IOException e) {
      trouble = e;
      throw e;
    }
  }

  /** Whether it was this that failed. */
  boolean failed() {
    return trouble != null;
  }
}
