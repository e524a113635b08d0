package dev.plimsoll.registry.repository;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Reference;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.repository.ManifestRows.Found;
import dev.plimsoll.registry.repository.Removal.OfImage;
import dev.plimsoll.registry.repository.Removal.OfTag;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The look before the deletion: whether all is as it was when it was decided. */
public final class RemovalCheck {

  /** Knows the pulls that are not in the database yet. */
  public interface LatePulls {
    boolean since(RepositoryName repository, Reference reference, Instant seenAt);
  }

  private final BlobRows blobs;
  private final TagRows tags;
  private final LatePulls latePulls;
  private final ManifestRows manifests = new ManifestRows();
  private final HoldRows holds = new HoldRows();

  RemovalCheck(BlobRows blobs, TagRows tags, LatePulls latePulls) {
    this.blobs = blobs;
    this.tags = tags;
    this.latePulls = latePulls;
  }

  /**
   * An image, looked at as a whole.
   *
   * @param going the manifest and those that go along
   * @param change why none of it may go
   */
  record Whole(Map<Digest, Found> going, Optional<String> change) {}

  Optional<String> changeOf(Handle h, long repositoryId, OfTag wanted, Instant seenAt) {
    return changeOfTag(
            h, repositoryId, wanted, wanted.tag(), wanted.digest(), wanted.movedAt(), seenAt)
        .or(() -> changeOf(h, repositoryId, wanted.repository(), wanted.digest(), seenAt));
  }

  private Optional<String> changeOfTag(
      Handle h,
      long repositoryId,
      Removal wanted,
      Tag tag,
      Digest digest,
      Instant movedAt,
      Instant seenAt) {
    if (!tags.movedAt(h, repositoryId, tag, digest).equals(Optional.of(movedAt))) {
      return Optional.of("tag %s was moved".formatted(tag));
    }
    if (pulled(h, repositoryId, wanted.repository(), tag, seenAt)) {
      return Optional.of("tag %s was pulled".formatted(tag));
    }
    return holds.pinned(h, repositoryId, tag.value()).map(Hold::text);
  }

  /** Pulled or held since; for the manifest itself and what the trash names, not for what it names. */
  private Optional<String> changeOf(
      Handle h, long repositoryId, RepositoryName repository, Digest digest, Instant seenAt) {
    if (pulled(h, repositoryId, repository, digest, seenAt)) {
      return Optional.of("%s was pulled".formatted(digest));
    }
    if (manifests.restoredSince(h, repositoryId, digest, seenAt)) {
      return Optional.of("%s was restored".formatted(digest));
    }
    return holds
        .direct(h, repositoryId, digest)
        .or(() -> holds.fromTrash(h, repositoryId, digest))
        .map(Hold::text);
  }

  Whole whole(Handle h, long repositoryId, OfImage wanted, Instant seenAt) {
    Map<Digest, Found> going = new LinkedHashMap<>();
    return new Whole(going, change(h, repositoryId, wanted, seenAt, going));
  }

  private Optional<String> change(
      Handle h, long repositoryId, OfImage wanted, Instant seenAt, Map<Digest, Found> going) {
    Digest root = wanted.digest();
    Optional<Found> found = manifests.find(h, repositoryId, root).filter(Found::live);
    if (found.isEmpty()) {
      return Optional.of("it was deleted");
    }
    for (Digest index : blobs.liveReferrersTo(h, repositoryId, root, 1)) {
      return Optional.of("%s names it".formatted(index));
    }
    List<Tag> pointing = tags.pointingAt(h, repositoryId, root);
    if (pointing.size() != wanted.tags().size()) {
      return Optional.of("it was tagged anew");
    }
    for (Map.Entry<Tag, Instant> tag : wanted.tags().entrySet()) {
      Optional<String> change =
          changeOfTag(h, repositoryId, wanted, tag.getKey(), root, tag.getValue(), seenAt);
      if (change.isPresent()) {
        return change;
      }
    }
    going.put(root, found.get());
    return gather(h, repositoryId, wanted, seenAt, going);
  }

  /**
   * Finds what goes along: children that no index is left to name, and referrers. A child may have to
   * be looked at again when the next index that names it is found to go.
   */
  private Optional<String> gather(
      Handle h, long repositoryId, OfImage wanted, Instant seenAt, Map<Digest, Found> going) {
    Deque<Digest> waiting = new ArrayDeque<>(going.keySet());
    while (!waiting.isEmpty()) {
      Digest next = waiting.remove();
      Instant pushedAt =
          next.equals(wanted.digest()) ? wanted.pushedAt() : wanted.followers().get(next);
      if (!manifests.pushedAt(h, repositoryId, next).equals(Optional.ofNullable(pushedAt))) {
        return Optional.of("%s was pushed".formatted(next));
      }
      Optional<String> change = changeOf(h, repositoryId, wanted.repository(), next, seenAt);
      if (change.isPresent()) {
        return change;
      }
      for (Found child : manifests.liveChildren(h, repositoryId, next)) {
        Optional<String> late =
            changeOf(h, repositoryId, wanted.repository(), child.digest(), seenAt);
        if (late.isPresent()) {
          return late; // a use of the child is a use of the index
        }
        if (goesAlong(h, repositoryId, child, wanted, going)
            && going.putIfAbsent(child.digest(), child) == null) {
          waiting.add(child.digest());
        }
      }
      for (Found referrer : manifests.untaggedReferrers(h, repositoryId, next)) {
        if (!going.containsKey(referrer.digest())
            && onlyNamedBy(h, repositoryId, referrer.digest(), going)) {
          going.put(referrer.digest(), referrer);
          waiting.add(referrer.digest());
        }
      }
    }
    return Optional.empty();
  }

  private boolean goesAlong(
      Handle h, long repositoryId, Found child, OfImage wanted, Map<Digest, Found> going) {
    return wanted.followers().containsKey(child.digest())
        && tags.pointingAt(h, repositoryId, child.digest()).isEmpty()
        && onlyNamedBy(h, repositoryId, child.digest(), going);
  }

  private boolean onlyNamedBy(
      Handle h, long repositoryId, Digest digest, Map<Digest, Found> going) {
    // One more than are going: if all found are going, there is no other.
    return going
        .keySet()
        .containsAll(blobs.liveReferrersTo(h, repositoryId, digest, going.size() + 1));
  }

  private boolean pulled(
      Handle h, long repositoryId, RepositoryName repository, Reference reference, Instant seenAt) {
    return latePulls.since(repository, reference, seenAt)
        || h.createQuery(
                """
                SELECT 1 FROM pulls WHERE repository_id = :repository
                  AND reference = :reference AND pulled_at >= :seen
                """)
            .bind("repository", repositoryId)
            .bind("reference", reference.toString())
            .bind("seen", seenAt.toEpochMilli())
            .mapTo(Integer.class)
            .findOne()
            .isPresent();
  }
}
