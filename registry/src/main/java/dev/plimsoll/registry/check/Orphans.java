package dev.plimsoll.registry.check;

import dev.plimsoll.content.BlobKey;
import dev.plimsoll.content.ContentStore;
import dev.plimsoll.content.Stored;
import dev.plimsoll.registry.job.Progress;
import dev.plimsoll.registry.repository.Transactions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Gatherers;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bytes without a row: what a crash left between writing and recording, or what a restored database
 * does not know. It goes by the database and never by the age of a file. Bytes get their row within
 * moments or never, so what has none an hour later is deleted; after a restore nothing is for seven
 * days.
 */
public final class Orphans {
  private static final Logger log = LoggerFactory.getLogger(Orphans.class);
  private static final Duration SECOND_LOOK = Duration.ofHours(1);
  private static final int BATCH = 200;

  /** Which store. */
  enum Place {
    BLOBS(
        "SELECT 1 FROM blobs WHERE digest || '-' || generation = :object AND digest = :digest",
        """
        SELECT digest || '-' || generation AS object FROM blobs WHERE generation IN (<generations>)
        """),
    MANIFESTS(
        """
        SELECT 1 FROM manifests WHERE object = :object
        UNION ALL SELECT 1 FROM manifest_objects_gone WHERE object = :object
        """,
        """
        SELECT object FROM manifests
        WHERE object IS NOT NULL AND substr(object, length(object) - 15) IN (<generations>)
        UNION ALL SELECT object FROM manifest_objects_gone
        WHERE substr(object, length(object) - 15) IN (<generations>)
        """);

    private final String recorded;
    private final String ofGenerations;

    Place(String recorded, String ofGenerations) {
      this.recorded = recorded;
      this.ofGenerations = ofGenerations;
    }

    String column() {
      return name().toLowerCase(Locale.ROOT);
    }

    boolean recorded(Handle h, BlobKey key) {
      var query = h.createQuery(recorded).bind("object", key.toString());
      if (this == BLOBS) {
        query.bind("digest", key.digest().toString());
      }
      return query.mapTo(Integer.class).findFirst().isPresent();
    }
  }

  private final Transactions transactions;
  private final ContentStore blobs;
  private final ContentStore manifests;
  private final Restoration restoration;
  private final InstantSource clock;
  private final AtomicLong deletedBytes = new AtomicLong();

  public Orphans(
      Transactions transactions,
      ContentStore blobs,
      ContentStore manifests,
      Restoration restoration,
      InstantSource clock) {
    this.transactions = transactions;
    this.blobs = blobs;
    this.manifests = manifests;
    this.restoration = restoration;
    this.clock = clock;
  }

  /** Bytes that wait. */
  public record Waiting(long objects, long sizeBytes) {}

  private record Orphan(Place place, BlobKey key, long sizeBytes) {}

  public Waiting waiting() throws IOException {
    return transactions.read(h ->
        h.createQuery("SELECT COUNT(*) AS n, COALESCE(SUM(size_bytes), 0) AS size FROM orphans")
            .map((rs, ctx) -> new Waiting(rs.getLong("n"), rs.getLong("size")))
            .one());
  }

  /** Bytes deleted since the start. */
  public long deletedBytes() {
    return deletedBytes.get();
  }

  /** Looks through one part of a store, and remembers what has no row. */
  void look(Place place, int part, Progress progress) throws IOException {
    Set<BlobKey> seen = new HashSet<>();
    try (Stream<Stored> all = store(place).list(part)) {
      for (Iterator<Stored> each = all.iterator(); each.hasNext(); ) {
        switch (each.next()) {
          case Stored.StoredBlob(BlobKey key, long sizeBytes) -> {
            if (!transactions.read(h -> place.recorded(h, key))) {
              seen.add(key);
              remember(place, key, sizeBytes);
            }
            progress.done(0);
          }
          case Stored.Foreign(String name) ->
              progress.found("foreign", place.column() + "/" + name, "not made by this store");
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    forgetOthers(place, part, seen);
  }

  private void remember(Place place, BlobKey key, long sizeBytes) throws IOException {
    transactions.free(h ->
        h.createUpdate(
                """
                INSERT INTO orphans (store, object, size_bytes, seen_at)
                VALUES (:store, :object, :size, :now) ON CONFLICT (store, object) DO NOTHING
                """)
            .bind("store", place.column())
            .bind("object", key.toString())
            .bind("size", sizeBytes)
            .bind("now", clock.instant().toEpochMilli())
            .execute());
  }

  private void forgetOthers(Place place, int part, Set<BlobKey> seen) throws IOException {
    String begins = "%02x".formatted(part);
    List<Orphan> known =
        transactions.read(h ->
            h.createQuery("SELECT store, object, size_bytes FROM orphans WHERE store = :store")
                .bind("store", place.column())
                .map((rs, ctx) -> orphan(rs.getString("store"), rs.getString("object"), 0))
                .list());
    for (Orphan orphan : known) {
      if (orphan.key().digest().hex().startsWith(begins) && !seen.contains(orphan.key())) {
        forget(orphan);
      }
    }
  }

  /** Deletes those that have waited long enough and still have no row; returns their bytes. */
  public long deleteDue() throws IOException {
    Instant now = clock.instant();
    if (held(now)) {
      return 0;
    }
    long freed = 0;
    while (true) {
      List<Orphan> due =
          transactions.read(h ->
              h.createQuery(
                      """
                      SELECT store, object, size_bytes FROM orphans WHERE seen_at <= :limit
                      ORDER BY store, object LIMIT :most
                      """)
                  .bind("limit", now.minus(SECOND_LOOK).toEpochMilli())
                  .bind("most", BATCH)
                  .map((rs, ctx) ->
                      orphan(
                          rs.getString("store"), rs.getString("object"), rs.getLong("size_bytes")))
                  .list());
      for (Orphan orphan : due) {
        if (!transactions.read(h -> orphan.place().recorded(h, orphan.key()))) {
          store(orphan.place()).delete(orphan.key());
          freed += orphan.sizeBytes();
          log.info(
              "stray {} deleted key={} bytes={}",
              orphan.place().column(),
              orphan.key(),
              orphan.sizeBytes());
        }
        forget(orphan);
      }
      if (due.size() < BATCH) {
        deletedBytes.addAndGet(freed);
        return freed;
      }
    }
  }

  /**
   * Has the stores remove what crashes left in no list and nobody has touched since {@code limit}.
   * After a restore nothing is removed, as with the rest.
   */
  void tidy(Instant limit) throws IOException {
    if (!held(clock.instant())) {
      for (Place place : Place.values()) {
        store(place).tidy(limit, generations -> recorded(place, generations));
      }
    }
  }

  /** Reads through an index for each batch: nobody asks by generation but a store that misses one. */
  private List<BlobKey> recorded(Place place, Collection<String> generations) throws IOException {
    List<BlobKey> known = new ArrayList<>();
    for (List<String> batch : batches(generations)) {
      known.addAll(
          transactions.read(h ->
              h.createQuery(place.ofGenerations)
                  .bindList("generations", batch)
                  .map((rs, ctx) -> BlobKey.parse(rs.getString("object")))
                  .list()));
    }
    return known;
  }

  private static List<List<String>> batches(Collection<String> all) {
    return all.stream().gather(Gatherers.windowFixed(BATCH)).toList();
  }

  private boolean held(Instant now) throws IOException {
    return now.isBefore(restoration.quarantineEnd()) || restoration.collectorOff().isPresent();
  }

  private void forget(Orphan orphan) throws IOException {
    transactions.free(h ->
        h.createUpdate("DELETE FROM orphans WHERE store = :store AND object = :object")
            .bind("store", orphan.place().column())
            .bind("object", orphan.key().toString())
            .execute());
  }

  private ContentStore store(Place place) {
    return switch (place) {
      case BLOBS -> blobs;
      case MANIFESTS -> manifests;
    };
  }

  private static Orphan orphan(String store, String object, long sizeBytes) {
    return new Orphan(
        Place.valueOf(store.toUpperCase(Locale.ROOT)), BlobKey.parse(object), sizeBytes);
  }
}
