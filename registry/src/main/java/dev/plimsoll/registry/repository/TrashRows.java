package dev.plimsoll.registry.repository;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** The rows of the trash. */
final class TrashRows {
  static final String PULLS_OF_MANIFESTS =
      """
      DELETE FROM pulls WHERE repository_id = ?
        AND reference IN (SELECT digest FROM manifests WHERE deletion_id = ?)
      """;
  static final String PULLS_OF_TAGS =
      """
      DELETE FROM pulls WHERE repository_id = ?
        AND reference IN (SELECT t.name FROM deleted_tags t WHERE t.deletion_id = ?
          AND NOT EXISTS (SELECT 1 FROM tags live
            WHERE live.repository_id = ? AND live.name = t.name))
      """;

  long insert(Handle h, long repositoryId, String reference, Actor actor) {
    long at = actor.at().toEpochMilli();
    return Plain.first(
            h,
            """
            INSERT INTO deletions (repository_id, reference, deleted_at, kept_from, actor, reason)
            VALUES (?, ?, ?, ?, ?, ?) RETURNING id
            """,
            rs -> rs.getLong(1),
            repositoryId,
            reference,
            at,
            at,
            actor.name(),
            actor.reason())
        .orElseThrow();
  }

  void keepTag(Handle h, long deletion, Tag tag, Digest digest) {
    Plain.update(
        h,
        "INSERT INTO deleted_tags (deletion_id, name, digest) VALUES (?, ?, ?)",
        deletion,
        tag.value(),
        digest.toString());
  }

  Map<Tag, Digest> tags(Handle h, long deletion) {
    return Plain.all(
            h,
            "SELECT name, digest FROM deleted_tags WHERE deletion_id = ?",
            rs -> Map.entry(new Tag(rs.getString(1)), Digest.parse(rs.getString(2))),
            deletion)
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  String reference(Handle h, long deletion) {
    return h.createQuery("SELECT reference FROM deletions WHERE id = :id")
        .bind("id", deletion)
        .mapTo(String.class)
        .one();
  }

  /** The repository that a deletion belongs to. */
  record Place(long repositoryId, RepositoryName repository) {}

  Optional<Place> place(Handle h, long deletion) {
    return Plain.first(
        h,
        """
        SELECT r.id, r.name FROM deletions d JOIN repositories r ON r.id = d.repository_id
        WHERE d.id = ?
        """,
        rs -> new Place(rs.getLong(1), new RepositoryName(rs.getString(2))),
        deletion);
  }

  Optional<Long> newest(Handle h, long repositoryId, String reference) {
    return h.createQuery(
            """
            SELECT d.id FROM deletions d WHERE d.repository_id = :repository
              AND (d.reference = :reference OR EXISTS (SELECT 1 FROM deleted_tags t
                WHERE t.deletion_id = d.id AND t.name = :reference))
            ORDER BY d.id DESC LIMIT 1
            """)
        .bind("repository", repositoryId)
        .bind("reference", reference)
        .mapTo(Long.class)
        .findOne();
  }

  List<Long> deletedBefore(Handle h, Instant limit, int most) {
    return h.createQuery(
            """
            SELECT id FROM deletions WHERE kept_from <= :limit ORDER BY kept_from, id LIMIT :most
            """)
        .bind("limit", limit.toEpochMilli())
        .bind("most", most)
        .mapTo(Long.class)
        .list();
  }

  void putOff(Handle h, long deletion, Instant keptFrom) {
    h.createUpdate("UPDATE deletions SET kept_from = :from WHERE id = :id")
        .bind("from", keptFrom.toEpochMilli())
        .bind("id", deletion)
        .execute();
  }

  /**
   * Forgets when the things of a deletion were last pulled, but for tags given anew since. Found by
   * what was deleted: a repository may have a million pulls.
   */
  void forgetPulls(Handle h, long repositoryId, long deletion) {
    Plain.update(h, PULLS_OF_MANIFESTS, repositoryId, deletion);
    Plain.update(h, PULLS_OF_TAGS, repositoryId, deletion, repositoryId);
  }

  List<Deletion> page(Handle h, Optional<RepositoryName> repository, long before, int most) {
    return h.createQuery(
            """
            SELECT d.id, r.name, d.reference, d.deleted_at, d.actor, d.reason,
              (SELECT count(*) FROM manifests m WHERE m.deletion_id = d.id) AS manifests,
              (SELECT count(*) FROM deleted_tags t WHERE t.deletion_id = d.id) AS tags,
              (SELECT coalesce(sum(m.size_bytes), 0) FROM manifests m WHERE m.deletion_id = d.id)
              + (SELECT coalesce(sum(b.size_bytes), 0) FROM blobs b
                 WHERE b.state = 'live' AND b.digest IN (SELECT f.digest FROM manifests m
                   JOIN manifest_references f ON f.manifest_id = m.id
                   WHERE m.deletion_id = d.id)) AS size
            FROM deletions d JOIN repositories r ON r.id = d.repository_id
            WHERE d.id < :before AND (:repository IS NULL OR r.name = :repository)
            ORDER BY d.id DESC LIMIT :most
            """)
        .bind("before", before)
        .bind("repository", repository.map(RepositoryName::value).orElse(null))
        .bind("most", most)
        .map((rs, ctx) ->
            new Deletion(
                rs.getLong("id"),
                new RepositoryName(rs.getString("name")),
                rs.getString("reference"),
                Instant.ofEpochMilli(rs.getLong("deleted_at")),
                rs.getString("actor"),
                rs.getString("reason"),
                rs.getInt("manifests"),
                rs.getInt("tags"),
                rs.getLong("size")))
        .list();
  }

  void delete(Handle h, long deletion) {
    Plain.update(h, "DELETE FROM deleted_tags WHERE deletion_id = ?", deletion);
    Plain.update(h, "DELETE FROM deletions WHERE id = ?", deletion);
  }

  /** A tag points again where it pointed when it was deleted: there is nothing left to restore. */
  void settle(Handle h, long repositoryId, Tag tag, Digest digest) {
    List<Long> deletions =
        h.createQuery(
                """
                SELECT t.deletion_id FROM deleted_tags t JOIN deletions d ON d.id = t.deletion_id
                WHERE d.repository_id = :repository AND t.name = :tag AND t.digest = :digest
                """)
            .bind("repository", repositoryId)
            .bind("tag", tag.value())
            .bind("digest", digest.toString())
            .mapTo(Long.class)
            .list();
    for (long deletion : deletions) {
      h.createUpdate("DELETE FROM deleted_tags WHERE deletion_id = :id AND name = :tag")
          .bind("id", deletion)
          .bind("tag", tag.value())
          .execute();
      dropIfEmpty(h, deletion);
    }
  }

  /** Ends a deletion that has nothing left to give back. */
  void dropIfEmpty(Handle h, long deletion) {
    h.createUpdate(
            """
            DELETE FROM deletions WHERE id = :id
              AND NOT EXISTS (SELECT 1 FROM manifests m WHERE m.deletion_id = :id)
              AND NOT EXISTS (SELECT 1 FROM deleted_tags t WHERE t.deletion_id = :id)
            """)
        .bind("id", deletion)
        .execute();
  }
}
