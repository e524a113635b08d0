package dev.plimsoll.registry.repository;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Something that a rule wants deleted, with all that the decision went by: if any of it is different
 * when its turn comes, it stays.
 */
public sealed interface Removal {
  RepositoryName repository();

  /** The rule, for the trash and the history. */
  String reason();

  /** A tag alone; its manifest stays. */
  record OfTag(RepositoryName repository, Tag tag, Digest digest, Instant movedAt, String reason)
      implements Removal {}

  /**
   * A manifest with all its tags, and with what is only there because of it.
   *
   * @param tags all its tags, and since when they have pointed there
   * @param pushedAt when it was pushed last
   * @param followers manifests that may go along, by when they were pushed: children of indexes, once
   *     the last index that names them goes, and referrers
   */
  record OfImage(
      RepositoryName repository,
      Digest digest,
      Map<Tag, Instant> tags,
      Instant pushedAt,
      Map<Digest, Instant> followers,
      String reason)
      implements Removal {}

  /** What became of it. */
  sealed interface Outcome {
    /** It is in the trash: these manifests and these tags. */
    record Gone(List<Digest> manifests, List<Tag> tags) implements Outcome {}

    /** It stays, for {@code change} has happened to it. */
    record Stays(String change) implements Outcome {}
  }
}
