package dev.plimsoll.registry.repository;

import dev.plimsoll.content.BlobKey;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Which manifest has which object, and the objects that are to go. */
final class ManifestObjectRows {
  /** More of small blobs is not put into one object; such an image has hundreds of layers. */
  private static final long SMALL_BYTES_MAX = 16 << 20;

  /** The object of a manifest that is pushed: empty if it has none, or one of another media type. */
  Optional<BlobKey> find(Handle h, long repositoryId, StoredManifest manifest) {
    return h.createQuery(
            """
            SELECT object FROM manifests WHERE repository_id = :repository AND digest = :digest
              AND media_type = :type AND object IS NOT NULL
            """)
        .bind("repository", repositoryId)
        .bind("digest", manifest.digest().toString())
        .bind("type", manifest.mediaType())
        .map((rs, ctx) -> BlobKey.parse(rs.getString("object")))
        .findOne();
  }

  /** The small blobs among these, with their bytes, as long as they are not too many. */
  Map<Digest, byte[]> small(Handle h, Collection<Digest> named) {
    Map<Digest, byte[]> small = new LinkedHashMap<>();
    long sizeBytes = 0;
    for (Digest digest : named) {
      Optional<byte[]> content =
          h.createQuery(
                  """
                  SELECT content FROM blobs
                  WHERE digest = :digest AND state = 'live' AND content IS NOT NULL
                  """)
              .bind("digest", digest.toString())
              .map((rs, ctx) -> rs.getBytes("content"))
              .findOne();
      if (content.isPresent() && sizeBytes + content.get().length <= SMALL_BYTES_MAX) {
        small.put(digest, content.get());
        sizeBytes += content.get().length;
      }
    }
    return small;
  }

  /** Gives a manifest this object; one it had before is to go. */
  void set(Handle h, long manifestId, BlobKey object) {
    give(h, manifestId);
    h.createUpdate("UPDATE manifests SET object = :object WHERE id = :id")
        .bind("object", object.toString())
        .bind("id", manifestId)
        .execute();
  }

  /** The same, unless it has one by now; tells whether it was given. */
  boolean setIfNone(Handle h, long manifestId, BlobKey object) {
    return h.createUpdate("UPDATE manifests SET object = :object WHERE id = :id AND object IS NULL")
            .bind("object", object.toString())
            .bind("id", manifestId)
            .execute()
        > 0;
  }

  /** The object of this manifest, if it has one, is to be deleted. */
  void give(Handle h, long manifestId) {
    Plain.update(
        h,
        """
        INSERT INTO manifest_objects_gone (object)
        SELECT object FROM manifests WHERE id = ? AND object IS NOT NULL
        ON CONFLICT (object) DO NOTHING
        """,
        manifestId);
  }

  List<BlobKey> gone(Handle h, int most) {
    return h.createQuery("SELECT object FROM manifest_objects_gone ORDER BY object LIMIT :most")
        .bind("most", most)
        .map((rs, ctx) -> BlobKey.parse(rs.getString("object")))
        .list();
  }

  void forget(Handle h, List<BlobKey> deleted) {
    var batch = h.prepareBatch("DELETE FROM manifest_objects_gone WHERE object = :object");
    deleted.forEach(key -> batch.bind("object", key.toString()).add());
    batch.execute();
  }

  /** The ids of those without an object. */
  List<Long> without(Handle h, int most) {
    return h.createQuery("SELECT id FROM manifests WHERE object IS NULL ORDER BY id LIMIT :most")
        .bind("most", most)
        .mapTo(Long.class)
        .list();
  }

  /** What the object of a manifest has to say, read from the rows. */
  Optional<ManifestObject> object(Handle h, long manifestId) {
    List<Digest> named =
        h.createQuery("SELECT digest FROM manifest_references WHERE manifest_id = :id")
            .bind("id", manifestId)
            .map((rs, ctx) -> Digest.parse(rs.getString("digest")))
            .list();
    List<Tag> tags =
        h.createQuery(
                """
                SELECT t.name FROM tags t JOIN manifests m
                  ON m.repository_id = t.repository_id AND m.digest = t.digest
                WHERE m.id = :id
                """)
            .bind("id", manifestId)
            .map((rs, ctx) -> new Tag(rs.getString("name")))
            .list();
    Map<Digest, byte[]> small = small(h, named);
    return h.createQuery(
            """
            SELECT r.name, m.digest, m.media_type, m.content, m.pushed_at
            FROM manifests m JOIN repositories r ON r.id = m.repository_id WHERE m.id = :id
            """)
        .bind("id", manifestId)
        .map((rs, ctx) ->
            new ManifestObject(
                new RepositoryName(rs.getString("name")),
                new StoredManifest(
                    Digest.parse(rs.getString("digest")),
                    rs.getString("media_type"),
                    rs.getBytes("content")),
                Instant.ofEpochMilli(rs.getLong("pushed_at")),
                new HashSet<>(tags),
                small))
        .findOne();
  }
}
