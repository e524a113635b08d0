package dev.plimsoll.registry.repository;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Manifest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The rows of manifests and of what they name. */
final class ManifestRows {
  private final ManifestObjectRows objects = new ManifestObjectRows();
  private final UsageRows usage = new UsageRows();

  /**
   * A manifest, live or in the trash.
   *
   * @param deletionId of the deletion that took it; empty while it is live
   */
  record Found(long id, Digest digest, OptionalLong deletionId) {
    boolean live() {
      return deletionId.isEmpty();
    }
  }

  Optional<Found> find(Handle h, long repositoryId, Digest digest) {
    return Plain.first(
        h,
        "SELECT id, digest, deletion_id FROM manifests WHERE repository_id = ? AND digest = ?",
        ManifestRows::found,
        repositoryId,
        digest.toString());
  }

  Optional<StoredManifest> read(Handle h, long repositoryId, Digest digest) {
    return Plain.first(
        h,
        """
        SELECT digest, media_type, content FROM manifests
        WHERE repository_id = ? AND digest = ? AND deletion_id IS NULL
        """,
        ManifestRows::stored,
        repositoryId,
        digest.toString());
  }

  long insert(Handle h, long repositoryId, StoredManifest manifest, Manifest parsed, Instant now) {
    @Nullable String artifactType = parsed.artifactType().orElse(null);
    @Nullable String subject = parsed.subject().map(s -> s.digest().toString()).orElse(null);
    return h.createQuery(
            """
            INSERT INTO manifests (repository_id, digest, media_type, artifact_type, subject,
              size_bytes, pushed_at, content)
            VALUES (:repository, :digest, :type, :artifact, :subject, :size, :now, :content)
            RETURNING id
            """)
        .bind("repository", repositoryId)
        .bind("digest", manifest.digest().toString())
        .bind("type", manifest.mediaType())
        .bind("artifact", artifactType)
        .bind("subject", subject)
        .bind("size", manifest.bytes().length)
        .bind("now", now.toEpochMilli())
        .bind("content", manifest.bytes())
        .mapTo(Long.class)
        .one();
  }

  /** Pushed once more: it is live, whatever it was, and as old as this push. */
  void pushedAgain(Handle h, long id, String mediaType, Instant now) {
    untrash(h, id);
    h.createUpdate("UPDATE manifests SET media_type = :type, pushed_at = :now WHERE id = :id")
        .bind("id", id)
        .bind("type", mediaType)
        .bind("now", now.toEpochMilli())
        .execute();
  }

  /** Notes what a new manifest names, and counts it. */
  void reference(Handle h, long id, long repositoryId, Collection<Digest> digests) {
    if (digests.isEmpty()) {
      usage.added(h, id);
      return;
    }
    var batch =
        h.prepareBatch(
            """
            INSERT INTO manifest_references (manifest_id, repository_id, digest, size_bytes)
            VALUES (:manifest, :repository, :digest, COALESCE((
              SELECT b.size_bytes FROM blob_links l
              JOIN blobs b ON b.digest = l.digest AND b.state = 'live'
              WHERE l.repository_id = :repository AND l.digest = :digest
                AND l.deleted_at IS NULL), 0))
            """);
    for (Digest digest : digests) {
      batch
          .bind("manifest", id)
          .bind("repository", repositoryId)
          .bind("digest", digest.toString())
          .add();
    }
    batch.execute();
    usage.added(h, id);
  }

  List<Digest> references(Handle h, long id) {
    return Plain.all(
        h,
        "SELECT digest FROM manifest_references WHERE manifest_id = ?",
        rs -> Digest.parse(rs.getString(1)),
        id);
  }

  void trash(Handle h, long id, long deletionId) {
    int taken =
        Plain.update(
            h,
            "UPDATE manifests SET deletion_id = ? WHERE id = ? AND deletion_id IS NULL",
            deletionId,
            id);
    if (taken == 1) {
      usage.removed(h, id);
    } else { // from one deletion to another
      Plain.update(h, "UPDATE manifests SET deletion_id = ? WHERE id = ?", deletionId, id);
    }
  }

  void untrash(Handle h, long id) {
    int back =
        h.createUpdate(
                "UPDATE manifests SET deletion_id = NULL WHERE id = :id AND deletion_id IS NOT NULL")
            .bind("id", id)
            .execute();
    if (back == 1) {
      usage.broughtBack(h, id);
    }
  }

  /** Somebody wants it, whatever rules say of it. */
  void restored(Handle h, long id, Instant now) {
    h.createUpdate("UPDATE manifests SET restored_at = :now WHERE id = :id")
        .bind("id", id)
        .bind("now", now.toEpochMilli())
        .execute();
  }

  /** Whether somebody restored it then or since. */
  boolean restoredSince(Handle h, long repositoryId, Digest digest, Instant since) {
    return h.createQuery(
            """
            SELECT 1 FROM manifests WHERE repository_id = :repository AND digest = :digest
              AND restored_at >= :since
            """)
        .bind("repository", repositoryId)
        .bind("digest", digest.toString())
        .bind("since", since.toEpochMilli())
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  List<Found> inDeletion(Handle h, long deletionId) {
    return Plain.all(
        h,
        "SELECT id, digest, deletion_id FROM manifests WHERE deletion_id = ?",
        ManifestRows::found,
        deletionId);
  }

  /** What a deletion took that is about {@code subject}. */
  List<Found> aboutIn(Handle h, long repositoryId, Digest subject, long deletionId) {
    return h.createQuery(
            """
            SELECT id, digest, deletion_id FROM manifests
            WHERE repository_id = :repository AND subject = :subject AND deletion_id = :deletion
            """)
        .bind("repository", repositoryId)
        .bind("subject", subject.toString())
        .bind("deletion", deletionId)
        .map((rs, ctx) -> found(rs))
        .list();
  }

  /** When a live manifest was pushed last. */
  Optional<Instant> pushedAt(Handle h, long repositoryId, Digest digest) {
    return h.createQuery(
            """
            SELECT pushed_at FROM manifests
            WHERE repository_id = :repository AND digest = :digest AND deletion_id IS NULL
            """)
        .bind("repository", repositoryId)
        .bind("digest", digest.toString())
        .map((rs, ctx) -> Instant.ofEpochMilli(rs.getLong("pushed_at")))
        .findOne();
  }

  /** What a live manifest names that is a live manifest itself. */
  List<Found> liveChildren(Handle h, long repositoryId, Digest digest) {
    return h.createQuery(
            """
            SELECT c.id, c.digest, c.deletion_id FROM manifests o
            JOIN manifest_references r ON r.manifest_id = o.id
            JOIN manifests c ON c.repository_id = o.repository_id AND c.digest = r.digest
            WHERE o.repository_id = :repository AND o.digest = :digest
              AND o.deletion_id IS NULL AND c.deletion_id IS NULL
            """)
        .bind("repository", repositoryId)
        .bind("digest", digest.toString())
        .map((rs, ctx) -> found(rs))
        .list();
  }

  /** Live manifests about {@code subject} that no tag points at. */
  List<Found> untaggedReferrers(Handle h, long repositoryId, Digest subject) {
    return h.createQuery(
            """
            SELECT m.id, m.digest, m.deletion_id FROM manifests m
            WHERE m.repository_id = :repository AND m.subject = :subject AND m.deletion_id IS NULL
              AND NOT EXISTS (SELECT 1 FROM tags t
                WHERE t.repository_id = m.repository_id AND t.digest = m.digest)
            """)
        .bind("repository", repositoryId)
        .bind("subject", subject.toString())
        .map((rs, ctx) -> found(rs))
        .list();
  }

  /** Forgets a manifest; its object is to be deleted from then on. */
  void delete(Handle h, long id) {
    objects.give(h, id);
    Plain.update(h, "DELETE FROM manifest_references WHERE manifest_id = ?", id);
    Plain.update(h, "DELETE FROM manifests WHERE id = ?", id);
  }

  /** Live manifests about {@code subject} that nothing else keeps: no tag, and no live index. */
  List<Found> dependents(Handle h, long repositoryId, Digest subject) {
    return Plain.all(
        h,
        """
        SELECT m.id, m.digest, m.deletion_id FROM manifests m
        WHERE m.repository_id = ? AND m.subject = ? AND m.deletion_id IS NULL
          AND NOT EXISTS (SELECT 1 FROM tags t
            WHERE t.repository_id = m.repository_id AND t.digest = m.digest)
          AND NOT EXISTS (SELECT 1 FROM manifest_references r
            WHERE r.repository_id = m.repository_id AND r.digest = m.digest AND r.live = 1)
        """,
        ManifestRows::found,
        repositoryId,
        subject.toString());
  }

  /** Live manifests about {@code subject}, in the order of their digests. */
  List<StoredManifest> referrers(
      Handle h, long repositoryId, Digest subject, Optional<String> type, String after, int most) {
    return h.createQuery(
            """
            SELECT digest, media_type, content FROM manifests
            WHERE repository_id = :repository AND subject = :subject AND deletion_id IS NULL
              AND digest > :after AND (:type IS NULL OR artifact_type = :type)
            ORDER BY digest LIMIT :most
            """)
        .bind("repository", repositoryId)
        .bind("subject", subject.toString())
        .bind("type", type.orElse(null))
        .bind("after", after)
        .bind("most", most)
        .map((rs, ctx) -> stored(rs))
        .list();
  }

  private static Found found(ResultSet rs) throws SQLException {
    long deletion = rs.getLong("deletion_id");
    OptionalLong deletionId = rs.wasNull() ? OptionalLong.empty() : OptionalLong.of(deletion);
    return new Found(rs.getLong("id"), Digest.parse(rs.getString("digest")), deletionId);
  }

  private static StoredManifest stored(ResultSet rs) throws SQLException {
    return new StoredManifest(
        Digest.parse(rs.getString("digest")), rs.getString("media_type"), rs.getBytes("content"));
  }
}
