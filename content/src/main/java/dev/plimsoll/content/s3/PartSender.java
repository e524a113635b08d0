package dev.plimsoll.content.s3;

import dev.plimsoll.content.BlobKey;
import dev.plimsoll.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts bytes into parts and sends them to S3 while more come in, a few at a time. What does not fill
 * a part yet is the tail. For one thread.
 */
final class PartSender implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PartSender.class);

  /** Parts under way: as many local files, and one that fills. */
  private static final int UNDER_WAY_MAX = 3;

  /** What S3 copies in one call, below its limit of 5 GiB. */
  private static final long COPIED_BYTES_MAX = 1L << 30;

  private final S3ContentStore store;
  private final String spoolName;
  private final PartSizes sizes;
  private final List<Upload.Part> parts = new ArrayList<>();
  private final Deque<Sending> underWay = new ArrayDeque<>();
  private Spool spool;
  private int spools;
  private String generation;
  private @Nullable String multipart;

  private record Sending(FutureTask<Upload.Part> task, Spool spool) {}

  PartSender(S3ContentStore store, String spoolName) throws IOException {
    this.store = store;
    this.spoolName = spoolName;
    this.sizes = store.bucket().address().needs().partSizes();
    this.generation = S3Layout.inParts(store.randomHex(8));
    this.spool = newSpool();
  }

  private Spool newSpool() throws IOException {
    return Spool.in(store.spool(), spoolName + "-" + spools++);
  }

  /** Takes up what another has sent. */
  void restore(Upload upload, ByteBuffer tail) throws IOException {
    multipart = upload.multipart().orElse(null);
    generation = upload.generation();
    parts.addAll(upload.parts());
    spool.write(tail);
  }

  /** Takes what {@code part} has left. */
  void append(ByteBuffer part) throws IOException {
    while (part.hasRemaining()) {
      long space = Math.max(0, sizes.sizeBytes(nextNumber()) - spool.sizeBytes());
      int length = (int) Math.min(space, part.remaining());
      spool.write(part.slice(part.position(), length));
      part.position(part.position() + length);
      if (length == space) {
        send();
      }
    }
  }

  private int nextNumber() {
    return parts.size() + underWay.size() + 1;
  }

  private void send() throws IOException {
    if (nextNumber() > PartSizes.PARTS_MAX) {
      throw new IOException("larger than S3 can hold in %d parts".formatted(PartSizes.PARTS_MAX));
    }
    int number = nextNumber();
    Spool full = spool;
    String name = store.layout().parts(generation);
    String begun = multipart == null ? store.bucket().beginParts(name) : multipart;
    multipart = begun;
    FutureTask<Upload.Part> task =
        new FutureTask<>(() -> {
          String etag =
              store.sending(() -> store.bucket().putPart(name, begun, number, full.body()));
          return new Upload.Part(number, full.sizeBytes(), etag);
        });
    underWay.add(new Sending(task, full));
    Thread.ofVirtual().name("s3-part " + name + " " + number).start(task);
    spool = newSpool();
    while (underWay.size() > UNDER_WAY_MAX) {
      awaitOne();
    }
  }

  private void awaitOne() throws IOException {
    Sending first = underWay.remove();
    Spool sent = first.spool();
    try (sent) {
      parts.add(first.task().get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a part was sent", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException known
          ? known
          : new IOException("sending a part", e.getCause());
    }
  }

  private void awaitAll() throws IOException {
    while (!underWay.isEmpty()) {
      awaitOne();
    }
  }

  /** Where it is now; all whole parts are with S3 then. */
  Upload upload(long sizeBytes, Map<String, String> digests, Optional<String> hash)
      throws IOException {
    awaitAll();
    return new Upload(
        Optional.ofNullable(multipart),
        generation,
        List.copyOf(parts),
        sizeBytes,
        (int) spool.sizeBytes(),
        digests,
        hash);
  }

  /** The bytes that fill no part yet, behind a header. */
  S3Bucket.Body tail(byte[] header) {
    return spool.body(header);
  }

  /**
   * Hands out everything from the beginning. Parts cannot be read while they are parts: they are made
   * an object, and that becomes the first parts of the next one.
   */
  void readAgain(Consumer<ByteBuffer> consumer) throws IOException {
    awaitAll();
    String begun = multipart;
    if (begun != null) {
      String whole = store.layout().parts(generation);
      store.bucket().completeParts(whole, begun, parts);
      read(whole, consumer);
      copyFrom(whole, parts.stream().mapToLong(Upload.Part::sizeBytes).sum());
    }
    spool.forEach(consumer);
  }

  private void read(String whole, Consumer<ByteBuffer> consumer) throws IOException {
    S3Bucket.Opened opened =
        store.bucket().open(whole).orElseThrow(() -> new IOException(whole + " is gone"));
    byte[] buffer = new byte[64 << 10];
    try (InputStream bytes = opened.bytes()) {
      for (int read = bytes.read(buffer); read >= 0; read = bytes.read(buffer)) {
        consumer.accept(ByteBuffer.wrap(buffer, 0, read));
      }
    }
  }

  /** Leaves the object where it is: what is written down still leads to it. */
  private void copyFrom(String whole, long sizeBytes) throws IOException {
    String next = S3Layout.inParts(store.randomHex(8));
    String name = store.layout().parts(next);
    String begun = store.bucket().beginParts(name);
    long most = sizes.equalBytes().orElse(COPIED_BYTES_MAX);
    int copies = Math.toIntExact(Math.ceilDiv(sizeBytes, most));
    long each = sizes.equalBytes().orElse(Math.ceilDiv(sizeBytes, copies));
    parts.clear();
    for (int number = 1; number <= copies; number++) {
      long first = (number - 1) * each;
      long last = Math.min(first + each, sizeBytes) - 1;
      String etag = store.bucket().copyPart(name, begun, number, whole, first, last);
      parts.add(new Upload.Part(number, last - first + 1, etag));
    }
    generation = next;
    multipart = begun;
  }

  /** Makes a blob of everything. */
  BlobKey finish(Digest digest) throws IOException {
    awaitAll();
    if (multipart == null) {
      BlobKey key = new BlobKey(digest, S3Layout.whole(store.randomHex(8)));
      store.bucket().putNew(store.layout().name(key), spool.body());
      return key;
    }
    if (spool.sizeBytes() > 0) {
      send();
      awaitAll();
    }
    BlobKey key = new BlobKey(digest, generation);
    // The mark before the bytes: so bytes without a mark are never a blob that somebody waits for.
    store.bucket().putNew(store.layout().name(key), S3Bucket.Body.of(new byte[0]));
    store.bucket().completeParts(store.layout().bytes(key), multipart, parts);
    return key;
  }

  /** Gives back what S3 has. */
  void giveUp() throws IOException {
    close();
    if (multipart != null) {
      store.bucket().abortParts(store.layout().parts(generation), multipart);
    }
  }

  /** Waits for what is under way and removes the local files. */
  @Override
  public void close() {
    while (!underWay.isEmpty()) {
      try {
        awaitOne();
      } catch (IOException e) {
        log.debug("a part that nobody waits for any more was not sent", e);
      }
    }
    try {
      spool.close();
    } catch (IOException e) {
      log.warn("local file left behind: {}", e.getMessage());
    }
  }
}
