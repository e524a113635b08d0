package dev.plimsoll.registry.repository;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.repository.RegistryException.DeletionUnknown;
import dev.plimsoll.registry.repository.RegistryException.Held;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * What was deleted and can still be had back. A deletion is restored or purged as a whole, in one
 * transaction. Safe for many threads.
 */
public final class Trash {
  /** Puts a held deletion behind the others of this run; the next run looks at it again. */
  private static final Duration ONE_TICK = Duration.ofMillis(1);

  private final Transactions transactions;
  private final BlobRows blobs;
  private final RepositoryRows repositories = new RepositoryRows();
  private final ManifestRows manifests = new ManifestRows();
  private final TrashRows trash = new TrashRows();
  private final HoldRows holds = new HoldRows();
  private final TagRows tags;
  private final ReadCache cache;
  private final Lease lease;
  private final InstantSource clock;

  public Trash(
      Transactions transactions,
      BlobRows blobs,
      ReadCache cache,
      Lease lease,
      int tagMovesKept,
      InstantSource clock) {
    this.transactions = transactions;
    this.blobs = blobs;
    this.cache = cache;
    this.lease = lease;
    this.tags = new TagRows(tagMovesKept);
    this.clock = clock;
  }

  /**
   * What came back.
   *
   * @param tags that point again where they pointed
   * @param tagsKept that were given anew since the deletion, and stay as they are
   */
  public record Restored(
      RepositoryName repository, List<Digest> manifests, List<Tag> tags, List<Tag> tagsKept) {}

  /** The newest deletions first. */
  public List<Deletion> list(Optional<RepositoryName> repository, long beforeId, int most)
      throws IOException {
    return transactions.read(h -> trash.page(h, repository, beforeId, most));
  }

  /** The newest deletion of a tag or digest that can be restored. */
  public long find(RepositoryName repository, String reference) throws IOException {
    return transactions
        .read(h -> {
          OptionalLong id = repositories.find(h, repository);
          return id.isEmpty() ? Optional.<Long>empty() : trash.newest(h, id.getAsLong(), reference);
        })
        .orElseThrow(() -> new DeletionUnknown(repository + ":" + reference));
  }

  /**
   * Brings back everything that a deletion took: manifests, those about them, tags. Children of an
   * index that were deleted by a request of their own come back with it, for it would be broken
   * without them. It needs no space beyond rows, for nothing was taken away yet.
   */
  public Restored restore(long deletion, String actor) throws IOException {
    Restored restored = transactions.free(h -> restore(h, deletion, actor));
    forgetCached(restored);
    return restored;
  }

  /** What that would bring back; nothing is changed. */
  public Restored rehearse(long deletion, String actor) throws IOException {
    return Rehearsal.of(transactions, h -> restore(h, deletion, actor));
  }

  private Restored restore(Handle h, long deletion, String actor) {
    Instant now = clock.instant();
    TrashRows.Place place = place(h, deletion);
    Revival back = new Revival(blobs, now);
    for (ManifestRows.Found found : manifests.inDeletion(h, deletion)) {
      back.bringBack(h, place.repositoryId(), found);
    }
    List<Tag> pointed = new ArrayList<>();
    List<Tag> kept = new ArrayList<>();
    for (Map.Entry<Tag, Digest> tag : trash.tags(h, deletion).entrySet()) {
      if (pointAgain(h, place.repositoryId(), tag, back, now, actor)) {
        pointed.add(tag.getKey());
      } else {
        kept.add(tag.getKey());
      }
    }
    trash.delete(h, deletion);
    return new Restored(place.repository(), back.back(), pointed, kept);
  }

  /**
   * Makes a deletion final. What it alone held can be collected when its lease is over.
   *
   * @throws Held if something in it is pinned or deployed
   */
  public Purged purge(long deletion) throws IOException {
    Purged purged = transactions.free(h -> purgeUnlessHeld(h, deletion));
    cache.purged(purged);
    return purged;
  }

  /** What that would make final, or its refusal; nothing is changed. */
  public Purged rehearsePurge(long deletion) throws IOException {
    return Rehearsal.of(transactions, h -> purgeUnlessHeld(h, deletion));
  }

  private Purged purgeUnlessHeld(Handle h, long deletion) {
    TrashRows.Place place = place(h, deletion);
    holds
        .onDeletion(h, place.repositoryId(), deletion)
        .ifPresent(hold -> {
          throw new Held("deletion " + deletion, hold);
        });
    return purge(h, deletion, lease.from(clock.instant()));
  }

  /** Makes final what was deleted at {@code limit} or before, at most so many deletions at once. */
  public Batch purgeDeletedBefore(Instant limit, int most) throws IOException {
    Batch batch = transactions.free(h -> purgeDue(h, limit, most));
    batch.purged().forEach(cache::purged);
    return batch;
  }

  /**
   * A deletion that took something pinned or deployed is put off: it stays in the trash until nothing
   * holds it.
   */
  private Batch purgeDue(Handle h, Instant limit, int most) {
    Instant until = lease.from(clock.instant());
    List<Long> due = trash.deletedBefore(h, limit, most);
    boolean anyHolds = !due.isEmpty() && holds.any(h);
    List<Purged> purged = new ArrayList<>();
    for (long deletion : due) {
      if (anyHolds && isHeld(h, deletion)) {
        trash.putOff(h, deletion, limit.plus(ONE_TICK));
      } else {
        purged.add(purge(h, deletion, until));
      }
    }
    return new Batch(purged, due.size());
  }

  private boolean isHeld(Handle h, long deletion) {
    return holds.onDeletion(h, place(h, deletion).repositoryId(), deletion).isPresent();
  }

  /** What a purge of all that is due would do; changes nothing. */
  public Due due(Handle h, Instant limit) {
    List<Long> due = trash.deletedBefore(h, limit, Integer.MAX_VALUE);
    List<Long> held =
        holds.any(h) ? due.stream().filter(deletion -> isHeld(h, deletion)).toList() : List.of();
    return new Due(limit, due.size() - held.size(), held, lease.from(clock.instant()));
  }

  /**
   * Deletions that are due.
   *
   * @param limit they were made then or before
   * @param deletions how many would become final
   * @param held those that would stay, because something in them is pinned or deployed
   * @param leasedUntil what the others alone hold could be collected then
   */
  public record Due(Instant limit, int deletions, List<Long> held, Instant leasedUntil) {
    public Due {
      held = List.copyOf(held);
    }
  }

  /**
   * Some deletions that were due.
   *
   * @param seen how many were looked at
   */
  public record Batch(List<Purged> purged, int seen) {}

  /**
   * A deletion that is final.
   *
   * @param tags that it had taken
   * @param released blobs that lost a manifest that named them
   */
  public record Purged(
      RepositoryName repository, List<Digest> manifests, List<Tag> tags, Set<Digest> released) {}

  private Purged purge(Handle h, long deletion, Instant leasedUntil) {
    TrashRows.Place place = place(h, deletion);
    Set<Digest> released = new HashSet<>();
    trash.forgetPulls(h, place.repositoryId(), deletion);
    List<ManifestRows.Found> gone = manifests.inDeletion(h, deletion);
    for (ManifestRows.Found found : gone) {
      released.addAll(manifests.references(h, found.id()));
      manifests.delete(h, found.id());
    }
    List<Digest> digests = gone.stream().map(ManifestRows.Found::digest).toList();
    if (Changes.heard()) {
      Changes.tell(
          new Change.DeletionPurged(
              place.repositoryId(), deletion, trash.reference(h, deletion), digests));
    }
    for (Digest digest : released) {
      blobs.release(h, place.repositoryId(), digest, leasedUntil);
    }
    List<Tag> tagged = trash.tags(h, deletion).keySet().stream().sorted().toList();
    trash.delete(h, deletion);
    return new Purged(place.repository(), digests, tagged, released);
  }

  private boolean pointAgain(
      Handle h,
      long repositoryId,
      Map.Entry<Tag, Digest> tag,
      Revival back,
      Instant now,
      String actor) {
    Optional<ManifestRows.Found> target = manifests.find(h, repositoryId, tag.getValue());
    if (target.isEmpty() || tags.find(h, repositoryId, tag.getKey()).isPresent()) {
      return false;
    }
    back.bringBackForTag(h, repositoryId, target.get());
    tags.point(h, repositoryId, tag.getKey(), tag.getValue(), now, actor);
    return true;
  }

  private TrashRows.Place place(Handle h, long deletion) {
    return trash.place(h, deletion).orElseThrow(() -> new DeletionUnknown("deletion " + deletion));
  }

  private void forgetCached(Restored restored) {
    restored.manifests().forEach(d -> cache.manifestChanged(restored.repository(), d));
    restored.tags().forEach(tag -> cache.tagChanged(restored.repository(), tag));
  }
}
