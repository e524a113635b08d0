package dev.plimsoll.registry.repository;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Tag;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a transaction did, for those who are told of it: see {@link Changes}. Repositories are known
 * by the number of their row.
 */
public sealed interface Change {

  /** A change of one repository. */
  sealed interface InRepository extends Change {
    long repositoryId();
  }

  /** A manifest was pushed, also one that was there already. */
  record ManifestPushed(
      long repositoryId,
      Digest digest,
      String mediaType,
      long sizeBytes,
      Set<Tag> tags,
      Optional<Digest> subject,
      String actor)
      implements InRepository {}

  /** A manifest of a mirrored registry was kept because somebody pulled it. */
  record ManifestMirrored(
      long repositoryId, Digest digest, String mediaType, long sizeBytes, Set<Tag> tags)
      implements InRepository {}

  /** A manifest went into the trash. */
  record ManifestDeleted(
      long repositoryId, Digest digest, long deletion, String actor, String reason)
      implements InRepository {}

  /** A manifest came out of the trash. */
  record ManifestRestored(long repositoryId, Digest digest) implements InRepository {}

  /** A tag points elsewhere from now on; {@code from} is empty if it is new. */
  record TagMoved(long repositoryId, Tag tag, Optional<Digest> from, Digest to, String actor)
      implements InRepository {}

  record TagDeleted(long repositoryId, Tag tag, Digest from, String actor)
      implements InRepository {}

  /** All that a repository had went into the trash; no other change tells of its parts. */
  record RepositoryDeleted(long repositoryId, long deletion, int manifests, int tags, String actor)
      implements InRepository {}

  /** A deletion is final: these manifests are gone for good. */
  record DeletionPurged(long repositoryId, long deletion, String reference, List<Digest> manifests)
      implements InRepository {}

  /** A client deleted a blob. */
  record BlobDeleted(long repositoryId, Digest digest) implements InRepository {}

  /** So many further changes of a repository, in a transaction that made very many. */
  record More(long repositoryId, long changes) implements InRepository {}

  /** A request that goes on record was the reason. */
  record Requested(String actor, String address, String request, String action, String detail)
      implements Change {}
}
