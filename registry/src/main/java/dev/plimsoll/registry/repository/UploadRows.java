package dev.plimsoll.registry.repository;

import dev.plimsoll.oci.RepositoryName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The rows of uploads in progress. */
final class UploadRows {

  void insert(Handle h, UploadId id, long repositoryId, Instant now) {
    h.createUpdate(
            "INSERT INTO uploads (id, repository_id, started_at) VALUES (:id, :repository, :now)")
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

  List<UploadId> all(Handle h) {
    return h.createQuery("SELECT id FROM uploads ORDER BY id")
        .map((rs, ctx) -> new UploadId(rs.getString("id")))
        .list();
  }
}
