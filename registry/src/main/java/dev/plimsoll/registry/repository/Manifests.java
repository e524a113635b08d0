package dev.plimsoll.registry.repository;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Reference;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.repository.RegistryException.DigestMismatch;
import dev.plimsoll.registry.repository.RegistryException.ManifestBlobsUnknown;
import dev.plimsoll.registry.repository.RegistryException.ManifestUnknown;
import dev.plimsoll.registry.repository.RegistryException.StillReferenced;
import dev.plimsoll.registry.repository.RegistryException.TagImmutable;
import java.io.IOException;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Stores, finds and deletes manifests. Safe for many threads.
 *
 * <p>Finding is here; {@link ManifestStoring} and {@link ManifestRemoval} do the rest.
 */
public final class Manifests {
  private final Transactions transactions;
  private final ManifestStoring storing;
  private final ManifestRemoval removal;
  private final RepositoryRows repositories = new RepositoryRows();
  private final ManifestRows manifests = new ManifestRows();
  private final TagRows tags;
  private final ReadCache cache;

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
    this.transactions = transactions;
    this.tags = new TagRows(tagMovesKept);
    this.cache = cache;
    this.storing = new ManifestStoring(transactions, objects, blobs, tags, cache, rules, clock);
    this.removal = new ManifestRemoval(transactions, blobs, tags, cache, rules, clock);
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
    return storing.put(repository, pushed);
  }

  /**
   * The same for a manifest that another registry has and this one shows: its blobs come when
   * somebody asks for them.
   */
  public Put putSparse(RepositoryName repository, Pushed pushed) throws IOException {
    return storing.putSparse(repository, pushed);
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

  /** Whether a repository has any manifest, live or in the trash. */
  public boolean knows(RepositoryName repository) throws IOException {
    return Boolean.TRUE.equals(
        cache
            .known()
            .get(repository, () -> transactions.look(h -> repositories.isKnown(h, repository))));
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
    return removal.delete(repository, digest, actor, reason);
  }

  /** Deletes a tag; the manifest stays, untagged. */
  public long delete(RepositoryName repository, Tag tag, String actor, String reason)
      throws IOException {
    return removal.delete(repository, tag, actor, reason);
  }

  /**
   * Either of them for a client, who may not delete what the rules keep.
   *
   * @throws TagImmutable if the tag, or one that points at the manifest, has to stay
   */
  public long deleteAskedFor(RepositoryName repository, Reference reference, String actor)
      throws IOException {
    return removal.deleteAskedFor(repository, reference, actor);
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
            () -> transactions.look(h -> find(h, repository, digest)).orElse(null));
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
                () -> transactions.look(h -> find(h, repository, tag)).orElse(null));
    return digest == null ? null : byDigest(repository, digest);
  }

  private Optional<Digest> find(Handle h, RepositoryName repository, Tag tag) {
    OptionalLong id = repositories.find(h, repository);
    return id.isEmpty() ? Optional.empty() : tags.find(h, id.getAsLong(), tag);
  }
}
