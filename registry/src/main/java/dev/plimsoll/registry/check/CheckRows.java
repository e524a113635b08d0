package dev.plimsoll.registry.check;

import dev.plimsoll.content.BlobKey;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The rows that a check reads, and those that say how far it is. */
final class CheckRows {

  /** Where a check is. */
  record State(Checks.Depth depth, Checks.Stage stage, String position, boolean over) {}

  Optional<State> state(Handle h) {
    return h.createQuery("SELECT depth, stage, position, ended_at FROM checks WHERE id = 1")
        .map((rs, ctx) ->
            new State(
                Checks.Depth.valueOf(rs.getString("depth")),
                Checks.Stage.valueOf(rs.getString("stage")),
                rs.getString("position"),
                rs.getLong("ended_at") != 0))
        .findOne();
  }

  /** When the last check that came to its end did so. */
  Optional<Instant> lastEnded(Handle h) {
    return h.createQuery("SELECT ended_at FROM checks WHERE id = 1 AND ended_at IS NOT NULL")
        .map((rs, ctx) -> Instant.ofEpochMilli(rs.getLong("ended_at")))
        .findOne();
  }

  void begin(Handle h, Checks.Depth depth, Instant now) {
    h.execute("DELETE FROM check_findings");
    h.execute("DELETE FROM checks");
    h.createUpdate(
            """
            INSERT INTO checks (id, depth, stage, position, began_at, objects, size_bytes)
            VALUES (1, :depth, 'BLOBS', '', :now, 0, 0)
            """)
        .bind("depth", depth.name())
        .bind("now", now.toEpochMilli())
        .execute();
  }

  void at(Handle h, Checks.Stage stage, String position) {
    h.createUpdate("UPDATE checks SET stage = :stage, position = :position WHERE id = 1")
        .bind("stage", stage.name())
        .bind("position", position)
        .execute();
  }

  void end(Handle h, Instant now) {
    h.createUpdate("UPDATE checks SET ended_at = :now WHERE id = 1")
        .bind("now", now.toEpochMilli())
        .execute();
  }

  /** Remembers a finding, so that a check that goes on after a restart has it too. */
  void found(Handle h, String kind, String subject, String detail, Instant now) {
    h.createUpdate(
            """
            INSERT INTO check_findings (kind, subject, detail, found_at)
            VALUES (:kind, :subject, :detail, :now)
            ON CONFLICT (kind, subject) DO UPDATE SET detail = excluded.detail
            """)
        .bind("kind", kind)
        .bind("subject", subject)
        .bind("detail", detail)
        .bind("now", now.toEpochMilli())
        .execute();
  }

  record Found(String kind, String subject, String detail) {}

  List<Found> findings(Handle h, int most) {
    return h.createQuery(
            "SELECT kind, subject, detail FROM check_findings ORDER BY kind, subject LIMIT :most")
        .bind("most", most)
        .map((rs, ctx) ->
            new Found(rs.getString("kind"), rs.getString("subject"), rs.getString("detail")))
        .list();
  }

  /** A blob that a client could be given. */
  record BlobRow(BlobKey key, long sizeBytes, byte @Nullable [] content, boolean damaged) {}

  List<BlobRow> blobs(Handle h, String after, int most) {
    return h.createQuery(
            """
            SELECT digest, generation, size_bytes, content, damaged_at IS NOT NULL AS damaged
            FROM blobs WHERE digest > :after AND state IN ('live', 'condemned')
            ORDER BY digest LIMIT :most
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

  /** Blobs that a check has marked, and that nobody has pushed again since. */
  List<BlobRow> marked(Handle h) {
    return h.createQuery(
            """
            SELECT digest, generation, size_bytes FROM blobs
            WHERE damaged_at IS NOT NULL AND state IN ('live', 'condemned') ORDER BY digest
            """)
        .map((rs, ctx) ->
            new BlobRow(
                new BlobKey(Digest.parse(rs.getString("digest")), rs.getString("generation")),
                rs.getLong("size_bytes"),
                null,
                true))
        .list();
  }

  /** What an earlier check has found is looked for again. */
  void forgetFindings(Handle h) {
    h.execute("DELETE FROM check_findings");
  }

  long count(Handle h, String table) {
    return h.createQuery("SELECT COUNT(*) FROM " + table).mapTo(Long.class).one();
  }

  /** A manifest, live or in the trash. */
  record ManifestRow(
      long id,
      RepositoryName repository,
      Digest digest,
      String mediaType,
      byte[] content,
      Optional<BlobKey> object) {}

  List<ManifestRow> manifests(Handle h, long after, int most) {
    return h.createQuery(
            """
            SELECT m.id, r.name, m.digest, m.media_type, m.content, m.object
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
                rs.getBytes("content"),
                Optional.ofNullable(rs.getString("object")).map(BlobKey::parse)))
        .list();
  }

  /** Whether the manifest is still there; what was just deleted lacks nothing. */
  boolean live(Handle h, long manifestId) {
    return h.createQuery("SELECT 1 FROM manifests WHERE id = :id AND deletion_id IS NULL")
        .bind("id", manifestId)
        .mapTo(Integer.class)
        .findFirst()
        .isPresent();
  }

  /** What of these the manifest's repository has no blob for, damaged ones not counted. */
  boolean linked(Handle h, long manifestId, Digest digest) {
    return h.createQuery(
            """
            SELECT 1 FROM manifests m
            JOIN blob_links l ON l.repository_id = m.repository_id AND l.digest = :digest
            JOIN blobs b ON b.digest = l.digest AND b.state = 'live'
            WHERE m.id = :id
            """)
        .bind("id", manifestId)
        .bind("digest", digest.toString())
        .mapTo(Integer.class)
        .findFirst()
        .isPresent();
  }

  void writeContent(Handle h, long manifestId, byte[] content) {
    h.createUpdate("UPDATE manifests SET content = :content WHERE id = :id")
        .bind("content", content)
        .bind("id", manifestId)
        .execute();
  }

  /** The object is lost: the manifest gets another. */
  void dropObject(Handle h, long manifestId) {
    h.createUpdate("UPDATE manifests SET object = NULL WHERE id = :id")
        .bind("id", manifestId)
        .execute();
  }

  /** A tag whose manifest is not there. */
  record Dangling(RepositoryName repository, String tag, Digest digest) {}

  List<Dangling> danglingTags(Handle h) {
    return h.createQuery(
            """
            SELECT r.name AS repository, t.name AS tag, t.digest FROM tags t
            JOIN repositories r ON r.id = t.repository_id
            WHERE NOT EXISTS (SELECT 1 FROM manifests m WHERE m.repository_id = t.repository_id
              AND m.digest = t.digest AND m.deletion_id IS NULL)
            ORDER BY 1, 2
            """)
        .map((rs, ctx) ->
            new Dangling(
                new RepositoryName(rs.getString("repository")),
                rs.getString("tag"),
                Digest.parse(rs.getString("digest"))))
        .list();
  }
}
