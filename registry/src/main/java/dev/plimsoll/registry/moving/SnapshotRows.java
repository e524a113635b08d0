package dev.plimsoll.registry.moving;

import dev.plimsoll.content.BlobKey;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** What a copy of the database names; the same in every schema. */
final class SnapshotRows {

  /**
   * A blob that a client could be given.
   *
   * @param content the bytes of a small one
   * @param damaged the registry knows that its bytes are wrong or missing
   */
  record BlobRow(BlobKey key, long sizeBytes, byte @Nullable [] content, boolean damaged) {}

  List<BlobRow> blobs(Handle h, String after, int most) {
    return h.createQuery(
            """
            SELECT digest, generation, size_bytes, content, damaged_at IS NOT NULL AS damaged
            FROM blobs
            WHERE digest > :after AND state = 'live' ORDER BY digest LIMIT :most
            """)
        .bind("after", after)
        .bind("most", most)
        .map((rs, ctx) ->
            new BlobRow(
                new BlobKey(Digest.parse(rs.getString("digest")), rs.getString("generation")),
                rs.getLong("size_bytes"),
                rs.getBytes("content"),
                rs.getBoolean("damaged")))
        .list();
  }

  /** Whether the snapshot needs a digest's bytes as a file. */
  boolean needs(Handle h, Digest digest) {
    return h.createQuery(
            "SELECT 1 FROM blobs WHERE digest = :digest AND state = 'live' AND content IS NULL")
        .bind("digest", digest.toString())
        .mapTo(Integer.class)
        .findFirst()
        .isPresent();
  }

  /** A manifest, live or in the trash. */
  record ManifestRow(
      long id,
      RepositoryName repository,
      Digest digest,
      String mediaType,
      boolean live,
      byte[] content) {}

  List<ManifestRow> manifests(Handle h, long after, int most) {
    return h.createQuery(
            """
            SELECT m.id, r.name, m.digest, m.media_type, m.deletion_id IS NULL AS live, m.content
            FROM manifests m JOIN repositories r ON r.id = m.repository_id
            WHERE m.id > :after ORDER BY m.id LIMIT :most
            """)
        .bind("after", after)
        .bind("most", most)
        .map((rs, ctx) ->
            new ManifestRow(
                rs.getLong("id"),
                new RepositoryName(rs.getString("name")),
                Digest.parse(rs.getString("digest")),
                rs.getString("media_type"),
                rs.getBoolean("live"),
                rs.getBytes("content")))
        .list();
  }

  /** The bytes of a blob that is small. */
  Optional<byte[]> small(Handle h, Digest digest) {
    return h.createQuery(
            """
            SELECT content FROM blobs
            WHERE digest = :digest AND state = 'live' AND content IS NOT NULL
            """)
        .bind("digest", digest.toString())
        .map((rs, ctx) -> rs.getBytes("content"))
        .findFirst();
  }

  /** A tag, and what it points at. */
  record TagRow(
      long repositoryId,
      RepositoryName repository,
      Tag tag,
      Digest digest,
      String mediaType,
      byte[] content) {}

  /** Tags behind one of a repository, in their order. */
  List<TagRow> tags(Handle h, long repositoryId, String after, int most) {
    return h.createQuery(
            """
            SELECT t.repository_id, r.name AS repository, t.name, t.digest, m.media_type, m.content
            FROM tags t JOIN repositories r ON r.id = t.repository_id
              JOIN manifests m ON m.repository_id = t.repository_id AND m.digest = t.digest
            WHERE (t.repository_id, t.name) > (:repository, :after)
            ORDER BY t.repository_id, t.name LIMIT :most
            """)
        .bind("repository", repositoryId)
        .bind("after", after)
        .bind("most", most)
        .map((rs, ctx) ->
            new TagRow(
                rs.getLong("repository_id"),
                new RepositoryName(rs.getString("repository")),
                new Tag(rs.getString("name")),
                Digest.parse(rs.getString("digest")),
                rs.getString("media_type"),
                rs.getBytes("content")))
        .list();
  }

  /** The tags that point at a manifest. */
  List<Tag> tagsOf(Handle h, long manifestId) {
    return h.createQuery(
            """
            SELECT t.name FROM tags t JOIN manifests m
              ON m.repository_id = t.repository_id AND m.digest = t.digest
            WHERE m.id = :id
            """)
        .bind("id", manifestId)
        .map((rs, ctx) -> new Tag(rs.getString("name")))
        .list();
  }

  /** How much there is. */
  record Amount(int schema, long blobs, long files, long fileBytes, long manifests, long tags) {}

  Amount amount(Handle h) {
    return h.createQuery(
            """
            SELECT (SELECT MAX(version) FROM schema_migration) AS schema_version,
              (SELECT COUNT(*) FROM blobs WHERE state = 'live') AS blobs,
              (SELECT COUNT(*) FROM blobs WHERE state = 'live' AND content IS NULL) AS files,
              (SELECT COALESCE(SUM(size_bytes), 0) FROM blobs
                WHERE state = 'live' AND content IS NULL) AS file_bytes,
              (SELECT COUNT(*) FROM manifests) AS manifests,
              (SELECT COUNT(*) FROM tags) AS tags
            """)
        .map((rs, ctx) ->
            new Amount(
                rs.getInt("schema_version"),
                rs.getLong("blobs"),
                rs.getLong("files"),
                rs.getLong("file_bytes"),
                rs.getLong("manifests"),
                rs.getLong("tags")))
        .one();
  }
}
