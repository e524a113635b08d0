package dev.plimsoll.registry.repository;

import dev.plimsoll.content.BlobKey;
import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageManifest;
import dev.plimsoll.oci.Index;
import dev.plimsoll.oci.Manifest;
import dev.plimsoll.oci.MediaTypes;
import dev.plimsoll.oci.Reference;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.repository.RegistryException.DigestMismatch;
import dev.plimsoll.registry.repository.RegistryException.ManifestBlobsUnknown;
import dev.plimsoll.registry.repository.RegistryException.ManifestInvalid;
import dev.plimsoll.registry.repository.RegistryException.ManifestUnknown;
import dev.plimsoll.registry.repository.RegistryException.StillReferenced;
import dev.plimsoll.registry.repository.RegistryException.TagImmutable;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores, finds and deletes manifests. Safe for many threads. */
public final class Manifests {
  private static final Logger log = LoggerFactory.getLogger(Manifests.class);
  private static final long NO_REPOSITORY = -1;
  private static final String ASKED_FOR = "asked for";

  private final Transactions transactions;
  private final BlobRows blobs;
  private final RepositoryRows repositories = new RepositoryRows();
  private final ManifestRows manifests = new ManifestRows();
  private final TrashRows trash = new TrashRows();
  private final ManifestObjectRows objectRows = new ManifestObjectRows();
  private final ManifestObjects objects;
  private final TagRows tags;
  private final ReadCache cache;
  private final Supplier<? extends Rules> rules;
  private final InstantSource clock;

  /** For a registry without rules. */
  public Manifests(
      Transactions transactions,
      ManifestObjects objects,
      BlobRows blobs,
      ReadCache cache,
      int tagMovesKept,
      InstantSource clock) {
    this(transactions, objects, blobs, cache, tagMovesKept, () -> Rules.NONE, clock);
  }

  /** Takes what {@code rules} allow at the time of each push. */
  public Manifests(
      Transactions transactions,
      ManifestObjects objects,
      BlobRows blobs,
      ReadCache cache,
      int tagMovesKept,
      Supplier<? extends Rules> rules,
      InstantSource clock) {
    this.rules = rules;
    this.transactions = transactions;
    this.objects = objects;
    this.blobs = blobs;
    this.tags = new TagRows(tagMovesKept);
    this.cache = cache;
    this.clock = clock;
  }

  /**
   * What was stored.
   *
   * @param absent manifests that an index names and the repository does not have: it was stored as a
   *     sparse copy
   */
  public record Put(Digest digest, Optional<Digest> subject, List<Digest> absent) {}

  /**
   * A manifest as a client sent it.
   *
   * @param target the tag to point at it, or the digest it must have
   * @param alsoTagged further tags that point at it from now on
   * @param contentType what the client says it is, without parameters
   */
  public record Pushed(
      Reference target, Set<Tag> alsoTagged, String contentType, byte[] bytes, String actor) {

    Digest digest() {
      return switch (target) {
        case Tag _ -> Digest.sha256(bytes);
        case Digest promised -> {
          Digest received = Digest.of(promised.algorithm(), bytes);
          if (!received.equals(promised)) {
            throw new DigestMismatch(promised, received);
          }
          yield promised;
        }
      };
    }

    Set<Tag> tags() {
      Set<Tag> all = new LinkedHashSet<>(alsoTagged);
      if (target instanceof Tag tag) {
        all.add(tag);
      }
      return all;
    }
  }

  /**
   * Stores a manifest and points its tags at it, all or nothing. Every blob that it names must be in
   * the repository; the check and the row are one transaction with the leases' end, so the collector
   * comes before (the push is refused) or after (the blob is held).
   *
   * @throws ManifestBlobsUnknown if a blob is not there; the client may push it and try again
   */
  public Put put(RepositoryName repository, Pushed pushed) throws IOException {
    return put(
        repository,
        pushed,
        required(parsed(pushed)),
        (place, manifest, parsed) ->
            new Change.ManifestPushed(
                place,
                manifest.digest(),
                manifest.mediaType(),
                manifest.bytes().length,
                pushed.tags(),
                parsed.subject().map(Descriptor::digest),
                pushed.actor()));
  }

  /**
   * The same for a manifest that another registry has and this one shows: its blobs come when
   * somebody asks for them.
   */
  public Put putSparse(RepositoryName repository, Pushed pushed) throws IOException {
    return put(
        repository,
        pushed,
        Set.of(),
        (place, manifest, _) ->
            new Change.ManifestMirrored(
                place,
                manifest.digest(),
                manifest.mediaType(),
                manifest.bytes().length,
                pushed.tags()));
  }

  /** How others are told of a manifest that was stored. */
  private interface Telling {
    Change of(long repositoryId, StoredManifest manifest, Manifest parsed);
  }

  private Put put(RepositoryName repository, Pushed pushed, Set<Digest> required, Telling telling)
      throws IOException {
    Manifest parsed = parsed(pushed);
    StoredManifest manifest =
        new StoredManifest(pushed.digest(), parsed.mediaType(), pushed.bytes());
    Set<Digest> named = new LinkedHashSet<>();
    parsed.references().forEach(descriptor -> named.add(descriptor.digest()));
    try {
      List<Digest> absent =
          withObject(
              repository,
              pushed,
              manifest,
              named,
              required,
              (h, object) -> {
                Instant now = clock.instant();
                blobs.lock(h, named);
                long id = repositories.ensure(h, repository, now);
                refuseIfMissing(h, repository, id, required);
                refuseIfImmutable(h, repository, id, pushed.tags(), manifest.digest());
                Quotas.Turn turn = Quotas.begin(h, rules.get().quotasOf(repository));
                List<Digest> sparse = absent(h, id, parsed);
                boolean used = store(h, id, manifest, parsed, named, object, now);
                Changes.tell(telling.of(id, manifest, parsed));
                for (Digest digest : named) {
                  blobs.hold(h, id, digest);
                }
                for (Tag tag : pushed.tags()) {
                  tags.point(h, id, tag, manifest.digest(), now, pushed.actor());
                }
                turn.refuseIfExceeded();
                return new Stored(sparse, used);
              });
      log.info(
          "manifest stored repository={} digest={} tags={} type={} absent={}",
          repository,
          manifest.digest(),
          pushed.tags(),
          manifest.mediaType(),
          absent.size());
      return new Put(manifest.digest(), parsed.subject().map(Descriptor::digest), absent);
    } finally {
      cache.manifestChanged(repository, manifest.digest());
      pushed.tags().forEach(tag -> cache.tagChanged(repository, tag));
      cache.linksChanged(repository, named);
    }
  }

  /**
   * What the transaction of a push did.
   *
   * @param objectUsed whether a row names the object that was written for it
   */
  private record Stored(List<Digest> absent, boolean objectUsed) {}

  /** The row went between the look that found its object and the transaction. */
  private static final class ObjectGone extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ObjectGone() {
      super("the manifest's object is to go", null, false, false);
    }
  }

  private interface Storing {
    Stored run(Handle h, Optional<BlobKey> object);
  }

  /**
   * Writes the manifest's object, unless its row has one, and then stores the manifest. What is
   * refused anyway is refused before anything is written.
   */
  private List<Digest> withObject(
      RepositoryName repository,
      Pushed pushed,
      StoredManifest manifest,
      Set<Digest> named,
      Set<Digest> required,
      Storing storing)
      throws IOException {
    while (true) {
      Optional<ManifestObject> wanted =
          objects.look(h -> {
            OptionalLong id = repositories.find(h, repository);
            refuseIfMissing(h, repository, id.orElse(NO_REPOSITORY), required);
            return id.isPresent() && objectRows.find(h, id.getAsLong(), manifest).isPresent()
                ? Optional.empty()
                : Optional.of(
                    new ManifestObject(
                        repository,
                        manifest,
                        clock.instant(),
                        pushed.tags(),
                        objectRows.small(h, named)));
          });
      Optional<BlobKey> object =
          wanted.isPresent() ? Optional.of(objects.write(wanted.get())) : Optional.empty();
      try {
        Stored stored = transactions.write(h -> storing.run(h, object));
        if (object.isPresent() && !stored.objectUsed()) {
          objects.discard(object.get()); // somebody else was quicker
        }
        return stored.absent();
      } catch (ObjectGone e) {
        // Purged since it was looked at: the next look finds no object.
      } catch (RegistryException e) {
        if (object.isPresent()) {
          objects.discard(object.get());
        }
        throw e;
      }
    }
  }

  /** The manifest, from memory where it is known. */
  public StoredManifest get(RepositoryName repository, Reference reference) throws IOException {
    StoredManifest found =
        switch (reference) {
          case Digest digest -> byDigest(repository, digest);
          case Tag tag -> byTag(repository, tag);
        };
    if (found == null) {
      throw new ManifestUnknown(repository, reference);
    }
    return found;
  }

  /** Whether a repository has a manifest, live or in the trash. */
  public boolean knows(RepositoryName repository, Digest digest) throws IOException {
    return transactions.read(h -> {
      OptionalLong id = repositories.find(h, repository);
      return id.isPresent() && manifests.find(h, id.getAsLong(), digest).isPresent();
    });
  }

  /**
   * Moves a manifest into the trash, with its tags and with what was only there because of it: the
   * untagged manifests about it, such as signatures. Readers see none of it when this returns.
   *
   * @return the deletion, by which all of it can be restored
   * @throws StillReferenced if an index that is not deleted names it
   */
  public long delete(RepositoryName repository, Digest digest, String actor, String reason)
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
              untagged.add(tag);
              tags.remove(h, place, tag, digest, now, actor);
              trash.keepTag(h, deletion, tag, digest);
            }
            trashDependents(h, place, digest, deletion, gone);
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

  /**
   * The same for a client, who may not delete what the rules keep.
   *
   * @throws RegistryException.TagImmutable if the tag, or one that points at the manifest, has to stay
   */
  public long deleteAskedFor(RepositoryName repository, Reference reference, String actor)
      throws IOException {
    transactions.read(h -> {
      OptionalLong id = repositories.find(h, repository);
      if (id.isPresent()) {
        refuseIfImmutable(h, repository, id.getAsLong(), reference);
      }
      return true;
    });
    return switch (reference) {
      case Digest digest -> delete(repository, digest, actor, ASKED_FOR);
      case Tag tag -> delete(repository, tag, actor, ASKED_FOR);
    };
  }

  private void refuseIfImmutable(
      Handle h, RepositoryName repository, long repositoryId, Reference reference) {
    List<Tag> concerned =
        switch (reference) {
          case Tag tag -> List.of(tag);
          case Digest digest -> tags.pointingAt(h, repositoryId, digest);
        };
    for (Tag tag : concerned) {
      Optional<Digest> present = tags.find(h, repositoryId, tag);
      if (present.isPresent() && rules.get().immutable(repository, tag)) {
        throw new TagImmutable(repository, tag, present.get());
      }
    }
  }

  private void refuseIfImmutable(
      Handle h, RepositoryName repository, long repositoryId, Set<Tag> moved, Digest to) {
    for (Tag tag : moved) {
      Optional<Digest> present = tags.find(h, repositoryId, tag);
      if (present.isPresent()
          && !present.get().equals(to)
          && rules.get().immutable(repository, tag)) {
        throw new TagImmutable(repository, tag, present.get());
      }
    }
  }

  /** Deletes a tag; the manifest stays, untagged. */
  public long delete(RepositoryName repository, Tag tag, String actor, String reason)
      throws IOException {
    try {
      long id =
          transactions.free(h -> {
            Instant now = clock.instant();
            long place = repository(h, repository, tag);
            Digest digest =
                tags.find(h, place, tag).orElseThrow(() -> new ManifestUnknown(repository, tag));
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

  /**
   * Live manifests about {@code subject}, in the order of their digests; none for a subject or a
   * repository that nobody has heard of.
   *
   * @param after the digest that the last page ended with, or ""
   */
  public List<StoredManifest> referrers(
      RepositoryName repository, Digest subject, Optional<String> type, String after, int most)
      throws IOException {
    return transactions.read(h -> {
      OptionalLong id = repositories.find(h, repository);
      return id.isEmpty()
          ? List.of()
          : manifests.referrers(h, id.getAsLong(), subject, type, after, most);
    });
  }

  private @Nullable StoredManifest byDigest(RepositoryName repository, Digest digest)
      throws IOException {
    return cache
        .manifests()
        .get(
            new ReadCache.Named(repository, digest),
            () -> transactions.read(h -> find(h, repository, digest)).orElse(null));
  }

  private Optional<StoredManifest> find(Handle h, RepositoryName repository, Digest digest) {
    OptionalLong id = repositories.find(h, repository);
    return id.isEmpty() ? Optional.empty() : manifests.read(h, id.getAsLong(), digest);
  }

  private @Nullable StoredManifest byTag(RepositoryName repository, Tag tag) throws IOException {
    Digest digest =
        cache
            .tags()
            .get(
                new ReadCache.Tagged(repository, tag),
                () -> transactions.read(h -> find(h, repository, tag)).orElse(null));
    return digest == null ? null : byDigest(repository, digest);
  }

  private Optional<Digest> find(Handle h, RepositoryName repository, Tag tag) {
    OptionalLong id = repositories.find(h, repository);
    return id.isEmpty() ? Optional.empty() : tags.find(h, id.getAsLong(), tag);
  }

  private static Manifest parsed(Pushed pushed) {
    try {
      return Manifest.parse(pushed.bytes(), pushed.contentType());
    } catch (IllegalArgumentException e) {
      ManifestInvalid refusal = new ManifestInvalid(String.valueOf(e.getMessage()));
      refusal.initCause(e);
      throw refusal;
    }
  }

  /** The blobs without which an image is broken; layers that live elsewhere are not among them. */
  private static Set<Digest> required(Manifest parsed) {
    Set<Digest> required = new LinkedHashSet<>();
    if (parsed instanceof ImageManifest image) {
      for (Descriptor descriptor : image.references()) {
        if (!MediaTypes.isNonDistributable(descriptor.mediaType())) {
          required.add(descriptor.digest());
        }
      }
    }
    return required;
  }

  private void refuseIfMissing(
      Handle h, RepositoryName repository, long repositoryId, Set<Digest> required) {
    List<Digest> missing =
        required.stream().filter(d -> blobs.link(h, repositoryId, d).isEmpty()).toList();
    if (!missing.isEmpty()) {
      throw new ManifestBlobsUnknown(repository, missing);
    }
  }

  /** Children of an index that are not here, neither as manifests nor (caches do that) as blobs. */
  private List<Digest> absent(Handle h, long repositoryId, Manifest parsed) {
    if (!(parsed instanceof Index index)) {
      return List.of();
    }
    return index.manifests().stream()
        .map(Descriptor::digest)
        .distinct()
        .filter(d ->
            manifests.find(h, repositoryId, d).filter(ManifestRows.Found::live).isEmpty()
                && blobs.link(h, repositoryId, d).isEmpty())
        .toList();
  }

  /** Returns whether the row has taken the object. */
  private boolean store(
      Handle h,
      long repositoryId,
      StoredManifest manifest,
      Manifest parsed,
      Set<Digest> named,
      Optional<BlobKey> object,
      Instant now) {
    boolean hasOne = objectRows.find(h, repositoryId, manifest).isPresent();
    if (!hasOne && object.isEmpty()) {
      throw new ObjectGone();
    }
    Optional<ManifestRows.Found> known = manifests.find(h, repositoryId, manifest.digest());
    long id;
    if (known.isPresent()) {
      id = known.get().id();
      manifests.pushedAgain(h, id, manifest.mediaType(), now);
    } else {
      id = manifests.insert(h, repositoryId, manifest, parsed, now);
      manifests.reference(h, id, repositoryId, named);
    }
    if (hasOne || object.isEmpty()) {
      return false;
    }
    objectRows.set(h, id, object.get());
    return true;
  }

  private void trashDependents(
      Handle h, long repositoryId, Digest subject, long deletion, List<Digest> gone) {
    for (ManifestRows.Found dependent : manifests.dependents(h, repositoryId, subject)) {
      manifests.trash(h, dependent.id(), deletion);
      gone.add(dependent.digest());
      trashDependents(h, repositoryId, dependent.digest(), deletion, gone);
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
