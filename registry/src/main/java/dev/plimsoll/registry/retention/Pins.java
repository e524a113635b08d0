package dev.plimsoll.registry.retention;

import dev.plimsoll.oci.Reference;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.repository.Manifests;
import dev.plimsoll.registry.repository.Transactions;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps tags and digests from retention and from the collector. A pinned tag holds whatever it points
 * at; a client may still delete it, and it then stays in the trash for as long as it is pinned. Safe
 * for many threads.
 */
public final class Pins {
  private static final Logger log = LoggerFactory.getLogger(Pins.class);

  private final Transactions transactions;
  private final Manifests manifests;
  private final InstantSource clock;

  public Pins(Transactions transactions, Manifests manifests, InstantSource clock) {
    this.transactions = transactions;
    this.manifests = manifests;
    this.clock = clock;
  }

  /**
   * Pins a tag or digest; one that is pinned already gets the new reason.
   *
   * @throws dev.plimsoll.registry.repository.RegistryException.ManifestUnknown if it is not there
   */
  public Pin pin(RepositoryName repository, Reference reference, String actor, String reason)
      throws IOException {
    manifests.get(repository, reference);
    Pin pin = new Pin(repository, reference, clock.instant(), actor, reason);
    transactions.write(h ->
        h.createUpdate(
                """
                INSERT INTO pins (repository_id, reference, pinned_at, actor, reason)
                SELECT id, :reference, :at, :actor, :reason FROM repositories
                WHERE name = :repository
                ON CONFLICT (repository_id, reference) DO UPDATE SET
                  pinned_at = excluded.pinned_at, actor = excluded.actor, reason = excluded.reason
                """)
            .bind("repository", repository.value())
            .bind("reference", reference.toString())
            .bind("at", pin.at().toEpochMilli())
            .bind("actor", actor)
            .bind("reason", reason)
            .execute());
    log.info("pinned repository={} reference={} by={}", repository, reference, actor);
    return pin;
  }

  /** Takes a pin away; returns whether there was one. */
  public boolean unpin(RepositoryName repository, Reference reference, String actor)
      throws IOException {
    int gone =
        transactions.free(h ->
            h.createUpdate(
                    """
                    DELETE FROM pins WHERE reference = :reference AND repository_id =
                      (SELECT id FROM repositories WHERE name = :repository)
                    """)
                .bind("repository", repository.value())
                .bind("reference", reference.toString())
                .execute());
    if (gone > 0) {
      log.info("unpinned repository={} reference={} by={}", repository, reference, actor);
    }
    return gone > 0;
  }

  /**
   * Pins in the order of their names.
   *
   * @param afterRepository where the last page ended, with {@code afterReference}, or ""
   */
  public List<Pin> list(
      Optional<RepositoryName> repository, String afterRepository, String afterReference, int most)
      throws IOException {
    return transactions.read(h ->
        h.createQuery(
                """
                SELECT r.name, p.reference, p.pinned_at, p.actor, p.reason
                FROM pins p JOIN repositories r ON r.id = p.repository_id
                WHERE (r.name, p.reference) > (:repository_after, :reference_after)
                  AND (:any = 1 OR r.name = :repository)
                ORDER BY r.name, p.reference LIMIT :most
                """)
            .bind("repository_after", afterRepository)
            .bind("reference_after", afterReference)
            .bind("any", repository.isEmpty() ? 1 : 0)
            .bind("repository", repository.map(RepositoryName::value).orElse(""))
            .bind("most", most)
            .map((rs, ctx) ->
                new Pin(
                    new RepositoryName(rs.getString("name")),
                    Reference.parse(rs.getString("reference")),
                    Instant.ofEpochMilli(rs.getLong("pinned_at")),
                    rs.getString("actor"),
                    rs.getString("reason")))
            .list());
  }
}
