package dev.plimsoll.registry.retention;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.repository.Hold;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All of one repository that a decision goes by, as of one moment.
 *
 * @param tagHolds tags that are pinned
 * @param digestHolds manifests that are pinned or deployed themselves, or were restored lately
 */
public record Inventory(
    RepositoryName repository,
    List<TagLine> tags,
    List<ManifestLine> manifests,
    Map<Tag, Hold> tagHolds,
    Map<Digest, Hold> digestHolds) {

  /** A tag, and since when it has pointed there. */
  public record TagLine(Tag tag, Digest digest, Instant movedAt, Optional<Instant> pulledAt) {}

  /**
   * A manifest that is not deleted.
   *
   * @param untaggedAt when a tag last moved away from it, if anybody remembers
   * @param children those of its manifests that are in the repository and not deleted
   * @param sizeBytes of the blobs that it names itself
   */
  public record ManifestLine(
      Digest digest,
      Instant pushedAt,
      Optional<Instant> pulledAt,
      Optional<Instant> untaggedAt,
      Optional<Digest> subject,
      List<Digest> children,
      long sizeBytes) {}
}
