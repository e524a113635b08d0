package dev.plimsoll.registry.repository;

import dev.plimsoll.content.BlobKey;
import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageManifest;
import dev.plimsoll.oci.Index;
import dev.plimsoll.oci.Manifest;
import dev.plimsoll.oci.MediaTypes;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.repository.Manifests.Pushed;
import dev.plimsoll.registry.repository.Manifests.Put;
import dev.plimsoll.registry.repository.RegistryException.ManifestBlobsUnknown;
import dev.plimsoll.registry.repository.RegistryException.ManifestInvalid;
import dev.plimsoll.registry.repository.RegistryException.TagImmutable;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores manifests: the object first, then all rows in one transaction. Safe for many threads.
 *
 * <pre>
 *   look ──▶ object written ──▶ transaction ──▶ stored
 *    ▲ │ refused                   │  │ refused, or somebody was quicker: object given up
 *    │ ▼                           │
 *    └────── purged meanwhile ─────┘
 * </pre>
 */
final class ManifestStoring {
  private static final Logger log = LoggerFactory.getLogger(ManifestStoring.class);
  private static final long NO_REPOSITORY = -1;

  private final Transactions transactions;
  private final BlobRows blobs;
  private final RepositoryRows repositories = new RepositoryRows();
  private final ManifestRows manifests = new ManifestRows();
  private final ManifestObjectRows objectRows = new ManifestObjectRows();
  private final ManifestObjects objects;
  private final TagRows tags;
  private final ReadCache cache;
  private final Supplier<? extends Rules> rules;
  private final InstantSource clock;

  ManifestStoring(
      Transactions transactions,
      ManifestObjects objects,
      BlobRows blobs,
      TagRows tags,
      ReadCache cache,
      Supplier<? extends Rules> rules,
      InstantSource clock) {
    this.transactions = transactions;
    this.objects = objects;
    this.blobs = blobs;
    this.tags = tags;
    this.cache = cache;
    this.rules = rules;
    this.clock = clock;
  }

  Put put(RepositoryName repository, Pushed pushed) throws IOException {
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

  /** Its blobs come when somebody asks for them. */
  Put putSparse(RepositoryName repository, Pushed pushed) throws IOException {
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
}
