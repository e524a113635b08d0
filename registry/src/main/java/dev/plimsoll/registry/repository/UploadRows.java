package dev.plimsoll.registry.repository;

import dev.plimsoll.oci.RepositoryName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;

/** The rows of uploads in progress. */
final class UploadRows {

  void insert(Handle h, UploadId id, long repositoryId, Instant now) {
    h.createUpdate(
            """
            INSERT INTO uploads (id, repository_id, started_at, touched_at)
            VALUES (:id, :repository, :now, :now)
            """)
        .bind("id", id.value())
        .bind("repository", repositoryId)
        .bind("now", now.toEpochMilli())
        .execute();
  }

  Optional<RepositoryName> repository(Handle h, UploadId id) {
    return h.createQuery(
            """
            SELECT r.name FROM uploads u JOIN repositories r ON r.id = u.repository_id
            WHERE u.id = :id
            """)
        .bind("id", id.value())
        .map((rs, ctx) -> new RepositoryName(rs.getString("name")))
        .findOne();
  }

  void delete(Handle h, UploadId id) {
    h.createUpdate("DELETE FROM uploads WHERE id = :id").bind("id", id.value()).execute();
  }

  /**
   * An upload as one process works on it.
   *
   * @param epoch how often it had been taken up when this process took it
   */
  record Claim(UploadId id, long epoch) {}

  OptionalLong epoch(Handle h, UploadId id) {
    return h
        .createQuery("SELECT epoch FROM uploads WHERE id = :id")
        .bind("id", id.value())
        .mapTo(Long.class)
        .stream()
        .mapToLong(Long::longValue)
        .findFirst();
  }

  /** Takes an upload up: whoever worked on it has lost it. Empty if there is no such upload. */
  OptionalLong take(Handle h, UploadId id, Instant now) {
    return h
        .createQuery(
            """
            UPDATE uploads SET epoch = epoch + 1, touched_at = :now WHERE id = :id RETURNING epoch
            """)
        .bind("id", id.value())
        .bind("now", now.toEpochMilli())
        .mapTo(Long.class)
        .stream()
        .mapToLong(Long::longValue)
        .findFirst();
  }

  /** Notes that somebody works on it; false if another has taken it up. */
  boolean touch(Handle h, Claim claim, Instant now) {
    return h.createUpdate("UPDATE uploads SET touched_at = :now WHERE id = :id AND epoch = :epoch")
            .bind("id", claim.id().value())
            .bind("epoch", claim.epoch())
            .bind("now", now.toEpochMilli())
            .execute()
        > 0;
  }

  /** Ends it; false if another has taken it up, or ended it. */
  boolean end(Handle h, Claim claim) {
    return h.createUpdate("DELETE FROM uploads WHERE id = :id AND epoch = :epoch")
            .bind("id", claim.id().value())
            .bind("epoch", claim.epoch())
            .execute()
        > 0;
  }

  List<UploadId> untouchedSince(Handle h, Instant limit) {
    return h.createQuery("SELECT id FROM uploads WHERE touched_at <= :limit ORDER BY id")
        .bind("limit", limit.toEpochMilli())
        .map((rs, ctx) -> new UploadId(rs.getString("id")))
        .list();
  }

  List<UploadId> all(Handle h) {
    return h.createQuery("SELECT id FROM uploads ORDER BY id")
        .map((rs, ctx) -> new UploadId(rs.getString("id")))
        .list();
  }
}
