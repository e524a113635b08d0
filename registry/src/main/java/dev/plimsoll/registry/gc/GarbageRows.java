package dev.plimsoll.registry.gc;

import dev.plimsoll.content.BlobKey;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.repository.Trash;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** What is due, found by index. */
final class GarbageRows {

  /** A link whose lease is over. */
  record DueLink(long repositoryId, RepositoryName repository, Digest digest) {}

  /** A blob that is condemned, or being deleted. */
  record Doomed(BlobKey key, long sizeBytes, boolean small) {}

  /**
   * Links to look at.
   *
   * @param leaseEnd leases that end then or before
   * @param linkedAt links made after this are left alone
   */
  List<DueLink> dueLinks(Handle h, Instant leaseEnd, Instant linkedAt, int most) {
    return h.createQuery(
            """
            SELECT l.repository_id, r.name, l.digest
            FROM blob_links l JOIN repositories r ON r.id = l.repository_id
            WHERE l.leased_until <= :end AND l.linked_at <= :linked
            ORDER BY l.leased_until LIMIT :most
            """)
        .bind("end", leaseEnd.toEpochMilli())
        .bind("linked", linkedAt.toEpochMilli())
        .bind("most", most)
        .map((rs, ctx) ->
            new DueLink(
                rs.getLong("repository_id"),
                new RepositoryName(rs.getString("name")),
                Digest.parse(rs.getString("digest"))))
        .list();
  }

  /**
   * What a blob would lose.
   *
   * @param links that would go
   * @param all whether none would be left
   */
  record Loss(Doomed blob, int links, boolean all) {}

  /**
   * Tells the links that a run would take away, blob by blob: those whose lease is over, or would be
   * once what is due in the trash is purged, and that nothing names but what is due. {@code CROSS
   * JOIN} has SQLite begin with the trash and not with all that anything names.
   */
  void wouldUnlink(
      Handle h, Trash.Due due, Instant leaseEnd, Instant linkedAt, Consumer<Loss> heard) {
    String held = due.held().stream().map(Object::toString).collect(Collectors.joining(","));
    h.createQuery(
            """
            WITH released AS (
              SELECT DISTINCT r.repository_id, r.digest FROM deletions d
              CROSS JOIN manifests m CROSS JOIN manifest_references r
              WHERE m.deletion_id = d.id AND r.manifest_id = m.id
                AND d.kept_from <= :limit AND d.id NOT IN (%1$s) AND :released <= :end),
            ended AS (
              SELECT repository_id, digest FROM blob_links
              WHERE leased_until <= :end AND linked_at <= :linked
              UNION
              SELECT l.repository_id, l.digest FROM released x CROSS JOIN blob_links l
              WHERE l.repository_id = x.repository_id AND l.digest = x.digest
                AND l.leased_until IS NULL AND l.linked_at <= :linked),
            going AS (
              SELECT e.digest, count(*) AS links FROM ended e
              WHERE NOT EXISTS (SELECT 1 FROM manifest_references r
                WHERE r.repository_id = e.repository_id AND r.digest = e.digest AND r.live = 1)
              AND NOT EXISTS (SELECT 1 FROM manifest_references r
                JOIN manifests m ON m.id = r.manifest_id
                JOIN deletions d ON d.id = m.deletion_id
                WHERE r.repository_id = e.repository_id AND r.digest = e.digest
                  AND (d.kept_from > :limit OR d.id IN (%1$s)))
              GROUP BY e.digest)
            SELECT b.digest, b.generation, b.size_bytes, b.content IS NOT NULL AS small, g.links,
              (SELECT count(*) FROM blob_links l WHERE l.digest = g.digest) AS had
            FROM going g JOIN blobs b ON b.digest = g.digest AND b.state = 'live'
            """
                .formatted(held.isEmpty() ? "-1" : held))
        .bind("limit", due.limit().toEpochMilli())
        .bind("released", due.leasedUntil().toEpochMilli())
        .bind("end", leaseEnd.toEpochMilli())
        .bind("linked", linkedAt.toEpochMilli())
        .map((rs, ctx) ->
            new Loss(doomed(rs), rs.getInt("links"), rs.getInt("links") == rs.getInt("had")))
        .forEach(heard);
  }

  List<Doomed> condemnedBefore(Handle h, Instant limit, int most) {
    return h.createQuery(
            """
            SELECT digest, generation, size_bytes, content IS NOT NULL AS small FROM blobs
            WHERE state = 'condemned' AND condemned_at <= :limit
            ORDER BY condemned_at, digest LIMIT :most
            """)
        .bind("limit", limit.toEpochMilli())
        .bind("most", most)
        .map((rs, ctx) -> doomed(rs))
        .list();
  }

  /**
   * Blobs whose bytes are to go, or were going when the process ended. The bound, which holds for
   * every row, and no other order lead to the index: else SQLite goes through all blobs.
   */
  List<Doomed> deleting(Handle h) {
    return h.createQuery(
            """
            SELECT digest, generation, size_bytes, content IS NOT NULL AS small FROM blobs
            WHERE state = 'deleting' AND digest > '' ORDER BY digest
            """)
        .map((rs, ctx) -> doomed(rs))
        .list();
  }

  /** What is condemned or being deleted; the bounds that hold for every row lead to the indexes. */
  Collector.Waiting waiting(Handle h) {
    return h.createQuery(
            """
            SELECT count(*) AS blobs, coalesce(sum(size_bytes), 0) AS size FROM (
              SELECT size_bytes FROM blobs WHERE state = 'condemned' AND condemned_at >= 0
              UNION ALL
              SELECT size_bytes FROM blobs WHERE state = 'deleting' AND digest > '') AS garbage
            """)
        .map((rs, ctx) -> new Collector.Waiting(rs.getLong("blobs"), rs.getLong("size")))
        .one();
  }

  private static Doomed doomed(ResultSet rs) throws SQLException {
    return new Doomed(
        new BlobKey(Digest.parse(rs.getString("digest")), rs.getString("generation")),
        rs.getLong("size_bytes"),
        rs.getBoolean("small"));
  }
}
