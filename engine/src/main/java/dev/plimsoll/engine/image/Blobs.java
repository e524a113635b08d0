package dev.plimsoll.engine.image;

import dev.plimsoll.content.Blob;
import dev.plimsoll.content.BlobKey;
import dev.plimsoll.content.ContentException;
import dev.plimsoll.content.ContentStore;
import dev.plimsoll.content.Ingest;
import dev.plimsoll.content.IngestOptions;
import dev.plimsoll.content.StagedIngest;
import dev.plimsoll.content.Stored;
import dev.plimsoll.database.Database;
import dev.plimsoll.engine.layer.LayerSource;
import dev.plimsoll.oci.Digest;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bytes that layers came as, by digest. A blob is here when it has a row and its file has the
 * right length; one that has lost its file counts as absent, and the next that comes replaces it.
 */
final class Blobs {
  private static final Logger log = LoggerFactory.getLogger(Blobs.class);
  private static final int BUFFER_BYTES = 1 << 16;
  private static final Duration LEASE = Duration.ofHours(24);

  private final Database database;
  private final ContentStore content;
  private final InstantSource clock;

  Blobs(Database database, ContentStore content, InstantSource clock) {
    this.database = database;
    this.content = content;
    this.clock = clock;
  }

  private record Row(BlobKey key, long sizeBytes) {}

  private static Optional<Row> row(Handle handle, Digest digest) {
    return handle
        .createQuery("SELECT generation, size_bytes FROM blob WHERE digest = ?")
        .bind(0, digest.toString())
        .map((r, _) -> new Row(new BlobKey(digest, r.getString(1)), r.getLong(2)))
        .findOne();
  }

  private boolean whole(Row row) throws IOException {
    try {
      return content.sizeBytes(row.key) == row.sizeBytes;
    } catch (ContentException.BlobUnknown e) {
      return false;
    }
  }

  /** Every blob that has a row. */
  List<Digest> all() throws IOException {
    return database.read(handle ->
        handle
            .createQuery("SELECT digest FROM blob")
            .map((r, _) -> Digest.parse(r.getString(1)))
            .list());
  }

  /** Whether the bytes hash to the digest; one that is gone by now is whole. */
  boolean whole(Digest digest) throws IOException {
    Optional<Row> row = database.read(handle -> row(handle, digest));
    return row.isEmpty() || hashed(row.get().key) == row.get().sizeBytes;
  }

  /** The length of a blob whose bytes are what its name says; negative if they are not. */
  private long hashed(BlobKey key) throws IOException {
    MessageDigest hash = key.digest().algorithm().newHash();
    byte[] buffer = new byte[BUFFER_BYTES];
    long length = 0;
    try (Blob blob = content.open(key);
        InputStream in = blob.stream(0)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        hash.update(buffer, 0, read);
        length += read;
      }
    } catch (ContentException.BlobUnknown e) {
      return -1;
    }
    return Digest.finished(key.digest().algorithm(), hash.digest()).equals(key.digest())
        ? length
        : -1;
  }

  /** Gives stored bytes that no row names their row again, if they are what their name says. */
  boolean takeUp(BlobKey key) throws IOException {
    long sizeBytes = hashed(key);
    return sizeBytes >= 0
        && database.write(handle ->
            handle.execute(
                "INSERT INTO blob (digest, generation, size_bytes) VALUES (?, ?, ?) ON CONFLICT"
                    + " (digest) DO NOTHING",
                key.digest().toString(),
                key.generation(),
                sizeBytes))
            == 1;
  }

  boolean has(Digest digest) throws IOException {
    Optional<Row> row = database.read(handle -> row(handle, digest));
    return row.isPresent() && whole(row.get());
  }

  /** Whether the blob is here; if so, {@code lease} keeps it from now on. */
  boolean take(Digest digest, Lease lease) throws IOException {
    Optional<Row> row = database.read(handle -> row(handle, digest));
    if (row.isEmpty() || !whole(row.get())) {
      return false;
    }
    return database.write(handle -> {
      boolean still = row(handle, digest).isPresent();
      if (still) {
        hold(handle, digest, lease);
      }
      return still;
    });
  }

  Ingest begin(long sizeBytesMax) throws IOException {
    return content.begin(IngestOptions.DEFAULT.withSizeBytesMax(sizeBytesMax));
  }

  ContentStore content() {
    return content;
  }

  /** Makes the bytes a blob that {@code lease} keeps. If another has come first, that one stays. */
  void commit(Ingest ingest, Digest digest, Lease lease) throws IOException {
    long sizeBytes = ingest.sizeBytes();
    BlobKey key = ingest.commit(digest);
    Optional<BlobKey> superfluous =
        database.write(handle -> {
          hold(handle, digest, lease);
          Optional<Row> other = row(handle, digest);
          if (other.isPresent() && whole(other.get())) {
            return Optional.of(key);
          }
          handle.execute(
              "INSERT INTO blob (digest, generation, size_bytes) VALUES (?, ?, ?) ON CONFLICT"
                  + " (digest) DO UPDATE SET generation = excluded.generation, size_bytes ="
                  + " excluded.size_bytes",
              digest.toString(),
              key.generation(),
              sizeBytes);
          return other.map(Row::key);
        });
    if (superfluous.isPresent()) {
      content.delete(superfluous.get());
    }
  }

  private void hold(Handle handle, Digest digest, Lease lease) {
    handle.execute(
        "INSERT OR REPLACE INTO lease (holder, kind, id, expires_at) VALUES (?, 'blob', ?, ?)",
        lease.holder(),
        digest.toString(),
        Nanos.of(clock.instant().plus(LEASE)));
  }

  /** Drops bytes that turned out to be damaged: the blob counts as absent until it comes anew. */
  void discard(Digest digest) throws IOException {
    Optional<Row> row = database.read(handle -> row(handle, digest));
    if (row.isPresent()) {
      content.delete(row.get().key);
      log.warn("damaged blob dropped digest={}", digest);
    }
  }

  long sizeBytes(Digest digest) throws IOException {
    return database.read(handle -> row(handle, digest)).orElseThrow(() -> gone(digest)).sizeBytes;
  }

  private static IOException gone(Digest digest) {
    return new IOException("no blob " + digest + "; pull or load its image again");
  }

  /** Opens a blob for reading from an offset; closing the stream closes the blob. */
  InputStream open(Digest digest, long offset) throws IOException {
    Row row = database.read(handle -> row(handle, digest)).orElseThrow(() -> gone(digest));
    Blob blob = content.open(row.key);
    try {
      return new FilterInputStream(blob.stream(offset)) {
        @Override
        public int read(byte[] target, int from, int length) throws IOException {
          return in.read(target, from, length);
        }

        @Override
        public void close() throws IOException {
          try (blob) {
            super.close();
          }
        }
      };
    } catch (IOException | RuntimeException e) {
      blob.close();
      throw e;
    }
  }

  LayerSource source(Digest digest) {
    return () -> open(digest, 0);
  }

  /** The beginning of a blob that an earlier attempt has left, or an empty one. */
  Ingest resume(Digest digest, long sizeBytesMax) throws IOException {
    Optional<String> left =
        database.read(handle ->
            handle
                .createQuery("SELECT ingest FROM partial_blob WHERE digest = ?")
                .bind(0, digest.toString())
                .mapTo(String.class)
                .findOne());
    if (left.isPresent()) {
      try {
        return content.resume(
            new dev.plimsoll.content.IngestId(left.get()),
            IngestOptions.DEFAULT.withSizeBytesMax(sizeBytesMax));
      } catch (ContentException e) {
        log.info("partial blob begun anew digest={} cause={}", digest, e.getMessage());
      }
    }
    return begin(sizeBytesMax);
  }

  /** Notes that an ingest holds the beginning of a blob, so that {@link #resume} finds it. */
  void keepPartial(Digest digest, Ingest ingest) throws IOException {
    database.write(handle ->
        handle.execute(
            "INSERT OR REPLACE INTO partial_blob (digest, ingest) VALUES (?, ?)",
            digest.toString(),
            ingest.id().value()));
  }

  void forgetPartial(Digest digest) throws IOException {
    database.write(
        handle -> handle.execute("DELETE FROM partial_blob WHERE digest = ?", digest.toString()));
  }

  /** Deletes what no image needs and no lease holds: rows first, bytes next. Returns their size. */
  long collect() throws IOException {
    Instant now = clock.instant();
    List<Row> gone = database.free(handle -> takeUnreferenced(handle, now));
    for (Row row : gone) {
      content.delete(row.key);
    }
    return gone.stream().mapToLong(Row::sizeBytes).sum();
  }

  private static List<Row> takeUnreferenced(Handle handle, Instant now) {
    handle.execute("DELETE FROM lease WHERE expires_at <= ?", Nanos.of(now));
    handle.execute(
        "DELETE FROM packed_layer WHERE NOT EXISTS (SELECT 1 FROM image_layer i WHERE i.diff_id ="
            + " packed_layer.diff_id)");
    List<Row> gone =
        handle
            .createQuery(
                "SELECT digest, generation, size_bytes FROM blob b WHERE NOT EXISTS (SELECT 1 FROM"
                    + " image_layer i WHERE i.blob = b.digest) AND NOT EXISTS (SELECT 1 FROM"
                    + " packed_layer p WHERE p.blob = b.digest) AND NOT EXISTS (SELECT 1 FROM lease"
                    + " l WHERE l.kind = 'blob' AND l.id = b.digest)")
            .map((r, _) ->
                new Row(new BlobKey(Digest.parse(r.getString(1)), r.getString(2)), r.getLong(3)))
            .list();
    gone.forEach(
        row -> handle.execute("DELETE FROM blob WHERE digest = ?", row.key.digest().toString()));
    return gone;
  }

  /**
   * At start: ends the leases of operations that a crash has ended, save for pulls, which go on where
   * they stopped; deletes files without a row and beginnings that nobody will go on with.
   */
  void recover() throws IOException {
    database.write(handle -> handle.execute("DELETE FROM lease WHERE holder NOT LIKE 'pull:%'"));
    Set<BlobKey> known = new HashSet<>();
    Set<String> partial = new HashSet<>();
    database.read(handle ->
        known.addAll(
            handle
                .createQuery("SELECT digest, generation FROM blob")
                .map((r, _) -> new BlobKey(Digest.parse(r.getString(1)), r.getString(2)))
                .list()));
    database.read(handle ->
        partial.addAll(
            handle.createQuery("SELECT ingest FROM partial_blob").mapTo(String.class).list()));
    deleteStrangers(known);
    Instant old = clock.instant().minus(LEASE);
    for (StagedIngest staged : content.staged()) {
      if (!partial.contains(staged.id().value()) || staged.lastWritten().isBefore(old)) {
        content.discard(staged.id());
      }
    }
  }

  private void deleteStrangers(Set<BlobKey> known) throws IOException {
    List<BlobKey> strangers;
    try (Stream<Stored> stored = content.list()) {
      strangers =
          stored
              .filter(Stored.StoredBlob.class::isInstance)
              .map(each -> ((Stored.StoredBlob) each).key())
              .filter(key -> !known.contains(key))
              .toList();
    }
    if (known.isEmpty() && !strangers.isEmpty()) {
      // More likely the database was lost than that all of them are left-overs of one crash.
      log.warn("blobs without rows left alone count={}", strangers.size());
      return;
    }
    for (BlobKey key : strangers) {
      content.delete(key);
    }
  }
}
