package dev.plimsoll.content.s3;

import dev.plimsoll.foundation.NoSpaceException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The bytes of one part, in a local file until S3 has them: they may have to be sent again, and in
 * memory ten thousand uploads would not fit. Nothing of it is needed after a crash.
 */
final class Spool implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;
  private final Queue<InputStream> opened = new ConcurrentLinkedQueue<>();
  private long sizeBytes;

  private Spool(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  static Spool in(Path directory, String name) throws IOException {
    Path file = directory.resolve(name);
    try {
      return new Spool(
          file,
          FileChannel.open(
              file,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE));
    } catch (IOException e) {
      throw NoSpaceException.orElse(e, file);
    }
  }

  long sizeBytes() {
    return sizeBytes;
  }

  /** Takes what {@code part} has left. */
  void write(ByteBuffer part) throws IOException {
    try {
      while (part.hasRemaining()) {
        sizeBytes += channel.write(part, sizeBytes);
      }
    } catch (IOException e) {
      throw NoSpaceException.orElse(e, file);
    }
  }

  /** The bytes so far, behind {@code before}. */
  S3Bucket.Body body(byte[] before) {
    return new S3Bucket.Body(
        () -> new SequenceInputStream(new ByteArrayInputStream(before), reading()),
        before.length + sizeBytes);
  }

  S3Bucket.Body body() {
    return body(new byte[0]);
  }

  /**
   * A stream of its own for each attempt, because an attempt that is given up closes what it reads.
   * AWS's client does not close one that it has read.
   */
  private InputStream reading() {
    try {
      InputStream bytes =
          Channels.newInputStream(Files.newByteChannel(file, StandardOpenOption.READ));
      opened.add(bytes);
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void closeOpened() throws IOException {
    for (var bytes = opened.poll(); bytes != null; bytes = opened.poll()) {
      bytes.close();
    }
  }

  /** Begins anew. */
  void clear() throws IOException {
    closeOpened();
    channel.truncate(0);
    sizeBytes = 0;
  }

  /** Reads everything from the beginning. */
  void forEach(java.util.function.Consumer<ByteBuffer> consumer) throws IOException {
    ByteBuffer part = ByteBuffer.allocate(64 << 10);
    for (long at = 0; at < sizeBytes; ) {
      int read = channel.read(part.clear(), at);
      if (read < 0) {
        throw new IOException(file + " has become shorter");
      }
      at += read;
      consumer.accept(part.flip());
    }
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      closeOpened(); // or the disk keeps the room that the bytes take
      Files.deleteIfExists(file);
    }
  }
}
