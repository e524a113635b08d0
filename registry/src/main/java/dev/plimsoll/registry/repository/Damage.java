package dev.plimsoll.registry.repository;

import dev.plimsoll.content.BlobKey;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blobs whose bytes are missing or wrong. A blob that is marked counts as absent: clients are told
 * that it is not there, so the next push of it sends the bytes, and they replace the damaged ones.
 * Safe for many threads.
 */
public final class Damage {
  private static final Logger log = LoggerFactory.getLogger(Damage.class);
  private static final int HURT_MAX = 100;

  private final Transactions transactions;
  private final ReadCache cache;

  public Damage(Transactions transactions, ReadCache cache) {
    this.transactions = transactions;
    this.cache = cache;
  }

  /** A tag, or a manifest without one, that cannot be pulled whole because of a digest. */
  public record Hurt(RepositoryName repository, String reference) {}

  /** Marks a blob, if it is still the one that clients are given; tells whether it is. */
  public boolean mark(BlobKey key, Instant now) throws IOException {
    boolean marked =
        transactions.free(h ->
            h.createUpdate(
                        """
                        UPDATE blobs SET damaged_at = :now
                        WHERE digest = :digest AND generation = :generation
                          AND state IN ('live', 'condemned') AND damaged_at IS NULL
                        """)
                    .bind("now", now.toEpochMilli())
                    .bind("digest", key.digest().toString())
                    .bind("generation", key.generation())
                    .execute()
                > 0);
    if (marked) {
      log.error("blob damaged digest={} generation={}", key.digest(), key.generation());
      changed(key.digest());
    }
    return marked;
  }

  /** Takes the mark away from a blob whose bytes turned out right after all. */
  public void unmark(BlobKey key) throws IOException {
    boolean marked =
        transactions.free(h ->
            h.createUpdate(
                        """
                        UPDATE blobs SET damaged_at = NULL
                        WHERE digest = :digest AND generation = :generation
                          AND damaged_at IS NOT NULL
                        """)
                    .bind("digest", key.digest().toString())
                    .bind("generation", key.generation())
                    .execute()
                > 0);
    if (marked) {
      changed(key.digest());
    }
  }

  /** How many blobs are marked. */
  public long count() throws IOException {
    return transactions.read(h ->
        h.createQuery("SELECT COUNT(*) FROM blobs WHERE damaged_at IS NOT NULL")
            .mapTo(Long.class)
            .one());
  }

  /** Repositories that can see a digest: a repair fetches it for one of them. */
  public List<RepositoryName> seenBy(Digest digest) throws IOException {
    return transactions.read(h -> repositories(h, digest));
  }

  /** What is hurt when this digest cannot be had; through indexes as well, at most so many. */
  public List<Hurt> hurts(Digest digest, int most) throws IOException {
    return transactions.read(h ->
        h.createQuery(
                """
                WITH RECURSIVE hurt (repository_id, digest) AS (
                  SELECT r.repository_id, m.digest FROM manifest_references r
                    JOIN manifests m ON m.id = r.manifest_id AND m.deletion_id IS NULL
                    WHERE r.digest = :digest
                  UNION
                  SELECT m.repository_id, m.digest FROM hurt
                    JOIN manifest_references r
                      ON r.repository_id = hurt.repository_id AND r.digest = hurt.digest
                    JOIN manifests m ON m.id = r.manifest_id AND m.deletion_id IS NULL)
                SELECT DISTINCT n.name AS repository, coalesce(t.name, hurt.digest) AS reference
                FROM hurt JOIN repositories n ON n.id = hurt.repository_id
                  LEFT JOIN tags t
                    ON t.repository_id = hurt.repository_id AND t.digest = hurt.digest
                ORDER BY 1, 2 LIMIT :most
                """)
            .bind("digest", digest.toString())
            .bind("most", most)
            .map((rs, ctx) ->
                new Hurt(new RepositoryName(rs.getString("repository")), rs.getString("reference")))
            .list());
  }

  /** The same as the end of a sentence about the digest. */
  public String hurtsInWords(Digest digest) throws IOException {
    List<Hurt> hurt = hurts(digest, HURT_MAX);
    return hurt.isEmpty()
        ? "; no manifest names it"
        : "; it hurts "
            + hurt.stream()
                .map(each ->
                    each.reference().indexOf(':') < 0
                        ? each.repository() + ":" + each.reference()
                        : each.repository() + "@" + each.reference())
                .collect(Collectors.joining(", "));
  }

  private void changed(Digest digest) throws IOException {
    for (RepositoryName repository : seenBy(digest)) {
      cache.linkChanged(repository, digest);
    }
  }

  private static List<RepositoryName> repositories(Handle h, Digest digest) {
    return h.createQuery(
            """
            SELECT r.name FROM blob_links l JOIN repositories r ON r.id = l.repository_id
            WHERE l.digest = :digest ORDER BY r.name
            """)
        .bind("digest", digest.toString())
        .map((rs, ctx) -> new RepositoryName(rs.getString("name")))
        .list();
  }
}
