package dev.plimsoll.registry.retention;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.repository.RegistryException.TooManyReporters;
import dev.plimsoll.registry.repository.Transactions;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What hosts and services say they run. A report replaces what the same reporter said before; the
 * last word of a silent one stands until somebody removes it by name. Safe for many threads.
 */
public final class Deployed {
  private static final Logger log = LoggerFactory.getLogger(Deployed.class);

  /** Images that one report may name. */
  public static final int IMAGES_MAX = 20_000;

  private static final int REPORTERS_MAX = 10_000;

  private final Transactions transactions;
  private final InstantSource clock;

  public Deployed(Transactions transactions, InstantSource clock) {
    this.transactions = transactions;
    this.clock = clock;
  }

  /**
   * Who has reported.
   *
   * @param images how many it named last
   */
  public record Reporter(ReporterName name, Instant reportedAt, String actor, int images) {}

  /**
   * An image of a report that clients cannot pull at present.
   *
   * @param deletion that took it into the trash, by which it can be restored
   */
  public record InTrash(RepositoryName repository, Digest digest, long deletion) {}

  /** What the same digest of a repository is used for; running outweighs rollback. */
  private record Place(String digest, String repository) {
    static Place of(DeployedImage image) {
      return new Place(
          image.digest().toString(), image.repository().map(RepositoryName::value).orElse(""));
    }
  }

  /**
   * Takes a report.
   *
   * @return those of the images that are in the trash and nowhere else, held there from now on
   * @throws TooManyReporters if nobody knows this one and there are too many already
   */
  public List<InTrash> report(ReporterName reporter, Collection<DeployedImage> images, String actor)
      throws IOException {
    Map<Place, String> said = new LinkedHashMap<>();
    for (DeployedImage image : images) {
      said.merge(Place.of(image), image.usage().word(), (a, b) -> a.equals("running") ? a : b);
    }
    transactions.free(h -> {
      refuseTooMany(h, reporter);
      h.createUpdate(
              """
              INSERT INTO reporters (name, reported_at, actor) VALUES (:name, :now, :actor)
              ON CONFLICT (name) DO UPDATE SET
                reported_at = excluded.reported_at, actor = excluded.actor
              """)
          .bind("name", reporter.value())
          .bind("now", clock.millis())
          .bind("actor", actor)
          .execute();
      int changed = replace(h, reporter, said);
      if (changed > 0) {
        log.info("deployed reporter={} images={} changed={}", reporter, said.size(), changed);
      }
      return changed;
    });
    return transactions.read(h -> inTrash(h, reporter));
  }

  private static void refuseTooMany(Handle h, ReporterName reporter) {
    long others =
        h.createQuery("SELECT count(*) FROM reporters WHERE name <> :name")
            .bind("name", reporter.value())
            .mapTo(Long.class)
            .one();
    if (others >= REPORTERS_MAX) {
      throw new TooManyReporters(REPORTERS_MAX);
    }
  }

  /** Writes only what is different: most reports say what the last one said. */
  private static int replace(Handle h, ReporterName reporter, Map<Place, String> said) {
    Map<Place, String> before = new LinkedHashMap<>();
    h.createQuery("SELECT digest, repository, usage FROM deployed WHERE reporter = :name")
        .bind("name", reporter.value())
        .map((rs, ctx) ->
            Map.entry(
                new Place(rs.getString("digest"), rs.getString("repository")),
                rs.getString("usage")))
        .forEach(entry -> before.put(entry.getKey(), entry.getValue()));
    Set<Place> gone = new HashSet<>(before.keySet());
    gone.removeAll(said.keySet());
    PreparedBatch deletes =
        h.prepareBatch(
            """
            DELETE FROM deployed
            WHERE reporter = :reporter AND digest = :digest AND repository = :repository
            """);
    gone.forEach(place -> bound(deletes, reporter, place).add());
    PreparedBatch inserts =
        h.prepareBatch(
            """
            INSERT INTO deployed (reporter, digest, repository, usage)
            VALUES (:reporter, :digest, :repository, :usage)
            ON CONFLICT (reporter, digest, repository) DO UPDATE SET usage = excluded.usage
            """);
    said.forEach((place, usage) -> {
      if (!usage.equals(before.get(place))) {
        bound(inserts, reporter, place).bind("usage", usage).add();
      }
    });
    return (deletes.size() > 0 ? deletes.execute().length : 0)
        + (inserts.size() > 0 ? inserts.execute().length : 0);
  }

  private static PreparedBatch bound(PreparedBatch batch, ReporterName reporter, Place place) {
    return batch
        .bind("reporter", reporter.value())
        .bind("digest", place.digest())
        .bind("repository", place.repository());
  }

  /**
   * Looks through the trash once, whatever the report's length. One that is told without a repository
   * can be pulled as long as any has it.
   */
  private static List<InTrash> inTrash(Handle h, ReporterName reporter) {
    return h
        .createQuery(
            """
            SELECT r.name, m.digest, m.deletion_id
            FROM manifests m JOIN repositories r ON r.id = m.repository_id
            JOIN deployed d ON d.digest = m.digest AND d.reporter = :reporter
            WHERE m.deletion_id IS NOT NULL AND (d.repository = r.name
              OR (d.repository = '' AND NOT EXISTS (
                SELECT 1 FROM repositories o
                JOIN manifests l ON l.repository_id = o.id AND l.digest = m.digest
                WHERE l.deletion_id IS NULL)))
            ORDER BY r.name, m.digest
            """)
        .bind("reporter", reporter.value())
        .map((rs, ctx) ->
            new InTrash(
                new RepositoryName(rs.getString("name")),
                Digest.parse(rs.getString("digest")),
                rs.getLong("deletion_id")))
        .stream()
        .distinct()
        .toList();
  }

  /** Reporters in the order of their names, behind {@code after}. */
  public List<Reporter> reporters(String after, int most) throws IOException {
    return transactions.read(h ->
        h.createQuery(
                """
                SELECT r.name, r.reported_at, r.actor,
                  (SELECT count(*) FROM deployed d WHERE d.reporter = r.name) AS images
                FROM reporters r WHERE r.name > :after ORDER BY r.name LIMIT :most
                """)
            .bind("after", after)
            .bind("most", most)
            .map((rs, ctx) ->
                new Reporter(
                    new ReporterName(rs.getString("name")),
                    Instant.ofEpochMilli(rs.getLong("reported_at")),
                    rs.getString("actor"),
                    rs.getInt("images")))
            .list());
  }

  /** The last word of a reporter; empty if nobody of that name has reported. */
  public Optional<List<DeployedImage>> images(ReporterName reporter) throws IOException {
    return transactions.read(h -> {
      if (h.createQuery("SELECT 1 FROM reporters WHERE name = :name")
          .bind("name", reporter.value())
          .mapTo(Integer.class)
          .findOne()
          .isEmpty()) {
        return Optional.<List<DeployedImage>>empty();
      }
      return Optional.of(
          h.createQuery(
                  """
                  SELECT digest, repository, usage FROM deployed WHERE reporter = :name
                  ORDER BY repository, digest
                  """)
              .bind("name", reporter.value())
              .map((rs, ctx) ->
                  new DeployedImage(
                      Optional.of(rs.getString("repository"))
                          .filter(name -> !name.isEmpty())
                          .map(RepositoryName::new),
                      Digest.parse(rs.getString("digest")),
                      DeployedImage.Usage.parse(rs.getString("usage"))))
              .list());
    });
  }

  /** Forgets a reporter and all it said; returns whether it was known. */
  public boolean remove(ReporterName reporter, String actor) throws IOException {
    boolean known =
        transactions.free(h -> {
          h.createUpdate("DELETE FROM deployed WHERE reporter = :name")
              .bind("name", reporter.value())
              .execute();
          return h.createUpdate("DELETE FROM reporters WHERE name = :name")
                  .bind("name", reporter.value())
                  .execute()
              > 0;
        });
    if (known) {
      log.info("reporter removed name={} by={}", reporter, actor);
    }
    return known;
  }
}
