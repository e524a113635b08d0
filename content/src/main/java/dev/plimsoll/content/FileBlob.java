package dev.plimsoll.content;

import static java.nio.file.StandardOpenOption.READ;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;

/** A blob in a file. */
record FileBlob(BlobKey key, FileChannel file, long sizeBytes) implements Blob {

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
  public Optional<FileChannel> channel() {
    return Optional.of(file);
  }

  @Override
  public InputStream stream(long offset, long lengthBytes) {
    if (offset < 0 || lengthBytes < 0 || offset > sizeBytes - lengthBytes) {
      throw new IllegalArgumentException(
          "%d bytes from %d of a blob of %d bytes".formatted(lengthBytes, offset, sizeBytes));
    }
    return new Part(offset, offset + lengthBytes);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  /** Reads by position, so that streams of one blob do not move each other. */
  private final class Part extends InputStream {
    private final long end;
    private long position;

    private Part(long position, long end) {
      this.position = position;
      this.end = end;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (position == end && length > 0) {
        return -1;
      }
      int wanted = (int) Math.min(length, end - position);
      int read = file.read(ByteBuffer.wrap(target, offset, wanted), position);
      position += Math.max(read, 0);
      return read;
    }

    @Override
    public long skip(long bytes) {
      long skipped = Math.clamp(bytes, 0, end - position);
      position += skipped;
      return skipped;
    }

    @Override
    public int available() {
      return (int) Math.min(end - position, Integer.MAX_VALUE);
    }
  }
}
