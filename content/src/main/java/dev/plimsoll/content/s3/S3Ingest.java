package dev.plimsoll.content.s3;

import dev.plimsoll.content.BlobKey;
import dev.plimsoll.content.ContentException.DigestMismatch;
import dev.plimsoll.content.ContentException.TooLarge;
import dev.plimsoll.content.Ingest;
import dev.plimsoll.content.IngestId;
import dev.plimsoll.content.IngestOptions;
import dev.plimsoll.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An ingest into S3. Whole parts go to S3 while more comes in; the rest, and what is known of the
 * hash, is written down by {@link #force} so that any process can go on with it.
 *
 * <p>One that was taken up knows the digest so far, which is enough to commit. Only when more comes
 * the hash has to go on: from its written state, or else, once in the life of an upload, by making
 * an object of the parts and reading it.
 */
final class S3Ingest implements Ingest {
  private static final int BUFFER_BYTES = 64 << 10;

  private enum State {
    OPEN,
    /** What was forced is written down; this object is done with it. */
    CLOSED,
    COMMITTED,
    DISCARDED,
    FAILED
  }

  private final S3ContentStore store;
  private final IngestId id;
  private final IngestOptions options;
  private final String written; // the object that this writer writes its state to
  private final PartSender sender;
  private final Map<Digest.Algorithm, MessageDigest> hashes = new EnumMap<>(Digest.Algorithm.class);
  private State state = State.OPEN;
  private long sizeBytes;
  private @Nullable Upload known; // what is written down, if that is all there is
  private List<String> superseded;

  /** A new one, of which S3 knows nothing yet. */
  S3Ingest(S3ContentStore store, IngestId id, IngestOptions options) throws IOException {
    this(store, id, options, 0, List.of());
    options.algorithms().forEach(a -> hashes.put(a, a.newHash()));
  }

  private S3Ingest(
      S3ContentStore store, IngestId id, IngestOptions options, int turn, List<String> superseded)
      throws IOException {
    this.store = store;
    this.id = id;
    this.options = options;
    this.written = store.layout().upload(id, turn, store.randomHex(4));
    this.sender = new PartSender(store, id + "-" + store.randomHex(4));
    this.superseded = superseded;
  }

  /** Takes up what was written down. */
  static S3Ingest of(
      S3ContentStore store,
      IngestId id,
      IngestOptions options,
      int turn,
      List<String> superseded,
      byte[] state)
      throws IOException {
    Upload.Read read = Upload.parse(state);
    S3Ingest ingest = new S3Ingest(store, id, options, turn, superseded);
    ingest.known = read.upload();
    ingest.sizeBytes = read.upload().sizeBytes();
    ingest.sender.restore(
        read.upload(), ByteBuffer.wrap(state, read.tailAt(), state.length - read.tailAt()));
    if (ingest.sizeBytes == 0) {
      options.algorithms().forEach(a -> ingest.hashes.put(a, a.newHash()));
    }
    return ingest;
  }

  @Override
  public IngestId id() {
    return id;
  }

  @Override
  public boolean isOpen() {
    return state == State.OPEN;
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public void append(ByteBuffer part) throws IOException {
    requireOpen();
    int length = part.remaining();
    if (length > options.sizeBytesMax() - sizeBytes) {
      throw new TooLarge(options.sizeBytesMax());
    }
    try {
      goOnHashing();
      hashes.values().forEach(hash -> hash.update(part.duplicate()));
      known = null;
      sender.append(part);
    } catch (IOException e) {
      throw failed(e);
    }
    sizeBytes += length;
  }

  @Override
  public long append(InputStream source) throws IOException {
    requireOpen();
    long before = sizeBytes;
    byte[] buffer = new byte[BUFFER_BYTES];
    while (true) {
      int wanted = (int) Math.min(buffer.length, options.sizeBytesMax() - sizeBytes);
      int read = wanted > 0 ? source.read(buffer, 0, wanted) : Math.min(source.read(), 0);
      if (read < 0) {
        return sizeBytes - before;
      }
      if (wanted == 0) {
        throw new TooLarge(options.sizeBytesMax());
      }
      append(ByteBuffer.wrap(buffer, 0, read));
    }
  }

  @Override
  public Digest digest(Digest.Algorithm algorithm) throws IOException {
    requireOpen();
    Upload upload = known;
    Optional<Digest> soFar = upload == null ? Optional.empty() : upload.digest(algorithm);
    if (soFar.isPresent()) {
      return soFar.get();
    }
    try {
      goOnHashing();
      MessageDigest hash = hashes.get(algorithm);
      if (hash == null) {
        hash = algorithm.newHash();
        readAgain(List.of(hash));
        hashes.put(algorithm, hash);
      }
      return Digest.finished(algorithm, soFar(hash));
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Makes the hashes ready for more. */
  private void goOnHashing() throws IOException {
    if (!hashes.isEmpty()) {
      return;
    }
    Map<Digest.Algorithm, MessageDigest> ready = new EnumMap<>(Digest.Algorithm.class);
    List<MessageDigest> behind = new ArrayList<>();
    for (Digest.Algorithm algorithm : options.algorithms()) {
      Optional<String> saved = known == null ? Optional.empty() : known.hash();
      if (algorithm == Digest.Algorithm.SHA256 && saved.isPresent()) {
        ready.put(algorithm, SavedSha256.of(saved.get()));
      } else {
        MessageDigest hash =
            algorithm == Digest.Algorithm.SHA256 ? new SavedSha256() : algorithm.newHash();
        behind.add(hash);
        ready.put(algorithm, hash);
      }
    }
    if (!behind.isEmpty()) {
      readAgain(behind);
    }
    hashes.putAll(ready);
  }

  private void readAgain(Collection<MessageDigest> targets) throws IOException {
    sender.readAgain(part -> targets.forEach(hash -> hash.update(part.duplicate())));
  }

  @Override
  public void force() throws IOException {
    requireOpen();
    try {
      Upload upload = sender.upload(sizeBytes, digests(), savedHash());
      if (!upload.equals(known)) {
        store.bucket().put(written, sender.tail(upload.header()));
        known = upload;
        for (String old : superseded) { // and not before: it may be all there is
          store.bucket().delete(old);
        }
        superseded = List.of();
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private Map<String, String> digests() {
    Map<String, String> digests = new HashMap<>();
    if (known != null) {
      digests.putAll(known.digests());
    }
    hashes.forEach((algorithm, hash) ->
        digests.put(algorithm.prefix(), Digest.finished(algorithm, soFar(hash)).hex()));
    return digests;
  }

  private Optional<String> savedHash() {
    if (hashes.get(Digest.Algorithm.SHA256) instanceof SavedSha256 hash) {
      return Optional.of(hash.save());
    }
    return known == null ? Optional.empty() : known.hash();
  }

  @Override
  public BlobKey commit(Digest expected) throws IOException {
    Digest received = digest(expected.algorithm());
    if (!received.equals(expected)) {
      throw new DigestMismatch(expected, received);
    }
    try {
      BlobKey key = sender.finish(expected);
      end(State.COMMITTED);
      store.forgetStates(id, superseded, written, known != null);
      return key;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  @Override
  public void discard() throws IOException {
    if (state == State.OPEN) {
      end(State.DISCARDED);
      sender.giveUp();
      store.forgetStates(id, superseded, written, true);
    }
  }

  @Override
  public void close() throws IOException {
    if (state == State.OPEN) {
      force();
      end(State.CLOSED);
    }
  }

  /** Leaves everything as it was forced last, for somebody to resume. */
  private IOException failed(IOException cause) {
    if (state == State.OPEN) {
      end(State.FAILED);
    }
    return cause;
  }

  private void end(State last) {
    state = last;
    if (last != State.DISCARDED) {
      sender.close();
    }
    store.release(id);
  }

  private void requireOpen() throws IOException {
    if (state != State.OPEN) {
      throw new IOException("ingest %s is %s".formatted(id, state.name().toLowerCase(Locale.ROOT)));
    }
  }

  private static byte[] soFar(MessageDigest hash) {
    try {
      return ((MessageDigest) hash.clone()).digest();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError("the JDK's hashes can be cloned", e);
    }
  }
}
