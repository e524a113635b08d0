package dev.plimsoll.engine.layer;

import dev.plimsoll.engine.tar.Compression;
import dev.plimsoll.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The unpacked bytes of a layer, inflated and hashed on another thread a few blocks ahead of the
 * reader. Read by one thread, which closes it; closing stops the other thread.
 */
final class DecodedLayer extends InputStream {
  private static final int BLOCK_BYTES = 128 << 10;
  private static final int BLOCKS_AHEAD = 16;

  /** A part of the stream; the last one is empty or says why there are no more. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares these
  private record Block(byte[] bytes, int length, @Nullable IOException failure) {}

  private final BlockingQueue<Block> ready = new ArrayBlockingQueue<>(BLOCKS_AHEAD);
  private final BlockingQueue<byte[]> spare = new ArrayBlockingQueue<>(BLOCKS_AHEAD + 2);
  private final MessageDigest hash = Digest.Algorithm.SHA256.newHash();
  private final Future<?> decoding;
  private Block current = new Block(new byte[0], 0, null);
  private int position;
  private boolean ended;

  private DecodedLayer(LayerSource source, ExecutorService threads) {
    this.decoding = threads.submit(() -> decode(source));
  }

  static DecodedLayer start(LayerSource source, ExecutorService threads) {
    return new DecodedLayer(source, threads);
  }

  private void decode(LayerSource source) {
    try {
      try (InputStream in = Compression.unpacked(source.open())) {
        while (true) {
          byte[] recycled = spare.poll();
          byte[] bytes = recycled == null ? new byte[BLOCK_BYTES] : recycled;
          int length = in.readNBytes(bytes, 0, BLOCK_BYTES);
          hash.update(bytes, 0, length);
          ready.put(new Block(bytes, length, null));
          if (length < BLOCK_BYTES) {
            if (length > 0) {
              ready.put(new Block(bytes, 0, null));
            }
            return;
          }
        }
      } catch (IOException e) {
        ready.put(new Block(new byte[0], 0, e));
      } catch (RuntimeException | Error e) {
        ready.put(new Block(new byte[0], 0, new IOException("decoding a layer", e)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the reader has closed this and waits for nothing
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (position == current.length && !next()) {
      return -1;
    }
    int part = Math.min(length, current.length - position);
    System.arraycopy(current.bytes, position, target, offset, part);
    position += part;
    return part;
  }

  @Override
  public long skip(long bytes) throws IOException {
    if (bytes <= 0 || (position == current.length && !next())) {
      return 0;
    }
    int part = (int) Math.min(bytes, current.length - position);
    position += part;
    return part;
  }

  private boolean next() throws IOException {
    if (ended) {
      return false;
    }
    if (current.length == BLOCK_BYTES) {
      spare.offer(current.bytes);
    }
    try {
      current = ready.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("unpacking was interrupted").initCause(e);
    }
    position = 0;
    ended = current.length == 0;
    if (current.failure != null) {
      throw new IOException(current.failure.getMessage(), current.failure);
    }
    return !ended;
  }

  /** Reads what is left and returns the hash of all: the diffID. */
  Digest digest() throws IOException {
    do {
      position = current.length;
    } while (next());
    return Digest.finished(Digest.Algorithm.SHA256, hash.digest());
  }

  @Override
  public void close() {
    decoding.cancel(true);
  }
}
