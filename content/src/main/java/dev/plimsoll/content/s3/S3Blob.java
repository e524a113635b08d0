package dev.plimsoll.content.s3;

import dev.plimsoll.content.Blob;
import dev.plimsoll.content.BlobKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A blob in S3. It is being read from its beginning as soon as it is open, so that who reads all of
 * it makes one request, and goes on undisturbed when it is deleted. A connection that breaks is made
 * again where it broke.
 */
final class S3Blob implements Blob {
  private final S3Bucket bucket;
  private final BlobKey key;
  private final String name;
  private final long sizeBytes;
  private final AtomicReference<S3Bucket.@Nullable Opened> first;
  private final Set<Part> streams = ConcurrentHashMap.newKeySet();

  S3Blob(S3Bucket bucket, BlobKey key, String name, S3Bucket.Opened first) {
    this.bucket = bucket;
    this.key = key;
    this.name = name;
    this.sizeBytes = first.sizeBytes();
    this.first = new AtomicReference<>(first);
  }

  @Override
  public BlobKey key() {
    return key;
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public Optional<FileChannel> channel() {
    return Optional.empty();
  }

  @Override
  public InputStream stream(long offset, long lengthBytes) throws IOException {
    if (offset < 0 || lengthBytes < 0 || offset > sizeBytes - lengthBytes) {
      throw new IllegalArgumentException(
          "%d bytes from %d of a blob of %d bytes".formatted(lengthBytes, offset, sizeBytes));
    }
    S3Bucket.Opened opened = offset == 0 ? first.getAndSet(null) : null;
    Part part = new Part(offset, offset + lengthBytes, opened);
    streams.add(part);
    return part;
  }

  @Override
  public void close() {
    S3Bucket.Opened unread = first.getAndSet(null);
    if (unread != null) {
      unread.abort();
    }
    streams.forEach(Part::close);
  }

  /** From where it is to its end, over as many connections as it takes. */
  private final class Part extends InputStream {
    private final long end;
    private long position;
    private int broken;
    private S3Bucket.@Nullable Opened opened;

    Part(long position, long end, S3Bucket.@Nullable Opened opened) {
      this.position = position;
      this.end = end;
      this.opened = opened;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (length == 0 || position == end) {
        return length == 0 ? 0 : -1;
      }
      int wanted = (int) Math.min(length, end - position);
      while (true) {
        try {
          int read = connected().bytes().read(target, offset, wanted);
          if (read < 0) {
            throw new IOException("%s ended %d bytes early".formatted(name, end - position));
          }
          position += read;
          return read;
        } catch (IOException e) {
          letGo();
          broken++;
          if (broken >= bucket.address().limits().attemptsMax()) {
            throw e;
          }
        }
      }
    }

    private S3Bucket.Opened connected() throws IOException {
      S3Bucket.Opened known = opened;
      if (known == null) {
        known =
            bucket
                .open(name, position, end - 1)
                .orElseThrow(() -> new IOException(name + " was deleted while it was read"));
        opened = known;
      }
      return known;
    }

    private void letGo() {
      S3Bucket.Opened known = opened;
      opened = null;
      if (known != null) {
        known.abort();
      }
    }

    @Override
    public void close() {
      streams.remove(this);
      if (position == end && opened != null && end == sizeBytes) {
        try {
          opened.bytes().close(); // read to its end: the connection is good for the next
          opened = null;
        } catch (IOException e) {
          letGo();
        }
      }
      letGo();
    }
  }
}
