package dev.plimsoll.registry.repository;

import dev.plimsoll.oci.Digest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * What is pinned or deployed, asked from the side of what might go. A hold on an index reaches down
 * to all that it names, for it would be broken without them.
 */
final class HoldRows {

  /** Whether anything is held at all; if not, nothing else here need be asked. */
  boolean any(Handle h) {
    return h.createQuery(
            """
            SELECT CASE WHEN EXISTS (SELECT 1 FROM pins) OR EXISTS (SELECT 1 FROM deployed)
              THEN 1 ELSE 0 END
            """)
        .mapTo(Integer.class)
        .one()
        .equals(1);
  }

  /** A hold on this tag or digest itself. */
  Optional<Hold> pinned(Handle h, long repositoryId, String reference) {
    return h.createQuery(
            """
            SELECT reference, actor, reason FROM pins
            WHERE repository_id = :repository AND reference = :reference
            """)
        .bind("repository", repositoryId)
        .bind("reference", reference)
        .<Hold>map((rs, ctx) ->
            new Hold.Pinned(
                rs.getString("reference"), rs.getString("actor"), rs.getString("reason")))
        .findOne();
  }

  /** A hold on the digest itself, or on a tag that points at it or did when it was deleted. */
  Optional<Hold> direct(Handle h, long repositoryId, Digest digest) {
    return pinned(h, repositoryId, digest.toString())
        .or(() -> pinnedTag(h, repositoryId, digest))
        .or(() -> pinnedTagInTrash(h, repositoryId, digest))
        .or(() -> deployed(h, repositoryId, digest));
  }

  /** A hold on the digest, or on an index that names it, live or in the trash, however far up. */
  Optional<Hold> reaching(Handle h, long repositoryId, Digest digest) {
    Set<Digest> seen = new HashSet<>(Set.of(digest));
    Deque<Digest> waiting = new ArrayDeque<>(seen);
    while (!waiting.isEmpty()) {
      Digest next = waiting.remove();
      Optional<Hold> hold = direct(h, repositoryId, next);
      if (hold.isPresent()) {
        return hold;
      }
      for (Digest parent : parents(h, repositoryId, next)) {
        if (seen.add(parent)) {
          waiting.add(parent);
        }
      }
    }
    return Optional.empty();
  }

  /** A hold on an index in the trash that names the digest: brought back, it would be broken. */
  Optional<Hold> fromTrash(Handle h, long repositoryId, Digest digest) {
    return h
        .createQuery(
            """
            SELECT m.digest FROM manifest_references r JOIN manifests m ON m.id = r.manifest_id
            WHERE r.repository_id = :repository AND r.digest = :digest
              AND m.deletion_id IS NOT NULL
            """)
        .bind("repository", repositoryId)
        .bind("digest", digest.toString())
        .map((rs, ctx) -> Digest.parse(rs.getString("digest")))
        .list()
        .stream()
        .flatMap(index -> reaching(h, repositoryId, index).stream())
        .findFirst();
  }

  /** A hold on anything that a deletion took. */
  Optional<Hold> onDeletion(Handle h, long repositoryId, long deletion) {
    Optional<Hold> tag =
        h.createQuery(
                """
                SELECT p.reference, p.actor, p.reason FROM deleted_tags t
                JOIN pins p ON p.repository_id = :repository AND p.reference = t.name
                WHERE t.deletion_id = :deletion LIMIT 1
                """)
            .bind("repository", repositoryId)
            .bind("deletion", deletion)
            .<Hold>map((rs, ctx) ->
                new Hold.Pinned(
                    rs.getString("reference"), rs.getString("actor"), rs.getString("reason")))
            .findOne();
    if (tag.isPresent()) {
      return tag;
    }
    return new ManifestRows()
        .inDeletion(h, deletion).stream()
            .flatMap(found -> reaching(h, repositoryId, found.digest()).stream())
            .findFirst();
  }

  private static Optional<Hold> pinnedTag(Handle h, long repositoryId, Digest digest) {
    return pinned(
        h,
        """
        SELECT p.reference, p.actor, p.reason FROM tags t
        JOIN pins p ON p.repository_id = t.repository_id AND p.reference = t.name
        WHERE t.repository_id = :repository AND t.digest = :digest LIMIT 1
        """,
        repositoryId,
        digest);
  }

  private static Optional<Hold> pinnedTagInTrash(Handle h, long repositoryId, Digest digest) {
    return pinned(
        h,
        """
        SELECT p.reference, p.actor, p.reason FROM deleted_tags t
        JOIN deletions d ON d.id = t.deletion_id
        JOIN pins p ON p.repository_id = d.repository_id AND p.reference = t.name
        WHERE d.repository_id = :repository AND t.digest = :digest LIMIT 1
        """,
        repositoryId,
        digest);
  }

  private static Optional<Hold> pinned(
      Handle h, String byDigest, long repositoryId, Digest digest) {
    return h.createQuery(byDigest)
        .bind("repository", repositoryId)
        .bind("digest", digest.toString())
        .<Hold>map((rs, ctx) ->
            new Hold.Pinned(
                rs.getString("reference"), rs.getString("actor"), rs.getString("reason")))
        .findOne();
  }

  private static Optional<Hold> deployed(Handle h, long repositoryId, Digest digest) {
    return h.createQuery(
            """
            SELECT reporter FROM deployed
            WHERE digest = :digest AND (repository = '' OR repository =
              (SELECT name FROM repositories WHERE id = :repository))
            ORDER BY reporter LIMIT 1
            """)
        .bind("repository", repositoryId)
        .bind("digest", digest.toString())
        .<Hold>map((rs, ctx) -> new Hold.Deployed(digest.toString(), rs.getString("reporter")))
        .findOne();
  }

  private static List<Digest> parents(Handle h, long repositoryId, Digest digest) {
    return h.createQuery(
            """
            SELECT m.digest FROM manifest_references r JOIN manifests m ON m.id = r.manifest_id
            WHERE r.repository_id = :repository AND r.digest = :digest
            """)
        .bind("repository", repositoryId)
        .bind("digest", digest.toString())
        .map((rs, ctx) -> Digest.parse(rs.getString("digest")))
        .list();
  }
}
