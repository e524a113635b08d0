package dev.plimsoll.registry.repository;

import dev.plimsoll.oci.Digest;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * Takes manifests out of the trash, whole, and notes that somebody wants them; for one transaction.
 */
final class Revival {
  private final BlobRows blobs;
  private final Instant now;
  private final ManifestRows manifests = new ManifestRows();
  private final Set<Digest> back = new HashSet<>();

  Revival(BlobRows blobs, Instant now) {
    this.blobs = blobs;
    this.now = now;
  }

  /**
   * Brings a manifest back, and with it the children that were deleted by whatever request: an index
   * would be broken without them. One that is live stays as it is.
   */
  void bringBack(Handle h, long repositoryId, ManifestRows.Found found) {
    Queue<ManifestRows.Found> wanted = new ArrayDeque<>(List.of(found));
    while (!wanted.isEmpty()) { // indexes of indexes, as deep as a client likes
      ManifestRows.Found next = wanted.remove();
      if (!next.live() && back.add(next.digest())) {
        untrash(h, repositoryId, next);
        for (Digest child : manifests.references(h, next.id())) {
          manifests.find(h, repositoryId, child).ifPresent(wanted::add);
        }
      }
    }
  }

  private void untrash(Handle h, long repositoryId, ManifestRows.Found found) {
    manifests.untrash(h, found.id());
    manifests.restored(h, found.id(), now);
    blobs.showAllOf(h, found.id());
    Changes.tell(new Change.ManifestRestored(repositoryId, found.digest()));
  }

  /** The same for what a tag is to point at again: it is wanted also if it never went away. */
  void bringBackForTag(Handle h, long repositoryId, ManifestRows.Found found) {
    bringBack(h, repositoryId, found);
    manifests.restored(h, found.id(), now);
  }

  /** The same, with the manifests about it that went away with it, such as signatures. */
  void bringBackWithReferrers(Handle h, long repositoryId, ManifestRows.Found found) {
    Queue<ManifestRows.Found> wanted = new ArrayDeque<>(List.of(found));
    while (!wanted.isEmpty()) {
      ManifestRows.Found next = wanted.remove();
      bringBack(h, repositoryId, next);
      next.deletionId()
          .ifPresent(deletion ->
              wanted.addAll(manifests.aboutIn(h, repositoryId, next.digest(), deletion)));
    }
  }

  /** What came back, in the order of its digests. */
  List<Digest> back() {
    return back.stream().sorted().toList();
  }
}
