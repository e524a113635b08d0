package dev.plimsoll.registry.repository;

import dev.plimsoll.content.Blob;
import dev.plimsoll.content.BlobKey;
import dev.plimsoll.content.ContentStore;
import dev.plimsoll.content.Ingest;
import dev.plimsoll.content.Stored;
import dev.plimsoll.database.Work;
import dev.plimsoll.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The manifests as objects in a content store of their own, so that a lost database is not a lost
 * registry. An object is durable before the row that names it, and deleted after that row is gone
 * for good; a crash leaves at most an object without a row, which the audit takes. Safe for many
 * threads.
 */
public final class ManifestObjects {
  private static final Logger log = LoggerFactory.getLogger(ManifestObjects.class);

  /** Together with a manifest of the largest size, and some slack for the header. */
  private static final int SIZE_BYTES_MAX = 32 << 20;

  private final Transactions transactions;
  private final ContentStore store;
  private final ManifestObjectRows rows = new ManifestObjectRows();

  /**
   * Takes the store it works on.
   *
   * @param store holds manifests' objects and nothing else
   */
  public ManifestObjects(Transactions transactions, ContentStore store) {
    this.transactions = transactions;
    this.store = store;
  }

  /** What is decided on this look is decided again where the row is written. */
  <T> T look(Work<T> work) throws IOException {
    return transactions.read(work);
  }

  /** Writes an object; it is durable when this returns. */
  BlobKey write(ManifestObject object) throws IOException {
    return write(object.bytes());
  }

  private BlobKey write(byte[] bytes) throws IOException {
    try (Ingest ingest = store.begin()) {
      try {
        ingest.append(ByteBuffer.wrap(bytes));
        return ingest.commit(Digest.sha256(bytes));
      } catch (IOException | RuntimeException e) {
        discard(ingest, e);
        throw e;
      }
    }
  }

  /**
   * Reads one back, verified.
   *
   * @throws dev.plimsoll.content.ContentException.BlobUnknown if there is none
   * @throws IllegalArgumentException if it is damaged, with the reason
   */
  public ManifestObject read(BlobKey key) throws IOException {
    try (Blob blob = store.open(key);
        InputStream in = blob.stream(0)) {
      if (blob.sizeBytes() > SIZE_BYTES_MAX) {
        throw new IllegalArgumentException("it has %d bytes".formatted(blob.sizeBytes()));
      }
      byte[] bytes = in.readAllBytes();
      if (!Digest.sha256(bytes).equals(key.digest())) {
        throw new IllegalArgumentException("its bytes are not what its name says");
      }
      return ManifestObject.parse(bytes);
    }
  }

  /** Where the objects are. */
  public ContentStore store() {
    return store;
  }

  /** Gives up an object that no row names and none will. */
  void discard(BlobKey unused) throws IOException {
    store.delete(unused);
  }

  /**
   * Deletes objects whose manifests are gone for good, at most so many.
   *
   * @return how many were looked at
   */
  public int eraseGone(int most) throws IOException {
    List<BlobKey> gone = transactions.read(h -> rows.gone(h, most));
    for (BlobKey key : gone) {
      store.delete(key);
    }
    if (!gone.isEmpty()) {
      transactions.free(h -> {
        rows.forget(h, gone);
        return true;
      });
    }
    return gone.size();
  }

  /**
   * Writes objects for manifests that have none: those of releases before there were any, and those
   * whose object was found damaged.
   *
   * @return how many were written
   */
  public int writeMissing(int most) throws IOException {
    Map<Long, BlobKey> written = new HashMap<>();
    for (long manifest : without(most)) {
      write(manifest, Map.of()).ifPresent(object -> written.put(manifest, object.key()));
    }
    for (BlobKey unused : name(written)) {
      discard(unused);
    }
    if (!written.isEmpty()) {
      log.info("manifest objects written manifests={}", written.size());
    }
    return written.size();
  }

  /** The ids of manifests that have no object, at most so many. */
  public List<Long> without(int most) throws IOException {
    return transactions.read(h -> rows.without(h, most));
  }

  /**
   * Writes the object of this manifest, which has none; it is durable when this returns, and no row
   * names it.
   *
   * @param there objects that no row names, by their digest: one of these is not written again
   * @return empty: the manifest was purged just now
   */
  public Optional<Stored.StoredBlob> write(long manifestId, Map<Digest, Stored.StoredBlob> there)
      throws IOException {
    Optional<ManifestObject> object = transactions.read(h -> rows.object(h, manifestId));
    if (object.isEmpty()) {
      return Optional.empty();
    }
    byte[] bytes = object.get().bytes();
    Stored.StoredBlob known = there.get(Digest.sha256(bytes));
    return Optional.of(known == null ? new Stored.StoredBlob(write(bytes), bytes.length) : known);
  }

  /**
   * Gives each manifest its object.
   *
   * @return those that are not used: the manifest is purged, or has one by now
   */
  public List<BlobKey> name(Map<Long, BlobKey> objects) throws IOException {
    return transactions.write(h -> {
      List<BlobKey> unused = new ArrayList<>();
      objects.forEach((manifest, object) -> {
        if (!rows.setIfNone(h, manifest, object)) {
          unused.add(object);
        }
      });
      return unused;
    });
  }

  private static void discard(Ingest ingest, Exception cause) {
    try {
      ingest.discard();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }
}
