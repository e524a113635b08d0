package dev.plimsoll.registry.repository;

import dev.plimsoll.oci.RepositoryName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;

/** The rows of repositories. */
final class RepositoryRows {

  OptionalLong find(Handle h, RepositoryName name) {
    Optional<Long> id =
        Plain.first(
            h, "SELECT id FROM repositories WHERE name = ?", rs -> rs.getLong(1), name.value());
    return id.isPresent() ? OptionalLong.of(id.get()) : OptionalLong.empty();
  }

  /** Whether it has a manifest, live or in the trash. */
  boolean isKnown(Handle h, RepositoryName name) {
    return Plain.first(
            h,
            """
            SELECT 1 FROM repositories r WHERE r.name = ? AND EXISTS (
              SELECT 1 FROM manifests m WHERE m.repository_id = r.id)
            """,
            rs -> rs.getInt(1),
            name.value())
        .isPresent();
  }

  /** The repository, made if it is new. */
  long ensure(Handle h, RepositoryName name, Instant now) {
    OptionalLong known = find(h, name);
    if (known.isPresent()) {
      return known.getAsLong();
    }
    return h.createQuery(
            """
            INSERT INTO repositories (name, created_at) VALUES (:name, :now)
            ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id
            """)
        .bind("name", name.value())
        .bind("now", now.toEpochMilli())
        .mapTo(Long.class)
        .one();
  }

  /** Names in order, of repositories that have a manifest. */
  List<RepositoryName> withContent(Handle h, String after, int most) {
    return h.createQuery(
            """
            SELECT name FROM repositories r
            WHERE name > :after AND EXISTS (SELECT 1 FROM manifests m
              WHERE m.repository_id = r.id AND m.deletion_id IS NULL)
            ORDER BY name LIMIT :most
            """)
        .bind("after", after)
        .bind("most", most)
        .map((rs, ctx) -> new RepositoryName(rs.getString("name")))
        .list();
  }
}
