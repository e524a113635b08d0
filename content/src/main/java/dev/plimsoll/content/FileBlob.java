package dev.plimsoll.content;

import static java.nio.file.StandardOpenOption.READ;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** A blob in a file. */
record FileBlob(BlobKey key, FileChannel channel, long sizeBytes) implements Blob {

  static FileBlob open(BlobKey key, Path file) throws IOException {
    FileChannel channel = FileChannel.open(file, READ);
    try {
      return new FileBlob(key, channel, channel.size());
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public InputStream stream(long offset) {
    if (offset < 0 || offset > sizeBytes) {
      throw new IllegalArgumentException(
          "offset %d of a blob of %d bytes".formatted(offset, sizeBytes));
    }
    return new Tail(offset);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** Reads by position, so that streams of one blob do not move each other. */
  private final class Tail extends InputStream {
    private long position;

    private Tail(long offset) {
      this.position = offset;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int read = channel.read(ByteBuffer.wrap(target, offset, length), position);
      position += Math.max(read, 0);
      return read;
    }

    @Override
    public long skip(long bytes) {
      long skipped = Math.clamp(bytes, 0, sizeBytes - position);
      position += skipped;
      return skipped;
    }

    @Override
    public int available() {
      return (int) Math.min(sizeBytes - position, Integer.MAX_VALUE);
    }
  }
}
