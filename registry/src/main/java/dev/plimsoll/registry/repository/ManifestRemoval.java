package dev.plimsoll.registry.repository;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Reference;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.repository.RegistryException.ManifestUnknown;
import dev.plimsoll.registry.repository.RegistryException.StillReferenced;
import dev.plimsoll.registry.repository.RegistryException.TagImmutable;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Moves manifests and tags into the trash. Safe for many threads. */
final class ManifestRemoval {
  private static final Logger log = LoggerFactory.getLogger(ManifestRemoval.class);
  private static final String ASKED_FOR = "asked for";

  private final Transactions transactions;
  private final BlobRows blobs;
  private final RepositoryRows repositories = new RepositoryRows();
  private final ManifestRows manifests = new ManifestRows();
  private final TrashRows trash = new TrashRows();
  private final TagRows tags;
  private final ReadCache cache;
  private final Supplier<? extends Rules> rules;
  private final InstantSource clock;

  ManifestRemoval(
      Transactions transactions,
      BlobRows blobs,
      TagRows tags,
      ReadCache cache,
      Supplier<? extends Rules> rules,
      InstantSource clock) {
    this.transactions = transactions;
    this.blobs = blobs;
    this.tags = tags;
    this.cache = cache;
    this.rules = rules;
    this.clock = clock;
  }

  /** What becomes of tags that the rules keep from clients. */
  private enum Kept {
    STAY,
    GO
  }

  long delete(RepositoryName repository, Digest digest, String actor, String reason)
      throws IOException {
    return delete(repository, digest, actor, reason, Kept.GO);
  }

  long delete(RepositoryName repository, Tag tag, String actor, String reason) throws IOException {
    return delete(repository, tag, actor, reason, Kept.GO);
  }

  long deleteAskedFor(RepositoryName repository, Reference reference, String actor)
      throws IOException {
    return switch (reference) {
      case Digest digest -> delete(repository, digest, actor, ASKED_FOR, Kept.STAY);
      case Tag tag -> delete(repository, tag, actor, ASKED_FOR, Kept.STAY);
    };
  }

  private long delete(
      RepositoryName repository, Digest digest, String actor, String reason, Kept kept)
      throws IOException {
    List<Digest> gone = new ArrayList<>();
    List<Tag> untagged = new ArrayList<>();
    try {
      long id =
          transactions.free(h -> {
            gone.clear();
            untagged.clear();
            gone.add(digest);
            Instant now = clock.instant();
            long place = repository(h, repository, digest);
            ManifestRows.Found found =
                manifests
                    .find(h, place, digest)
                    .orElseThrow(() -> new ManifestUnknown(repository, digest));
            if (!found.live()) {
              return deletedOnItsOwn(h, place, repository, found, new Actor(actor, reason, now));
            }
            for (Digest by : blobs.liveReferrersTo(h, place, digest, 1)) {
              throw new StillReferenced(repository, digest, by);
            }
            long deletion =
                trash.insert(h, place, digest.toString(), new Actor(actor, reason, now));
            manifests.trash(h, found.id(), deletion);
            for (Tag tag : tags.pointingAt(h, place, digest)) {
              refuseIfKept(repository, tag, digest, kept);
              untagged.add(tag);
              tags.remove(h, place, tag, digest, now, actor);
              trash.keepTag(h, deletion, tag, digest);
            }
            trashDependents(h, place, deletion, gone);
            for (Digest each : gone) {
              Changes.tell(new Change.ManifestDeleted(place, each, deletion, actor, reason));
            }
            return deletion;
          });
      log.info(
          "manifest deleted repository={} digest={} tags={} manifests={} by={} deletion={}",
          repository,
          digest,
          untagged,
          gone.size(),
          actor,
          id);
      return id;
    } finally {
      gone.forEach(d -> cache.manifestChanged(repository, d));
      untagged.forEach(tag -> cache.tagChanged(repository, tag));
    }
  }

  private void refuseIfKept(RepositoryName repository, Tag tag, Digest present, Kept kept) {
    if (kept == Kept.STAY && rules.get().immutable(repository, tag)) {
      throw new TagImmutable(repository, tag, present);
    }
  }

  private long delete(RepositoryName repository, Tag tag, String actor, String reason, Kept kept)
      throws IOException {
    try {
      long id =
          transactions.free(h -> {
            Instant now = clock.instant();
            long place = repository(h, repository, tag);
            Digest digest =
                tags.find(h, place, tag).orElseThrow(() -> new ManifestUnknown(repository, tag));
            refuseIfKept(repository, tag, digest, kept);
            long deletion = trash.insert(h, place, tag.value(), new Actor(actor, reason, now));
            tags.remove(h, place, tag, digest, now, actor);
            trash.keepTag(h, deletion, tag, digest);
            return deletion;
          });
      log.info("tag deleted repository={} tag={} by={} deletion={}", repository, tag, actor, id);
      return id;
    } finally {
      cache.tagChanged(repository, tag);
    }
  }

  /** The chain of manifests about manifests may be as long as a client likes: no recursion. */
  private void trashDependents(Handle h, long repositoryId, long deletion, List<Digest> gone) {
    for (int next = 0; next < gone.size(); next++) {
      for (ManifestRows.Found dependent : manifests.dependents(h, repositoryId, gone.get(next))) {
        manifests.trash(h, dependent.id(), deletion);
        gone.add(dependent.digest());
      }
    }
  }

  /**
   * A client deletes what went away with its subject a moment ago. To the client it worked; from now
   * on it is a deletion of its own, and does not come back when the subject does.
   */
  private long deletedOnItsOwn(
      Handle h, long repositoryId, RepositoryName repository, ManifestRows.Found found, Actor by) {
    long deletion = found.deletionId().orElseThrow();
    if (trash.reference(h, deletion).equals(found.digest().toString())) {
      throw new ManifestUnknown(repository, found.digest());
    }
    long own = trash.insert(h, repositoryId, found.digest().toString(), by);
    manifests.trash(h, found.id(), own);
    Changes.tell(
        new Change.ManifestDeleted(repositoryId, found.digest(), own, by.name(), by.reason()));
    return own;
  }

  private long repository(Handle h, RepositoryName repository, Reference wanted) {
    return repositories
        .find(h, repository)
        .orElseThrow(() -> new ManifestUnknown(repository, wanted));
  }
}
