package dev.plimsoll.registry.gc;

import dev.plimsoll.oci.Digest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What one run did, or what a dry run found.
 *
 * @param purged deletions that were made final
 * @param unlinked links between a repository and a blob that were taken away
 * @param condemned blobs that lost their last link
 * @param deleted blobs whose bytes are gone
 * @param freedBytes their sizes, added up
 * @param failed blobs whose bytes could not be deleted, and that the next run tries again
 */
public record GcReport(
    int purged, int unlinked, int condemned, List<Digest> deleted, long freedBytes, int failed) {

  public GcReport {
    deleted = List.copyOf(deleted);
  }

  /** Counts while a run goes on; for one thread. */
  static final class Tally {
    int purged;
    int unlinked;
    int condemned;
    long freedBytes;
    int failed;
    private final List<Digest> deleted = new ArrayList<>();

    void deleted(GarbageRows.Doomed blob) {
      deleted.add(blob.key().digest());
      freedBytes += blob.sizeBytes();
    }

    /** A moment of it. */
    GcStatus.Progress progress(Instant began, Collector.Phase phase, int left) {
      return new GcStatus.Progress(
          began, phase, purged, unlinked, deleted.size(), freedBytes, left);
    }

    GcReport report() {
      return new GcReport(purged, unlinked, condemned, deleted, freedBytes, failed);
    }
  }
}
