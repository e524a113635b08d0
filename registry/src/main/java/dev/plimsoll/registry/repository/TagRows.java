package dev.plimsoll.registry.repository;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Tag;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The rows of tags and of their history. */
final class TagRows {
  private final int movesKept;
  private final UsageRows usage = new UsageRows();

  TagRows(int movesKept) {
    this.movesKept = movesKept;
  }

  Optional<Digest> find(Handle h, long repositoryId, Tag tag) {
    return Plain.first(
        h,
        "SELECT digest FROM tags WHERE repository_id = ? AND name = ?",
        rs -> Digest.parse(rs.getString(1)),
        repositoryId,
        tag.value());
  }

  /** Since when a tag has pointed there; empty if it points elsewhere, or is no more. */
  Optional<Instant> movedAt(Handle h, long repositoryId, Tag tag, Digest digest) {
    return h.createQuery(
            """
            SELECT moved_at FROM tags
            WHERE repository_id = :repository AND name = :name AND digest = :digest
            """)
        .bind("repository", repositoryId)
        .bind("name", tag.value())
        .bind("digest", digest.toString())
        .map((rs, ctx) -> Instant.ofEpochMilli(rs.getLong("moved_at")))
        .findOne();
  }

  List<Tag> pointingAt(Handle h, long repositoryId, Digest digest) {
    return Plain.all(
        h,
        "SELECT name FROM tags WHERE repository_id = ? AND digest = ?",
        rs -> new Tag(rs.getString(1)),
        repositoryId,
        digest.toString());
  }

  /** Points a tag at a manifest; a tag that is there already does not move. */
  void point(Handle h, long repositoryId, Tag tag, Digest digest, Instant now, String actor) {
    Optional<Digest> before = find(h, repositoryId, tag);
    if (before.equals(Optional.of(digest))) {
      return;
    }
    Plain.update(
        h,
        """
        INSERT INTO tags (repository_id, name, folded, digest, moved_at) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (repository_id, name) DO UPDATE SET
          digest = excluded.digest, moved_at = excluded.moved_at
        """,
        repositoryId,
        tag.value(),
        folded(tag.value()),
        digest.toString(),
        now.toEpochMilli());
    if (before.isEmpty()) {
      usage.tagAdded(h, repositoryId);
    }
    remember(h, repositoryId, tag, before, Optional.of(digest), now, actor);
  }

  void remove(Handle h, long repositoryId, Tag tag, Digest digest, Instant now, String actor) {
    int removed =
        Plain.update(
            h, "DELETE FROM tags WHERE repository_id = ? AND name = ?", repositoryId, tag.value());
    if (removed == 1) {
      usage.tagRemoved(h, repositoryId);
    }
    remember(h, repositoryId, tag, Optional.of(digest), Optional.empty(), now, actor);
  }

  /** The distribution specification asks for case-insensitive order; equal ones by their bytes. */
  List<Tag> page(Handle h, long repositoryId, String after, int most) {
    return Plain.all(
        h,
        """
        SELECT name FROM tags
        WHERE repository_id = ? AND (folded, name) > (?, ?)
        ORDER BY folded, name LIMIT ?
        """,
        rs -> new Tag(rs.getString(1)),
        repositoryId,
        folded(after),
        after,
        most);
  }

  List<TagMove> history(Handle h, long repositoryId, Tag tag) {
    return h.createQuery(
            """
            SELECT tag, from_digest, to_digest, moved_at, actor FROM tag_moves
            WHERE repository_id = :repository AND tag = :tag ORDER BY id DESC
            """)
        .bind("repository", repositoryId)
        .bind("tag", tag.value())
        .map((rs, ctx) ->
            new TagMove(
                new Tag(rs.getString("tag")),
                digest(rs, "from_digest"),
                digest(rs, "to_digest"),
                Instant.ofEpochMilli(rs.getLong("moved_at")),
                rs.getString("actor")))
        .list();
  }

  private void remember(
      Handle h,
      long repositoryId,
      Tag tag,
      Optional<Digest> from,
      Optional<Digest> to,
      Instant now,
      String actor) {
    Changes.tell(
        to.isPresent()
            ? new Change.TagMoved(repositoryId, tag, from, to.get(), actor)
            : new Change.TagDeleted(repositoryId, tag, from.orElseThrow(), actor));
    @Nullable String was = from.map(Digest::toString).orElse(null);
    @Nullable String is = to.map(Digest::toString).orElse(null);
    Plain.update(
        h,
        """
        INSERT INTO tag_moves (repository_id, tag, from_digest, to_digest, moved_at, actor)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
        repositoryId,
        tag.value(),
        was,
        is,
        now.toEpochMilli(),
        actor);
    Plain.update(
        h,
        """
        DELETE FROM tag_moves WHERE repository_id = ? AND tag = ? AND id <=
          (SELECT id FROM tag_moves WHERE repository_id = ? AND tag = ?
           ORDER BY id DESC LIMIT 1 OFFSET ?)
        """,
        repositoryId,
        tag.value(),
        repositoryId,
        tag.value(),
        movesKept);
  }

  private static Optional<Digest> digest(ResultSet rs, String column) throws SQLException {
    return Optional.ofNullable(rs.getString(column)).map(Digest::parse);
  }

  private static String folded(String tag) {
    return tag.toLowerCase(Locale.ROOT);
  }
}
