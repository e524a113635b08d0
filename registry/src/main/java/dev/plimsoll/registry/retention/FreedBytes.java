package dev.plimsoll.registry.retention;

import dev.plimsoll.oci.Digest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How much space each manifest gives back that goes: a blob counts for the last one that needed it,
 * so that the sum is what the collector frees in the end. For one run and one thread.
 */
final class FreedBytes {
  private final Map<Digest, Integer> holders = new HashMap<>();

  /**
   * A blob that a manifest names.
   *
   * @param holders manifests that name it, in all repositories, the deleted ones left out
   */
  record HeldBlob(Digest digest, long sizeBytes, int holders) {}

  /** A manifest that names these would go; returns what nobody would need any more. */
  long wouldGo(List<HeldBlob> blobs) {
    long freed = 0;
    for (HeldBlob blob : blobs) {
      int left = holders.merge(blob.digest(), blob.holders() - 1, (before, _) -> before - 1);
      if (left == 0) {
        freed += blob.sizeBytes();
      }
    }
    return freed;
  }

  /** A manifest that names these has gone; returns what nobody needs by now. */
  long hasGone(List<HeldBlob> blobs) {
    long freed = 0;
    for (HeldBlob blob : blobs) {
      if (blob.holders() == 0 && holders.put(blob.digest(), 0) == null) {
        freed += blob.sizeBytes();
      }
    }
    return freed;
  }
}
