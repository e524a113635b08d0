package dev.plimsoll.registry.repository;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The rows of blobs and of their links to repositories, and the moves between their states. Every
 * method runs inside the transaction of its caller.
 *
 * <pre>
 *   (none) ──store──▶ live ──last link gone──▶ condemned ──waited──▶ deleting ──bytes gone──▶ (none)
 *                      ▲                          │
 *                      └──────────link────────────┘
 * </pre>
 *
 * <p>A link exists only for a live blob, and a condemned blob has no links: so whoever adds a link
 * revives, and whoever takes the last link condemns. Not final so that the interleaving test can
 * take a guard away and show that it would be missed.
 */
public class BlobRows {

  /**
   * The row of a blob that can be had, or could be again.
   *
   * @param damaged its bytes were found wrong or missing: the next push replaces it
   */
  public record Current(
      String generation, long sizeBytes, boolean small, boolean condemned, boolean damaged) {}

  /**
   * What a repository knows about one of its blobs.
   *
   * @param leasedUntil empty while a manifest names the blob
   */
  public record Link(
      String generation, long sizeBytes, boolean small, Optional<Instant> leasedUntil) {}

  /**
   * Holds the rows of blobs until the transaction ends. Where one writer writes there is nobody to
   * hold them against; {@link SharedBlobRows} does.
   */
  public void lock(Handle h, Collection<Digest> digests) {
    // one writes after the other
  }

  /** The blob that a new link would show, live or condemned. */
  public Optional<Current> current(Handle h, Digest digest) {
    return Plain.first(
        h,
        """
        SELECT generation, size_bytes, content IS NOT NULL AS small, state = 'condemned' AS c,
          damaged_at IS NOT NULL AS damaged
        FROM blobs WHERE digest = ? AND state IN ('live', 'condemned')
        """,
        rs ->
            new Current(
                rs.getString("generation"),
                rs.getLong("size_bytes"),
                rs.getBoolean("small"),
                rs.getBoolean("c"),
                rs.getBoolean("damaged")),
        digest.toString());
  }

  /** The link of a repository, unless a client has deleted it or the blob is damaged. */
  public Optional<Link> link(Handle h, long repositoryId, Digest digest) {
    return Plain.first(
        h,
        """
        SELECT b.generation, b.size_bytes, b.content IS NOT NULL AS small, l.leased_until
        FROM blob_links l JOIN blobs b ON b.digest = l.digest AND b.state = 'live'
        WHERE l.repository_id = ? AND l.digest = ? AND l.deleted_at IS NULL
          AND b.damaged_at IS NULL
        """,
        rs ->
            new Link(
                rs.getString("generation"),
                rs.getLong("size_bytes"),
                rs.getBoolean("small"),
                Rows.time(rs, "leased_until")),
        repositoryId,
        digest.toString());
  }

  /** Repositories that have the blob, for a mount that names none. */
  public List<RepositoryName> linkedIn(Handle h, Digest digest, int most) {
    return h.createQuery(
            """
            SELECT r.name FROM blob_links l
            JOIN blobs b ON b.digest = l.digest AND b.state = 'live'
            JOIN repositories r ON r.id = l.repository_id
            WHERE l.digest = :digest AND l.deleted_at IS NULL AND b.damaged_at IS NULL
            LIMIT :most
            """)
        .bind("digest", digest.toString())
        .bind("most", most)
        .map((rs, ctx) -> new RepositoryName(rs.getString("name")))
        .list();
  }

  /** Adds a live blob whose bytes are on disk, or are {@code content}. */
  public void store(
      Handle h, Digest digest, String generation, long sizeBytes, byte @Nullable [] content) {
    Plain.update(
        h,
        """
        INSERT INTO blobs (digest, generation, size_bytes, state, content)
        VALUES (?, ?, ?, 'live', ?)
        """,
        digest.toString(),
        generation,
        sizeBytes,
        content);
  }

  /**
   * Lets a repository see a blob that is live or condemned, and holds it there. Whatever the
   * collector had in mind with it is off.
   */
  public void link(Handle h, long repositoryId, Digest digest, Instant now, Instant leasedUntil) {
    revive(h, digest);
    Plain.update(
        h,
        """
        INSERT INTO blob_links (repository_id, digest, linked_at, leased_until)
        VALUES (?, ?, ?, ?)
        ON CONFLICT (repository_id, digest) DO UPDATE SET
          linked_at = excluded.linked_at,
          deleted_at = NULL,
          leased_until = CASE WHEN blob_links.leased_until < excluded.leased_until
            THEN excluded.leased_until ELSE blob_links.leased_until END
        """,
        repositoryId,
        digest.toString(),
        now.toEpochMilli(),
        leasedUntil.toEpochMilli());
  }

  /** Takes back the sentence of a condemned blob. */
  protected void revive(Handle h, Digest digest) {
    Plain.update(
        h,
        """
        UPDATE blobs SET state = 'live', condemned_at = NULL
        WHERE digest = ? AND state = 'condemned'
        """,
        digest.toString());
  }

  /** Moves the end of a lease; a link that a manifest holds has none and keeps none. */
  public void lease(Handle h, long repositoryId, Digest digest, Instant until) {
    h.createUpdate(
            """
            UPDATE blob_links SET leased_until = :until
            WHERE repository_id = :repository AND digest = :digest AND leased_until < :until
            """)
        .bind("repository", repositoryId)
        .bind("digest", digest.toString())
        .bind("until", until.toEpochMilli())
        .execute();
  }

  /** A manifest of the repository names the blob from now on: the lease has done its work. */
  public void hold(Handle h, long repositoryId, Digest digest) {
    Plain.update(
        h,
        """
        UPDATE blob_links SET leased_until = NULL
        WHERE repository_id = ? AND digest = ? AND leased_until IS NOT NULL
        """,
        repositoryId,
        digest.toString());
  }

  /** A manifest that named the blob is gone: if it was the last one, a lease begins. */
  public void release(Handle h, long repositoryId, Digest digest, Instant until) {
    Plain.update(
        h,
        """
        UPDATE blob_links SET leased_until = ?
        WHERE repository_id = ? AND digest = ? AND leased_until IS NULL
          AND NOT EXISTS (SELECT 1 FROM manifest_references r
            WHERE r.repository_id = blob_links.repository_id AND r.digest = blob_links.digest)
        """,
        until.toEpochMilli(),
        repositoryId,
        digest.toString());
  }

  /** Hides the link from clients; its blob stays for manifests in the trash. */
  public void hide(Handle h, long repositoryId, Digest digest, Instant now) {
    h.createUpdate(
            """
            UPDATE blob_links SET deleted_at = :now
            WHERE repository_id = :repository AND digest = :digest
            """)
        .bind("repository", repositoryId)
        .bind("digest", digest.toString())
        .bind("now", now.toEpochMilli())
        .execute();
  }

  /** Shows all blobs of a manifest again that came back from the trash. */
  public void showAllOf(Handle h, long manifestId) {
    h.createUpdate(
            """
            UPDATE blob_links SET deleted_at = NULL
            WHERE deleted_at IS NOT NULL
              AND repository_id = (SELECT m.repository_id FROM manifests m WHERE m.id = :manifest)
              AND digest IN (SELECT r.digest FROM manifest_references r
                WHERE r.manifest_id = :manifest)
            """)
        .bind("manifest", manifestId)
        .execute();
  }

  /** Whether a manifest of the repository names the digest, one in the trash included. */
  public boolean referenced(Handle h, long repositoryId, Digest digest) {
    return Plain.any(
        h,
        "SELECT 1 FROM manifest_references WHERE repository_id = ? AND digest = ? LIMIT 1",
        repositoryId,
        digest.toString());
  }

  /** Whether any repository links to the blob, be the link hidden from its clients. */
  public boolean linked(Handle h, Digest digest) {
    return Plain.any(h, "SELECT 1 FROM blob_links WHERE digest = ? LIMIT 1", digest.toString());
  }

  /** Takes a link away; without any link left, the blob is condemned. */
  public void unlink(Handle h, long repositoryId, Digest digest, Instant now) {
    Plain.update(
        h,
        "DELETE FROM blob_links WHERE repository_id = ? AND digest = ?",
        repositoryId,
        digest.toString());
    Plain.update(
        h,
        """
        UPDATE blobs SET state = 'condemned', condemned_at = ?
        WHERE digest = ? AND state = 'live'
          AND NOT EXISTS (SELECT 1 FROM blob_links l WHERE l.digest = blobs.digest)
        """,
        now.toEpochMilli(),
        digest.toString());
  }

  /** The point of no return: from here on the bytes may be gone at any moment. */
  public void doom(Handle h, Digest digest, String generation) {
    Plain.update(
        h,
        "UPDATE blobs SET state = 'deleting' WHERE digest = ? AND generation = ?",
        digest.toString(),
        generation);
  }

  /** Forgets a blob whose bytes are gone; says whether nobody had before. */
  public boolean forget(Handle h, Digest digest, String generation) {
    return Plain.update(
            h,
            "DELETE FROM blobs WHERE digest = ? AND generation = ? AND state = 'deleting'",
            digest.toString(),
            generation)
        == 1;
  }

  /** The bytes of a small blob. */
  public Optional<byte[]> content(Handle h, Digest digest, String generation) {
    return h.createQuery(
            "SELECT content FROM blobs WHERE digest = :digest AND generation = :generation")
        .bind("digest", digest.toString())
        .bind("generation", generation)
        .map((rs, ctx) -> rs.getBytes("content"))
        .findOne();
  }

  /** The digests of the manifests of a repository, not deleted, that name this digest. */
  public List<Digest> liveReferrersTo(Handle h, long repositoryId, Digest digest, int most) {
    return Plain.all(
        h,
        """
        SELECT m.digest FROM manifest_references r JOIN manifests m ON m.id = r.manifest_id
        WHERE r.repository_id = ? AND r.digest = ? AND r.live = 1
        LIMIT ?
        """,
        rs -> Digest.parse(rs.getString(1)),
        repositoryId,
        digest.toString(),
        most);
  }
}
