package dev.plimsoll.registry.gc;

import dev.plimsoll.content.BlobKey;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
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

  /** Blobs whose bytes are to go, or were going when the process ended. */
  List<Doomed> deleting(Handle h) {
    return h.createQuery(
            """
            SELECT digest, generation, size_bytes, content IS NOT NULL AS small FROM blobs
            WHERE state = 'deleting' ORDER BY digest, generation
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

  boolean linked(Handle h, Digest digest) {
    return h.createQuery("SELECT 1 FROM blob_links WHERE digest = :digest LIMIT 1")
        .bind("digest", digest.toString())
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  private static Doomed doomed(ResultSet rs) throws SQLException {
    return new Doomed(
        new BlobKey(Digest.parse(rs.getString("digest")), rs.getString("generation")),
        rs.getLong("size_bytes"),
        rs.getBoolean("small"));
  }
}
