package dev.plimsoll.registry.stats;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.repository.RegistryException.RepositoryUnknown;
import dev.plimsoll.registry.repository.Transactions;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/**
 * Counts. A blob that several repositories or tags have is counted for each of them in {@code bytes}
 * and for none of them in {@code ownBytes}: those are what deleting the one would free. Sizes are of
 * blobs; manifests, some kilobytes each, are left out. What is in the trash still takes its space,
 * and is counted with its repository. Safe for many threads.
 */
public final class Stats {
  private static final long WEEK_MILLIS = Duration.ofDays(7).toMillis();

  private final Transactions transactions;

  public Stats(Transactions transactions) {
    this.transactions = transactions;
  }

  /** What a repository takes. */
  public record RepositoryUse(
      RepositoryName repository,
      long tags,
      long manifests,
      long blobs,
      long bytes,
      long ownBytes) {}

  /**
   * What a tag takes, with all the images of an index.
   *
   * @param pulledAt when it was pulled last, or what it points at by its digest, as far as pulls are
   *     written; empty: never
   */
  public record TagUse(
      Tag tag, Digest digest, long blobs, long bytes, long ownBytes, Optional<Instant> pulledAt) {}

  /**
   * What became of the registry in a week.
   *
   * @param from when it began
   * @param blobs that came in it and are still here
   * @param bytes of those
   * @param storedBytes all that was here at its end, or is here now; empty if nobody looked
   * @param grownBytes by how much that is more, or less, than when somebody looked last before it
   */
  public record Week(
      Instant from,
      long blobs,
      long bytes,
      Optional<Long> storedBytes,
      Optional<Long> grownBytes) {}

  private record Came(long blobs, long bytes) {}

  /**
   * Repositories by what they take, the largest first.
   *
   * @param most how many at most
   */
  public List<RepositoryUse> repositories(int most) throws IOException {
    return transactions.read(h ->
        h.createQuery(
                """
                SELECT r.name,
                  (SELECT COUNT(*) FROM tags t WHERE t.repository_id = r.id) AS tags,
                  (SELECT COUNT(*) FROM manifests m
                    WHERE m.repository_id = r.id AND m.deletion_id IS NULL) AS manifests,
                  u.blobs, u.bytes, u.own_bytes
                FROM repositories r JOIN (
                  SELECT l.repository_id, COUNT(*) AS blobs, SUM(b.size_bytes) AS bytes,
                    SUM(CASE WHEN n.links = 1 THEN b.size_bytes ELSE 0 END) AS own_bytes
                  FROM blob_links l
                  JOIN blobs b ON b.digest = l.digest AND b.state IN ('live', 'condemned')
                  JOIN (SELECT digest, COUNT(*) AS links FROM blob_links GROUP BY digest) n
                    ON n.digest = l.digest
                  GROUP BY l.repository_id) u ON u.repository_id = r.id
                ORDER BY u.bytes DESC, r.name LIMIT :most
                """)
            .bind("most", most)
            .map((rs, ctx) ->
                new RepositoryUse(
                    new RepositoryName(rs.getString("name")),
                    rs.getLong("tags"),
                    rs.getLong("manifests"),
                    rs.getLong("blobs"),
                    rs.getLong("bytes"),
                    rs.getLong("own_bytes")))
            .list());
  }

  /**
   * Tags of a repository by what they take, the largest first. What another tag, an image without a
   * tag, or another repository has as well counts as own to none of them.
   *
   * @throws RepositoryUnknown if there is no such repository
   */
  public List<TagUse> tags(RepositoryName repository, int most) throws IOException {
    return transactions.read(h -> tags(h, id(h, repository), most));
  }

  private static List<TagUse> tags(Handle h, long repositoryId, int most) {
    return h.createQuery(
            """
            WITH RECURSIVE reached (name, digest) AS (
              SELECT name, digest FROM tags WHERE repository_id = :repository
              UNION
              SELECT reached.name, named.digest FROM reached
              JOIN manifests m ON m.repository_id = :repository AND m.digest = reached.digest
              JOIN manifest_references named ON named.manifest_id = m.id),
            sized AS (
              SELECT reached.name, reached.digest, b.size_bytes,
                COUNT(*) OVER (PARTITION BY reached.digest) AS tags
              FROM reached JOIN blobs b
                ON b.digest = reached.digest AND b.state IN ('live', 'condemned')),
            told AS (
              SELECT s.name, s.digest, s.size_bytes, CASE WHEN s.tags > 1
                OR EXISTS (SELECT 1 FROM blob_links l
                  WHERE l.digest = s.digest AND l.repository_id <> :repository)
                OR EXISTS (SELECT 1 FROM manifest_references f
                  JOIN manifests m ON m.id = f.manifest_id
                  WHERE f.repository_id = :repository AND f.digest = s.digest AND f.live = 1
                    AND NOT EXISTS (SELECT 1 FROM reached r
                      WHERE r.name = s.name AND r.digest = m.digest))
                THEN 0 ELSE s.size_bytes END AS own_bytes
              FROM sized s)
            SELECT t.name, t.digest, COUNT(s.digest) AS blobs,
              COALESCE(SUM(s.size_bytes), 0) AS bytes,
              COALESCE(SUM(s.own_bytes), 0) AS own_bytes,
              (SELECT MAX(p.pulled_at) FROM pulls p WHERE p.repository_id = :repository
                AND p.reference IN (t.name, t.digest)) AS pulled_at
            FROM tags t LEFT JOIN told s ON s.name = t.name
            WHERE t.repository_id = :repository
            GROUP BY t.name, t.digest ORDER BY bytes DESC, t.name LIMIT :most
            """)
        .bind("repository", repositoryId)
        .bind("most", most)
        .map((rs, ctx) ->
            new TagUse(
                new Tag(rs.getString("name")),
                Digest.parse(rs.getString("digest")),
                rs.getLong("blobs"),
                rs.getLong("bytes"),
                rs.getLong("own_bytes"),
                Optional.of(rs.getLong("pulled_at"))
                    .filter(millis -> millis > 0)
                    .map(Instant::ofEpochMilli)))
        .list();
  }

  /** Writes down how much is here, as the present week's last word for now. */
  public void measure(Instant now) throws IOException {
    Came all = transactions.read(Stats::all);
    transactions.free(h ->
        h.createUpdate(
                """
                INSERT INTO stored_weeks (week, blobs, size_bytes, measured_at)
                VALUES (:week, :blobs, :bytes, :now)
                ON CONFLICT (week) DO UPDATE SET blobs = excluded.blobs,
                  size_bytes = excluded.size_bytes, measured_at = excluded.measured_at
                """)
            .bind("week", now.toEpochMilli() / WEEK_MILLIS)
            .bind("blobs", all.blobs())
            .bind("bytes", all.bytes())
            .bind("now", now.toEpochMilli())
            .execute());
  }

  private static Came all(Handle h) {
    return h.createQuery(
            """
            SELECT COUNT(*) AS blobs, COALESCE(SUM(size_bytes), 0) AS bytes
            FROM blobs WHERE state IN ('live', 'condemned')
            """)
        .map((rs, ctx) -> new Came(rs.getLong("blobs"), rs.getLong("bytes")))
        .one();
  }

  /** The last weeks, the latest first; those of nothing too. */
  public List<Week> weeks(Instant now, int most) throws IOException {
    long present = now.toEpochMilli() / WEEK_MILLIS;
    long first = present - most + 1;
    return transactions.read(h -> {
      Map<Long, Came> came = came(h, first);
      NavigableMap<Long, Long> stored = stored(h);
      stored.put(present, all(h).bytes());
      List<Week> weeks = new ArrayList<>();
      for (long week = present; week >= first; week--) {
        Came of = came.getOrDefault(week, new Came(0, 0));
        Optional<Long> atItsEnd = Optional.ofNullable(stored.get(week));
        Optional<Long> before =
            Optional.ofNullable(stored.lowerEntry(week)).map(Map.Entry::getValue);
        weeks.add(
            new Week(
                Instant.ofEpochMilli(week * WEEK_MILLIS),
                of.blobs(),
                of.bytes(),
                atItsEnd,
                atItsEnd.flatMap(bytes -> before.map(earlier -> bytes - earlier))));
      }
      return weeks;
    });
  }

  private static Map<Long, Came> came(Handle h, long first) {
    return h
        .createQuery(
            """
            SELECT came.week, COUNT(*) AS blobs, SUM(b.size_bytes) AS bytes
            FROM (SELECT digest, MIN(linked_at) / :week AS week
              FROM blob_links GROUP BY digest) came
            JOIN blobs b ON b.digest = came.digest AND b.state IN ('live', 'condemned')
            WHERE came.week >= :first GROUP BY came.week
            """)
        .bind("week", WEEK_MILLIS)
        .bind("first", first)
        .map((rs, ctx) ->
            Map.entry(rs.getLong("week"), new Came(rs.getLong("blobs"), rs.getLong("bytes"))))
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static NavigableMap<Long, Long> stored(Handle h) {
    NavigableMap<Long, Long> stored = new TreeMap<>();
    h.createQuery("SELECT week, size_bytes FROM stored_weeks")
        .map((rs, ctx) -> Map.entry(rs.getLong("week"), rs.getLong("size_bytes")))
        .forEach(week -> stored.put(week.getKey(), week.getValue()));
    return stored;
  }

  private static long id(Handle h, RepositoryName repository) {
    return h.createQuery("SELECT id FROM repositories WHERE name = :name")
        .bind("name", repository.value())
        .mapTo(Long.class)
        .findOne()
        .orElseThrow(() -> new RepositoryUnknown(repository));
  }
}
