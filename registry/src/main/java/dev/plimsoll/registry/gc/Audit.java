package dev.plimsoll.registry.gc;

import dev.plimsoll.content.BlobKey;
import dev.plimsoll.content.ContentException;
import dev.plimsoll.content.ContentStore;
import dev.plimsoll.content.StagedIngest;
import dev.plimsoll.content.Stored;
import dev.plimsoll.registry.repository.Transactions;
import dev.plimsoll.registry.repository.Uploads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds bytes that no row knows: what a crash left between writing and recording. It goes by the
 * database and never by the age of a file, and it deletes only what it has seen without a row twice,
 * an hour apart: bytes get their row within moments, or never. For one thread.
 */
public final class Audit {
  private static final Logger log = LoggerFactory.getLogger(Audit.class);
  private static final Duration SECOND_LOOK = Duration.ofHours(1);

  private final Transactions transactions;
  private final ContentStore content;
  private final ContentStore manifests;
  private final Uploads uploads;
  private final InstantSource clock;
  private final GarbageRows garbage = new GarbageRows();
  private final Map<BlobKey, Instant> suspects = new HashMap<>();

  public Audit(
      Transactions transactions,
      ContentStore content,
      ContentStore manifests,
      Uploads uploads,
      InstantSource clock) {
    this.transactions = transactions;
    this.content = content;
    this.manifests = manifests;
    this.uploads = uploads;
    this.clock = clock;
  }

  /** Whether something was seen that wants a second look. */
  public boolean hasSuspects() {
    return !suspects.isEmpty();
  }

  /** Deletes staged bytes that belong to no upload, and manifests' that a crash left half done. */
  public int discardStrayStaging() throws IOException {
    return discardStray(content) + discardStray(manifests);
  }

  private int discardStray(ContentStore store) throws IOException {
    int discarded = 0;
    for (StagedIngest staged : store.staged()) {
      if (staged.use() == StagedIngest.Use.WAITING && !uploads.inProgress(staged.id())) {
        try {
          store.discard(staged.id());
          discarded++;
        } catch (ContentException.IngestInUse e) {
          // Somebody has taken it up just now.
        }
      }
    }
    if (discarded > 0) {
      log.info("stray staging discarded files={}", discarded);
    }
    return discarded;
  }

  /**
   * Looks through the whole store once.
   *
   * @return how many bytes without a row it deleted
   */
  public long deleteStrayBlobs() throws IOException {
    Instant now = clock.instant();
    Map<BlobKey, Instant> seen = new HashMap<>();
    long freedBytes = 0;
    try (Stream<Stored> all = content.list()) {
      for (Iterator<Stored> each = all.iterator(); each.hasNext(); ) {
        if (each.next() instanceof Stored.StoredBlob(BlobKey key, long sizeBytes)
            && !transactions.read(h -> garbage.recorded(h, key))) {
          Instant first = suspects.getOrDefault(key, now);
          if (first.plus(SECOND_LOOK).isAfter(now)) {
            seen.put(key, first);
          } else {
            content.delete(key);
            freedBytes += sizeBytes;
            log.info("stray blob deleted key={} bytes={}", key, sizeBytes);
          }
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    suspects.clear();
    suspects.putAll(seen);
    return freedBytes;
  }
}
