package dev.plimsoll.registry.retention;

import dev.plimsoll.oci.Tag;
import java.util.List;

/**
 * What a run did, or what a dry run found.
 *
 * @param repositories that some rule is about
 * @param changed what was to go and stays, because something happened to it meanwhile
 * @param freedBytes of the blobs that nothing needs any more; the collector deletes them when the
 *     trash lets go of them
 * @param warnings patterns that match nothing, and what else is worth a look
 */
public record RetentionReport(
    boolean dryRun,
    int repositories,
    int tagsKept,
    int tagsDeleted,
    int manifestsKept,
    int manifestsDeleted,
    int changed,
    long freedBytes,
    List<String> warnings) {

  /** Whether it deletes a larger share of the tags, or of the manifests, and more than a few. */
  boolean deletesMoreThan(int percent, int few) {
    return isMore(tagsDeleted, tagsKept, percent, few)
        || isMore(manifestsDeleted, manifestsKept, percent, few);
  }

  private static boolean isMore(int deleted, int kept, int percent, int few) {
    return deleted > few && 100L * deleted > (long) percent * (deleted + kept);
  }

  /** Counts while a run goes on; for one thread. */
  static final class Tally {
    int repositories;
    private int tagsKept;
    private int tagsDeleted;
    private int manifestsKept;
    private int manifestsDeleted;
    private int changed;
    private long freedBytes;

    void count(Decision decision) {
      boolean tag = decision.object() instanceof Tag;
      if (decision.deletes()) {
        freedBytes += decision.freedBytes();
        if (tag) {
          tagsDeleted++;
        } else {
          manifestsDeleted++;
        }
      } else {
        if (decision.reason() instanceof Decision.Reason.Changed) {
          changed++;
        }
        if (tag) {
          tagsKept++;
        } else {
          manifestsKept++;
        }
      }
    }

    RetentionReport report(boolean dryRun, List<String> warnings) {
      return new RetentionReport(
          dryRun,
          repositories,
          tagsKept,
          tagsDeleted,
          manifestsKept,
          manifestsDeleted,
          changed,
          freedBytes,
          warnings);
    }
  }
}
