package dev.plimsoll.registry.mirror;

import dev.plimsoll.foundation.NoSpaceException;
import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.registry.repository.Chunk;
import dev.plimsoll.transfer.BlobDraft;
import dev.plimsoll.transfer.BlobSink;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A blob on its way in, which any number of readers follow while it comes. The bytes lie in a file
 * of the mirror's own directory, which is emptied at the start.
 *
 * <p>The last byte is held back until the digest is known to be right: a reader of a wrong blob gets
 * {@link BlobBroken} and never a whole blob. One writer; any number of readers.
 */
final class BlobFetch implements BlobSink, BlobDraft {
  private static final int BUFFER_BYTES = 64 * 1024;

  private final Descriptor blob;
  private final Path spool;
  private final FileChannel output;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private MessageDigest hash;
  private long writtenBytes;
  private int attempt; // rises when the bytes so far turn out to be worthless
  private boolean verified;
  private boolean stored;
  private @Nullable Exception failure;
  private int users = 1; // the writer

  /**
   * Makes room for the blob.
   *
   * @param directory where there is room for it
   * @throws NoSpaceException if there is none
   */
  BlobFetch(Path directory, Descriptor blob) throws IOException {
    this.blob = blob;
    this.hash = blob.digest().algorithm().newHash();
    try {
      this.spool = Files.createTempFile(directory, "fetch-", "");
      this.output = FileChannel.open(spool, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw NoSpaceException.orElse(e, directory);
    }
  }

  /** What is coming. */
  Descriptor blob() {
    return blob;
  }

  @Override
  public boolean has(Descriptor layer) {
    return false;
  }

  @Override
  public BlobDraft begin(Descriptor layer) {
    return this;
  }

  @Override
  public long sizeBytes() {
    return writtenBytes; // the writer's own
  }

  @Override
  public void append(ByteBuffer bytes) throws IOException {
    hash.update(bytes.duplicate());
    long position = writtenBytes;
    try {
      while (bytes.hasRemaining()) {
        position += output.write(bytes, position);
      }
    } catch (IOException e) {
      throw new OwnTrouble(NoSpaceException.orElse(e, spool));
    }
    long reached = position;
    change(() -> writtenBytes = reached);
  }

  @Override
  public Digest digest(Digest.Algorithm algorithm) {
    try {
      return Digest.finished(algorithm, ((MessageDigest) hash.clone()).digest());
    } catch (CloneNotSupportedException e) {
      throw new AssertionError("the JDK's hashes can be cloned", e);
    }
  }

  @Override
  public void restart() {
    hash = blob.digest().algorithm().newHash();
    change(() -> {
      writtenBytes = 0;
      attempt++;
    });
  }

  @Override
  public void commit(Digest digest) {
    change(() -> verified = true);
  }

  /** The store has the blob. */
  void stored() {
    change(() -> stored = true);
  }

  /** Waits until the store has the blob; {@link BlobBroken} if it never will. */
  void awaitStored() throws IOException {
    lock.lock();
    try {
      while (!stored) {
        if (failure != null) {
          throw verified ? BlobBroken.notKept(failure) : BlobBroken.lost(failure);
        }
        changed.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for a blob to be stored");
    } finally {
      lock.unlock();
    }
  }

  /** Tells the readers that nothing more will come. */
  void failed(Exception cause) {
    change(() -> failure = cause);
  }

  /** The whole blob, for the store. Only after {@link #commit}. */
  Chunk content() {
    return sink -> {
      ByteBuffer part = ByteBuffer.allocate(BUFFER_BYTES);
      try (FileChannel input = FileChannel.open(spool, StandardOpenOption.READ)) {
        while (input.read(part.clear()) >= 0) {
          sink.accept(part.flip());
        }
      }
    };
  }

  /**
   * Begins to follow. The reader closes it.
   *
   * @return empty if the fetch is over and its bytes are gone; the store has them, or nobody
   */
  Optional<InputStream> follow() throws IOException {
    lock.lock();
    try {
      if (users == 0) {
        return Optional.empty();
      }
      var follower = new Follower(FileChannel.open(spool, StandardOpenOption.READ));
      users++;
      return Optional.of(follower);
    } finally {
      lock.unlock();
    }
  }

  /** The transfer is done with it; the mirror still has to store the bytes. */
  @Override
  public void close() throws IOException {
    output.close();
  }

  /** Says that the writer, or a reader, has no more use for the bytes; they go with the last one. */
  void release() throws IOException {
    lock.lock();
    try {
      users--;
      if (users == 0) {
        Files.deleteIfExists(spool);
      }
    } finally {
      lock.unlock();
    }
  }

  /** How many bytes of the disk it will still take until it is stored. */
  long pendingBytes() {
    lock.lock();
    try {
      return stored ? 0 : 2 * blob.size() - Math.min(writtenBytes, blob.size());
    } finally {
      lock.unlock();
    }
  }

  /** How many follow it now. */
  int followers() {
    lock.lock();
    try {
      return Math.max(users - 1, 0);
    } finally {
      lock.unlock();
    }
  }

  private void change(Runnable what) {
    lock.lock();
    try {
      what.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Reads behind the writer. For one thread. */
  private final class Follower extends InputStream {
    private final FileChannel input;
    private int followed;
    private long position;
    private boolean closed;

    private Follower(FileChannel input) {
      this.input = input;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      long readable = await() - position;
      if (readable == 0) {
        return -1;
      }
      int read =
          input.read(ByteBuffer.wrap(target, offset, (int) Math.min(length, readable)), position);
      position += Math.max(read, 0);
      return read;
    }

    /** Where reading may go to: further than now, unless this is the end. */
    private long await() throws IOException {
      lock.lock();
      try {
        while (true) {
          if (position == 0) {
            followed = attempt;
          }
          boolean lost = failure != null && !verified; // a blob that cannot be stored can be read
          if (lost || attempt != followed) {
            throw failure == null
                ? new BlobBroken("the upstream's bytes were wrong, and come again from the start")
                : BlobBroken.lost(failure);
          }
          long limit = verified ? writtenBytes : Math.min(writtenBytes, blob.size() - 1);
          if (verified || limit > position) {
            return limit;
          }
          changed.await();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while following a download");
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() throws IOException {
      if (!closed) {
        closed = true;
        input.close();
        release();
      }
    }
  }
}
