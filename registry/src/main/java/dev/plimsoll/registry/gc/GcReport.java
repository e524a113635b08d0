package dev.plimsoll.registry.gc;

import dev.plimsoll.oci.Digest;
import java.time.Instant;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * What one run did, or what a dry run found.
 *
 * @param purged deletions that were made final
 * @param unlinked links between a repository and a blob that were taken away
 * @param condemned blobs that lost their last link
 * @param deletedBlobs blobs whose bytes are gone
 * @param deleted their digests, in order; the first {@value #NAMED_MAX} of them
 * @param freedBytes their sizes, added up
 * @param failed blobs whose bytes could not be deleted, and that the next run tries again
 */
public record GcReport(
    int purged,
    int unlinked,
    int condemned,
    int deletedBlobs,
    List<Digest> deleted,
    long freedBytes,
    int failed) {
  private static final int NAMED_MAX = 10_000;

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
    private int deletedBlobs;
    private final NavigableSet<Digest> named = new TreeSet<>();

    void deleted(GarbageRows.Doomed blob) {
      deletedBlobs++;
      freedBytes += blob.sizeBytes();
      named.add(blob.key().digest());
      if (named.size() > NAMED_MAX) {
        named.pollLast();
      }
    }

    /**
     * A moment of it.
     *
     * @param uncounted blobs whose bytes are gone, and whose rows go with the next batch
     */
    GcStatus.Progress progress(Instant began, Collector.Phase phase, int left, int uncounted) {
      return new GcStatus.Progress(
          began, phase, purged, unlinked, deletedBlobs + uncounted, freedBytes, left);
    }

    GcReport report() {
      return new GcReport(
          purged, unlinked, condemned, deletedBlobs, List.copyOf(named), freedBytes, failed);
    }
  }
}
