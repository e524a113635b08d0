package dev.plimsoll.engine.image;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Bytes of a layer that is being unpacked, telling how far they have got some ten times a second. */
final class Extraction extends FilterInputStream {
  private static final long PAUSE_NANOS = 100_000_000;

  private final long totalBytes;
  private final String shownAs;
  private final Progress progress;
  private long readBytes;
  private long toldNanos = System.nanoTime() - PAUSE_NANOS;

  Extraction(InputStream in, long totalBytes, String shownAs, Progress progress) {
    super(in);
    this.totalBytes = totalBytes;
    this.shownAs = shownAs;
    this.progress = progress;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int read = in.read(target, offset, length);
    readBytes += Math.max(0, read);
    long now = System.nanoTime();
    if (now - toldNanos >= PAUSE_NANOS || read < 0) {
      toldNanos = now;
      progress.layer(shownAs, "Extracting", readBytes, totalBytes);
    }
    return read;
  }
}
