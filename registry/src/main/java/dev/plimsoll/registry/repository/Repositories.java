package dev.plimsoll.registry.repository;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.repository.RegistryException.RepositoryUnknown;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes repositories whole. Safe for many threads. */
public final class Repositories {
  private static final Logger log = LoggerFactory.getLogger(Repositories.class);

  /** What the trash calls all of a repository; no tag and no digest is spelled so. */
  public static final String ALL = "*";

  private final Transactions transactions;
  private final RepositoryRows repositories = new RepositoryRows();
  private final TrashRows trash = new TrashRows();
  private final UsageRows usage = new UsageRows();
  private final ReadCache cache;
  private final InstantSource clock;

  public Repositories(Transactions transactions, ReadCache cache, InstantSource clock) {
    this.transactions = transactions;
    this.cache = cache;
    this.clock = clock;
  }

  /**
   * What went, or would go.
   *
   * @param deletion by which all of it can be restored
   */
  public record Deleted(long deletion, List<Digest> manifests, List<Tag> tags) {}

  /**
   * Moves all manifests and tags of a repository into the trash, as one deletion. Readers see none of
   * it when this returns; a push that comes later makes the repository anew.
   *
   * @throws RepositoryUnknown if it has nothing that could be deleted
   */
  public Deleted delete(RepositoryName repository, String actor) throws IOException {
    Deleted deleted = transactions.free(h -> delete(h, repository, actor));
    deleted.manifests().forEach(digest -> cache.manifestChanged(repository, digest));
    deleted.tags().forEach(tag -> cache.tagChanged(repository, tag));
    log.info(
        "repository deleted repository={} manifests={} tags={} by={} deletion={}",
        repository,
        deleted.manifests().size(),
        deleted.tags().size(),
        actor,
        deleted.deletion());
    return deleted;
  }

  /** What {@link #delete} would do. */
  public Deleted rehearse(RepositoryName repository, String actor) throws IOException {
    return Rehearsal.of(transactions, h -> delete(h, repository, actor));
  }

  private Deleted delete(Handle h, RepositoryName repository, String actor) {
    OptionalLong found = repositories.find(h, repository);
    if (found.isEmpty()) {
      throw new RepositoryUnknown(repository);
    }
    long id = found.getAsLong();
    List<Digest> manifests =
        h.createQuery(
                """
                SELECT digest FROM manifests
                WHERE repository_id = :repository AND deletion_id IS NULL ORDER BY digest
                """)
            .bind("repository", id)
            .map((rs, ctx) -> Digest.parse(rs.getString("digest")))
            .list();
    List<Tag> tags =
        h.createQuery("SELECT name FROM tags WHERE repository_id = :repository ORDER BY name")
            .bind("repository", id)
            .map((rs, ctx) -> new Tag(rs.getString("name")))
            .list();
    if (manifests.isEmpty() && tags.isEmpty()) {
      throw new RepositoryUnknown(repository);
    }
    Instant now = clock.instant();
    long deletion = trash.insert(h, id, ALL, new Actor(actor, "repository deleted", now));
    moveAll(h, id, deletion, now, actor);
    usage.emptied(h, id);
    Changes.tell(new Change.RepositoryDeleted(id, deletion, manifests.size(), tags.size(), actor));
    return new Deleted(deletion, manifests, tags);
  }

  /** Whole tables at once: a repository may have a hundred thousand manifests. */
  private static void moveAll(Handle h, long id, long deletion, Instant now, String actor) {
    for (String statement :
        new String[] {
          """
          INSERT INTO deleted_tags (deletion_id, name, digest)
          SELECT :deletion, name, digest FROM tags WHERE repository_id = :repository
          """,
          """
          INSERT INTO tag_moves (repository_id, tag, from_digest, to_digest, moved_at, actor)
          SELECT repository_id, name, digest, NULL, :now, :actor FROM tags
          WHERE repository_id = :repository
          """,
          "DELETE FROM tags WHERE repository_id = :repository",
          """
          UPDATE manifests SET deletion_id = :deletion
          WHERE repository_id = :repository AND deletion_id IS NULL
          """
        }) {
      var update = h.createUpdate(statement).bind("repository", id);
      if (statement.contains(":deletion")) {
        update.bind("deletion", deletion);
      }
      if (statement.contains(":now")) {
        update.bind("now", now.toEpochMilli()).bind("actor", actor);
      }
      update.execute();
    }
  }
}
