package dev.plimsoll.registry.retention;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.MediaTypes;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.repository.Hold;
import dev.plimsoll.registry.retention.FreedBytes.HeldBlob;
import dev.plimsoll.registry.retention.Inventory.ManifestLine;
import dev.plimsoll.registry.retention.Inventory.TagLine;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/** Reads what decisions go by, one repository at a time, inside one transaction of the caller. */
final class InventoryRows {

  /** Whether the sizes of images are wanted: they cost a look at each blob of each. */
  enum Sizes {
    SUMMED,
    LEFT_OUT
  }

  /** For how long what was restored is left alone, as time goes for rules. */
  record Spared(Ages ages, Duration life) {}

  /** Names of repositories in order, behind {@code after}. */
  List<RepositoryName> repositories(Handle h, String after, int most) {
    return h.createQuery(
            "SELECT name FROM repositories WHERE name > :after ORDER BY name LIMIT :most")
        .bind("after", after)
        .bind("most", most)
        .map((rs, ctx) -> new RepositoryName(rs.getString("name")))
        .list();
  }

  boolean exists(Handle h, RepositoryName repository) {
    return h.createQuery("SELECT 1 FROM repositories WHERE name = :name")
        .bind("name", repository.value())
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  List<Ages.Gap> unseen(Handle h) {
    return h.createQuery("SELECT began_at, ended_at FROM unseen_time ORDER BY began_at")
        .map((rs, ctx) -> new Ages.Gap(at(rs, "began_at"), at(rs, "ended_at")))
        .list();
  }

  Inventory read(Handle h, RepositoryName name, Sizes sizes, Spared spared) {
    Reading reading = new Reading(h, name);
    return new Inventory(
        name,
        reading.tags(),
        reading.manifests(sizes == Sizes.SUMMED ? reading.sizes() : Map.of()),
        reading.tagHolds(),
        reading.digestHolds(spared));
  }

  /** The blobs that a manifest names, and how many manifests that are not deleted name each. */
  List<HeldBlob> blobs(Handle h, RepositoryName repository, Digest manifest) {
    return h.createQuery(
            """
            SELECT b.digest, b.size_bytes,
              (SELECT count(*) FROM blob_links l
                JOIN manifest_references o ON o.repository_id = l.repository_id
                  AND o.digest = l.digest
                JOIN manifests live ON live.id = o.manifest_id AND live.deletion_id IS NULL
                WHERE l.digest = b.digest) AS holders
            FROM manifests m JOIN repositories r ON r.id = m.repository_id
            JOIN manifest_references f ON f.manifest_id = m.id
            JOIN blobs b ON b.digest = f.digest AND b.state = 'live'
            WHERE r.name = :repository AND m.digest = :digest
            """)
        .bind("repository", repository.value())
        .bind("digest", manifest.toString())
        .map((rs, ctx) ->
            new HeldBlob(
                Digest.parse(rs.getString("digest")),
                rs.getLong("size_bytes"),
                rs.getInt("holders")))
        .list();
  }

  /** One repository; a digest that is read many times is kept once. */
  private static final class Reading {
    private final Handle h;
    private final String name;
    private final Map<String, Digest> digests = new HashMap<>();

    Reading(Handle h, RepositoryName name) {
      this.h = h;
      this.name = name.value();
    }

    private Digest digest(String text) {
      return digests.computeIfAbsent(text, Digest::parse);
    }

    List<TagLine> tags() {
      return h.createQuery(
              """
              SELECT t.name, t.digest, t.moved_at, p.pulled_at
              FROM tags t JOIN repositories r ON r.id = t.repository_id
              LEFT JOIN pulls p ON p.repository_id = t.repository_id AND p.reference = t.name
              WHERE r.name = :repository ORDER BY t.name
              """)
          .bind("repository", name)
          .map((rs, ctx) ->
              new TagLine(
                  new Tag(rs.getString("name")),
                  digest(rs.getString("digest")),
                  at(rs, "moved_at"),
                  maybe(rs, "pulled_at")))
          .list();
    }

    List<ManifestLine> manifests(Map<Digest, Long> sizes) {
      Map<Digest, List<Digest>> children = children();
      Map<Digest, Instant> untagged = untagged();
      return h.createQuery(
              """
              SELECT m.digest, m.pushed_at, m.subject, p.pulled_at
              FROM manifests m JOIN repositories r ON r.id = m.repository_id
              LEFT JOIN pulls p ON p.repository_id = m.repository_id AND p.reference = m.digest
              WHERE r.name = :repository AND m.deletion_id IS NULL ORDER BY m.digest
              """)
          .bind("repository", name)
          .map((rs, ctx) -> {
            Digest digest = digest(rs.getString("digest"));
            return new ManifestLine(
                digest,
                at(rs, "pushed_at"),
                maybe(rs, "pulled_at"),
                Optional.ofNullable(untagged.get(digest)),
                Optional.ofNullable(rs.getString("subject")).map(this::digest),
                children.getOrDefault(digest, List.of()),
                sizes.getOrDefault(digest, 0L));
          })
          .list();
    }

    private Map<Digest, List<Digest>> children() {
      return named(
          """
          SELECT o.digest AS parent, c.digest AS child
          FROM manifests o JOIN repositories r ON r.id = o.repository_id
          JOIN manifest_references f ON f.manifest_id = o.id
          JOIN manifests c ON c.repository_id = o.repository_id AND c.digest = f.digest
            AND c.deletion_id IS NULL
          WHERE r.name = :repository AND o.deletion_id IS NULL
            AND o.media_type IN (:oci, :docker)
          """);
    }

    private Map<Digest, List<Digest>> namedInTrash() {
      return named(
          """
          SELECT o.digest AS parent, f.digest AS child
          FROM manifests o JOIN repositories r ON r.id = o.repository_id
          JOIN manifest_references f ON f.manifest_id = o.id
          WHERE r.name = :repository AND o.deletion_id IS NOT NULL
            AND o.media_type IN (:oci, :docker)
          """);
    }

    private Map<Digest, List<Digest>> named(String byIndexes) {
      Map<Digest, List<Digest>> named = new HashMap<>();
      h.createQuery(byIndexes)
          .bind("repository", name)
          .bind("oci", MediaTypes.OCI_INDEX)
          .bind("docker", MediaTypes.DOCKER_LIST)
          .map(
              (rs, ctx) -> Map.entry(digest(rs.getString("parent")), digest(rs.getString("child"))))
          .forEach(edge ->
              named.computeIfAbsent(edge.getKey(), _ -> new ArrayList<>()).add(edge.getValue()));
      return named;
    }

    private Map<Digest, Instant> untagged() {
      return h.createQuery(
              """
              SELECT v.from_digest, max(v.moved_at) AS moved_at
              FROM tag_moves v JOIN repositories r ON r.id = v.repository_id
              WHERE r.name = :repository AND v.from_digest IS NOT NULL
              GROUP BY v.from_digest
              """)
          .bind("repository", name)
          .map((rs, ctx) -> Map.entry(digest(rs.getString("from_digest")), at(rs, "moved_at")))
          .collectToMap(Map.Entry::getKey, Map.Entry::getValue);
    }

    Map<Digest, Long> sizes() {
      return h.createQuery(
              """
              SELECT m.digest, sum(b.size_bytes) AS size
              FROM manifests m JOIN repositories r ON r.id = m.repository_id
              JOIN manifest_references f ON f.manifest_id = m.id
              JOIN blobs b ON b.digest = f.digest AND b.state = 'live'
              WHERE r.name = :repository AND m.deletion_id IS NULL
              GROUP BY m.digest
              """)
          .bind("repository", name)
          .map((rs, ctx) -> Map.entry(digest(rs.getString("digest")), rs.getLong("size")))
          .collectToMap(Map.Entry::getKey, Map.Entry::getValue);
    }

    Map<Tag, Hold> tagHolds() {
      Map<Tag, Hold> holds = new HashMap<>();
      pins()
          .forEach(pin -> {
            if (pin.reference().indexOf(':') < 0) {
              holds.put(new Tag(pin.reference()), pin);
            }
          });
      return holds;
    }

    Map<Digest, Hold> digestHolds(Spared spared) {
      Map<Digest, Hold> holds = new HashMap<>();
      pins()
          .forEach(pin -> {
            if (pin.reference().indexOf(':') >= 0) {
              holds.put(digest(pin.reference()), pin);
            }
          });
      h.createQuery(
              """
              SELECT d.digest, min(d.reporter) AS reporter
              FROM deployed d JOIN repositories r ON r.name = :repository
              JOIN manifests m ON m.repository_id = r.id AND m.digest = d.digest
              WHERE d.repository IN ('', :repository) GROUP BY d.digest
              """)
          .bind("repository", name)
          .map((rs, ctx) -> new Hold.Deployed(rs.getString("digest"), rs.getString("reporter")))
          .forEach(hold -> holds.putIfAbsent(digest(hold.digest()), hold));
      pinnedByTagInTrash().forEach(holds::putIfAbsent);
      fromTrash(holds).forEach(holds::putIfAbsent);
      restored(spared).forEach(hold -> holds.putIfAbsent(digest(hold.digest()), hold));
      return holds;
    }

    /** Holds of what an index in the trash names that is held itself, or that a held one names. */
    private Map<Digest, Hold> fromTrash(Map<Digest, Hold> direct) {
      Map<Digest, List<Digest>> trashed = namedInTrash();
      Map<Digest, Hold> reached = new HashMap<>(direct);
      if (!trashed.isEmpty()) {
        pinnedByTag().forEach(reached::putIfAbsent);
      }
      if (trashed.isEmpty() || reached.isEmpty()) {
        return Map.of();
      }
      Map<Digest, List<Digest>> live = children();
      Map<Digest, Hold> held = new HashMap<>();
      Deque<Digest> waiting = new ArrayDeque<>(reached.keySet());
      while (!waiting.isEmpty()) {
        Digest next = waiting.remove();
        Hold hold = reached.get(next);
        List<Digest> fromTrash = trashed.getOrDefault(next, List.of());
        fromTrash.forEach(child -> held.putIfAbsent(child, hold));
        Stream.concat(live.getOrDefault(next, List.of()).stream(), fromTrash.stream())
            .filter(child -> reached.putIfAbsent(child, hold) == null)
            .forEach(waiting::add);
      }
      return held;
    }

    private Map<Digest, Hold> pinnedByTag() {
      return pinnedBy(
          """
          SELECT t.digest, p.reference, p.actor, p.reason
          FROM pins p JOIN repositories r ON r.id = p.repository_id
          JOIN tags t ON t.repository_id = p.repository_id AND t.name = p.reference
          WHERE r.name = :repository
          """);
    }

    private Map<Digest, Hold> pinnedByTagInTrash() {
      return pinnedBy(
          """
          SELECT t.digest, p.reference, p.actor, p.reason
          FROM pins p JOIN repositories r ON r.id = p.repository_id
          JOIN deletions d ON d.repository_id = p.repository_id
          JOIN deleted_tags t ON t.deletion_id = d.id AND t.name = p.reference
          WHERE r.name = :repository
          """);
    }

    private Map<Digest, Hold> pinnedBy(String tags) {
      return h
          .createQuery(tags)
          .bind("repository", name)
          .map((rs, ctx) -> Map.entry(digest(rs.getString("digest")), pin(rs)))
          .stream()
          .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (one, other) -> one));
    }

    private List<Hold.Restored> restored(Spared spared) {
      return h
          .createQuery(
              """
              SELECT m.digest, m.restored_at
              FROM manifests m JOIN repositories r ON r.id = m.repository_id
              WHERE r.name = :repository AND m.restored_at IS NOT NULL
                AND m.deletion_id IS NULL
              """)
          .bind("repository", name)
          .map((rs, ctx) ->
              new Hold.Restored(rs.getString("digest"), at(rs, "restored_at"), spared.life()))
          .list()
          .stream()
          .filter(hold -> spared.ages().within(spared.life(), hold.at()))
          .toList();
    }

    private List<Hold.Pinned> pins() {
      return h.createQuery(
              """
              SELECT p.reference, p.actor, p.reason
              FROM pins p JOIN repositories r ON r.id = p.repository_id
              WHERE r.name = :repository
              """)
          .bind("repository", name)
          .map((rs, ctx) -> pin(rs))
          .list();
    }

    private static Hold.Pinned pin(ResultSet rs) throws SQLException {
      return new Hold.Pinned(
          rs.getString("reference"), rs.getString("actor"), rs.getString("reason"));
    }
  }

  private static Instant at(ResultSet rs, String column) throws SQLException {
    return Instant.ofEpochMilli(rs.getLong(column));
  }

  private static Optional<Instant> maybe(ResultSet rs, String column) throws SQLException {
    long millis = rs.getLong(column);
    return rs.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
  }
}
