package dev.plimsoll.content.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.plimsoll.content.Blob;
import dev.plimsoll.content.BlobKey;
import dev.plimsoll.content.ContentException.BlobUnknown;
import dev.plimsoll.content.ContentException.IngestInUse;
import dev.plimsoll.content.ContentException.IngestUnknown;
import dev.plimsoll.content.ContentStore;
import dev.plimsoll.content.Ingest;
import dev.plimsoll.content.IngestId;
import dev.plimsoll.content.IngestOptions;
import dev.plimsoll.content.StagedIngest;
import dev.plimsoll.content.Stored;
import dev.plimsoll.foundation.thread.Task;
import dev.plimsoll.oci.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/**
 * A content store in a bucket, or under a prefix of one. Any number of processes may work on it: an
 * ingest that one has forced or closed can be resumed by another. Who resumes last is right; what an
 * earlier one writes then is not looked at any more.
 */
public final class S3ContentStore implements ContentStore, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(S3ContentStore.class);
  private static final byte[] FORMAT_1 = "plimsoll content store 1 s3\n".getBytes(UTF_8);

  /** Parts that are sent at once, over all ingests. */
  private static final int SENDING_MAX = 16;

  private final S3Bucket bucket;
  private final S3Layout layout;
  private final Path spool;
  private final Optional<Duration> addressesFor;
  private final SecureRandom random = new SecureRandom();
  private final Set<IngestId> inUse = ConcurrentHashMap.newKeySet();
  private final Semaphore sending = new Semaphore(SENDING_MAX);

  private S3ContentStore(S3Bucket bucket, Path spool, Optional<Duration> addressesFor) {
    this.addressesFor = addressesFor;
    this.bucket = bucket;
    this.layout = new S3Layout(bucket.address().prefix());
    this.spool = spool;
  }

  /**
   * Opens the store, or makes it, and tries every right it needs once.
   *
   * @param spool a local directory for parts on their way; nothing in it outlives the process
   * @param addressesFor how long an {@link #address} is good; empty: there are none
   * @throws IOException with a sentence if the bucket cannot be reached or used
   */
  public static S3ContentStore open(S3Address address, Path spool, Optional<Duration> addressesFor)
      throws IOException {
    S3ContentStore store = new S3ContentStore(S3Clients.bucket(address), spool, addressesFor);
    try {
      store.clearSpool();
      store.checkFormat();
      store.tryRights();
      return store;
    } catch (IOException | RuntimeException e) {
      store.close();
      throw e;
    }
  }

  /** As {@link #open(S3Address, Path, Optional)}, without addresses. */
  public static S3ContentStore open(S3Address address, Path spool) throws IOException {
    return open(address, spool, Optional.empty());
  }

  @Override
  public boolean answers() {
    return bucket.answers();
  }

  private void clearSpool() throws IOException {
    Files.createDirectories(spool);
    try (Stream<Path> left = Files.list(spool)) {
      for (Path file : left.toList()) {
        Files.delete(file);
      }
    }
  }

  private void checkFormat() throws IOException {
    Optional<byte[]> format = bucket.read(layout.format());
    if (format.isEmpty()) {
      bucket.put(layout.format(), S3Bucket.Body.of(FORMAT_1));
    } else if (!Arrays.equals(format.get(), FORMAT_1)) {
      throw new IOException(
          "%s says \"%s\", this release reads \"%s\": it was written by a newer release, or is no store"
                  .formatted(
                      bucket.address(),
                      new String(format.get(), UTF_8).strip(),
                      new String(FORMAT_1, UTF_8).strip())
              + " of Plimsoll's");
    }
  }

  /** A right that lacks is to be known now, and not when the first upload fails or leaves junk. */
  private void tryRights() throws IOException {
    String name = layout.prefix() + "probe/" + randomHex(8);
    bucket.put(name, S3Bucket.Body.of(FORMAT_1));
    bucket.read(name);
    if (bucket.listAll(name).isEmpty()) {
      throw new IOException(bucket.address() + " does not list what was written to it");
    }
    bucket.delete(name);
    bucket.abortParts(name, bucket.beginParts(name));
    List<MultipartUpload> unfinished = bucket.unfinished(name);
    if (!unfinished.isEmpty()) {
      log.info("unfinished objects are listed late storage={}", this);
    }
  }

  @Override
  public Ingest begin(IngestOptions options) throws IOException {
    IngestId id = new IngestId(randomHex(16));
    inUse.add(id);
    try {
      return new S3Ingest(this, id, options);
    } catch (IOException e) {
      inUse.remove(id);
      throw e;
    }
  }

  @Override
  public Ingest resume(IngestId id, IngestOptions options) throws IOException {
    claim(id);
    try {
      List<S3Bucket.Listed> states = states(id);
      for (S3Bucket.Listed newest : states) {
        Optional<byte[]> state = bucket.read(newest.name());
        if (state.isPresent()) {
          int turn = layout.turn(id, newest.name()) + 1;
          List<String> superseded = states.stream().map(S3Bucket.Listed::name).toList();
          return S3Ingest.of(this, id, options, turn, superseded, state.get());
        }
      }
      throw new IngestUnknown(id);
    } catch (IOException | RuntimeException e) {
      inUse.remove(id);
      throw e;
    }
  }

  /** What was written down of an ingest, the latest first. */
  private List<S3Bucket.Listed> states(IngestId id) throws IOException {
    return bucket.listAll(layout.uploads(id)).stream()
        .filter(listed -> layout.ingestOf(listed.name()).isPresent())
        .sorted(
            Comparator.comparingInt((S3Bucket.Listed l) -> layout.turn(id, l.name()))
                .thenComparing(S3Bucket.Listed::lastWritten)
                .reversed())
        .toList();
  }

  @Override
  public Optional<String> owner() throws IOException {
    return bucket.read(layout.owner()).map(line -> new String(line, UTF_8).strip());
  }

  @Override
  public String ownerPlace() {
    return "s3://%s/%s".formatted(bucket.address().bucket(), layout.owner());
  }

  @Override
  public void own(String owner) throws IOException {
    bucket.put(layout.owner(), S3Bucket.Body.of((owner + "\n").getBytes(UTF_8)));
  }

  @Override
  public boolean has(BlobKey key) throws IOException {
    return bucket.sizeBytes(layout.bytes(key)).isPresent();
  }

  @Override
  public long sizeBytes(BlobKey key) throws IOException {
    return bucket.sizeBytes(layout.bytes(key)).orElseThrow(() -> new BlobUnknown(key));
  }

  @Override
  public Blob open(BlobKey key) throws IOException {
    String name = layout.bytes(key);
    return new S3Blob(bucket, key, name, bucket.open(name).orElseThrow(() -> new BlobUnknown(key)));
  }

  @Override
  public void delete(BlobKey key) throws IOException {
    bucket.delete(layout.bytes(key));
    if (S3Layout.isInParts(key)) {
      bucket.delete(layout.name(key));
    }
  }

  @Override
  public Optional<URI> address(BlobKey key) {
    return addressesFor.map(life -> bucket.presigned(layout.bytes(key), life));
  }

  @Override
  public Stream<Stored> list() throws IOException {
    return bucket.list(layout.blobs()).map(this::stored);
  }

  @Override
  public Stream<Stored> list(int part) throws IOException {
    Stream<Stored> ofPart =
        Arrays.stream(Digest.Algorithm.values())
            .flatMap(a -> bucket.list("%s%s/%02x".formatted(layout.blobs(), a.prefix(), part)))
            .filter(listed -> layout.keyOf(listed.name()).isPresent())
            .map(this::stored);
    return part == 0 ? Stream.concat(ofPart, foreign()) : ofPart;
  }

  private Stream<Stored> foreign() {
    return bucket
        .list(layout.blobs())
        .filter(listed -> layout.keyOf(listed.name()).isEmpty())
        .map(this::stored);
  }

  private Stored stored(S3Bucket.Listed listed) {
    Optional<BlobKey> key = layout.keyOf(listed.name());
    if (key.isEmpty()) {
      return new Stored.Foreign(layout.inner(listed.name()));
    }
    try {
      long sizeBytes =
          S3Layout.isInParts(key.get())
              ? bucket.sizeBytes(layout.bytes(key.get())).orElse(0)
              : listed.sizeBytes();
      return new Stored.StoredBlob(key.get(), sizeBytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<StagedIngest> staged() throws IOException {
    Map<IngestId, S3Bucket.Listed> newest = new HashMap<>();
    for (S3Bucket.Listed listed : bucket.listAll(layout.uploads())) {
      layout
          .ingestOf(listed.name())
          .ifPresent(id ->
              newest.merge(
                  id,
                  listed,
                  (a, b) -> layout.turn(id, a.name()) > layout.turn(id, b.name()) ? a : b));
    }
    List<StagedIngest> found = new ArrayList<>();
    for (Map.Entry<IngestId, S3Bucket.Listed> entry : newest.entrySet()) {
      Optional<byte[]> state = bucket.read(entry.getValue().name());
      if (state.isPresent()) {
        found.add(
            new StagedIngest(
                entry.getKey(),
                Upload.parse(state.get()).upload().sizeBytes(),
                entry.getValue().lastWritten(),
                inUse.contains(entry.getKey())
                    ? StagedIngest.Use.IN_USE
                    : StagedIngest.Use.WAITING));
      }
    }
    for (IngestId open : inUse) {
      if (!newest.containsKey(open)) {
        found.add(new StagedIngest(open, 0, Instant.now(), StagedIngest.Use.IN_USE));
      }
    }
    return found;
  }

  @Override
  public void discard(IngestId id) throws IOException {
    claim(id);
    try {
      for (S3Bucket.Listed listed : states(id)) {
        Optional<byte[]> state = bucket.read(listed.name());
        if (state.isPresent()) {
          Upload upload = Upload.parse(state.get()).upload();
          if (upload.multipart().isPresent()) {
            bucket.abortParts(layout.parts(upload.generation()), upload.multipart().get());
          }
        }
        bucket.delete(listed.name());
      }
    } finally {
      inUse.remove(id);
    }
  }

  @Override
  public int tidy(Instant limit, Recorded recorded) throws IOException {
    return new Leftovers(bucket, layout).remove(limit, recorded);
  }

  /** The states of an ingest that is over. What is left of them an audit finds. */
  void forgetStates(IngestId id, List<String> superseded, String written, boolean wasWritten) {
    Set<String> states = new HashSet<>(superseded);
    if (wasWritten) {
      states.add(written);
    }
    for (String state : states) {
      try {
        bucket.delete(state);
      } catch (IOException e) {
        log.warn("upload's state left behind upload={} error={}", id, e.getMessage());
      }
    }
  }

  /** Sends something, when not too much is being sent already. */
  <T> T sending(Task<T> task) throws IOException {
    try {
      sending.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting to send", e);
    }
    try {
      return task.run();
    } finally {
      sending.release();
    }
  }

  S3Bucket bucket() {
    return bucket;
  }

  S3Layout layout() {
    return layout;
  }

  Path spool() {
    return spool;
  }

  /** An ingest is over, or waits to be resumed. */
  void release(IngestId id) {
    inUse.remove(id);
  }

  private void claim(IngestId id) {
    if (!inUse.add(id)) {
      throw new IngestInUse(id);
    }
  }

  synchronized String randomHex(int bytes) {
    byte[] value = new byte[bytes];
    random.nextBytes(value);
    return HexFormat.of().formatHex(value);
  }

  @Override
  public void close() {
    bucket.close();
  }

  @Override
  public String toString() {
    return bucket.address().toString();
  }
}
