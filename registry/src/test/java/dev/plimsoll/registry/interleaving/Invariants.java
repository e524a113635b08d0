package dev.plimsoll.registry.interleaving;

import dev.plimsoll.content.BlobKey;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What must be true in every state. */
final class Invariants {

  /** Each query finds what must not be there. */
  private static final Map<String, String> NEVER =
      Map.of(
          "a manifest that is not deleted names a blob that cannot be pulled",
          """
          SELECT m.digest || ' names ' || r.digest FROM manifests m
          JOIN manifest_references r ON r.manifest_id = m.id
          WHERE m.deletion_id IS NULL AND NOT EXISTS (SELECT 1 FROM blob_links l
            JOIN blobs b ON b.digest = l.digest AND b.state = 'live'
            WHERE l.repository_id = m.repository_id AND l.digest = r.digest
              AND l.deleted_at IS NULL)
          """,
          "a manifest in the trash could not come back whole",
          """
          SELECT m.digest || ' names ' || r.digest FROM manifests m
          JOIN manifest_references r ON r.manifest_id = m.id
          WHERE NOT EXISTS (SELECT 1 FROM blob_links l
            JOIN blobs b ON b.digest = l.digest AND b.state = 'live'
            WHERE l.repository_id = m.repository_id AND l.digest = r.digest)
          """,
          "a tag points at nothing",
          """
          SELECT t.name FROM tags t WHERE NOT EXISTS (SELECT 1 FROM manifests m
            WHERE m.repository_id = t.repository_id AND m.digest = t.digest
              AND m.deletion_id IS NULL)
          """,
          "a link leads to a blob that is not live",
          """
          SELECT l.digest FROM blob_links l WHERE NOT EXISTS
            (SELECT 1 FROM blobs b WHERE b.digest = l.digest AND b.state = 'live')
          """,
          "a live blob has no link, so nobody will ever collect it",
          """
          SELECT b.digest FROM blobs b WHERE b.state = 'live' AND NOT EXISTS
            (SELECT 1 FROM blob_links l WHERE l.digest = b.digest)
          """,
          "a link has neither a lease nor a manifest, so nobody will ever collect it",
          """
          SELECT l.digest FROM blob_links l WHERE l.leased_until IS NULL AND NOT EXISTS
            (SELECT 1 FROM manifest_references r
             WHERE r.repository_id = l.repository_id AND r.digest = l.digest)
          """,
          "a reference is marked otherwise than its manifest",
          """
          SELECT m.digest || ' names ' || r.digest FROM manifest_references r
          JOIN manifests m ON m.id = r.manifest_id
          WHERE (r.live = 1) <> (m.deletion_id IS NULL)
          """);

  private static final String BROKEN =
      NEVER.entrySet().stream()
          .map(never ->
              "SELECT '%s: ' || x FROM (SELECT (%s) AS x) AS found WHERE x IS NOT NULL"
                  .formatted(never.getKey(), never.getValue().strip() + " LIMIT 1"))
          .collect(Collectors.joining(" UNION ALL "));

  private static final String WITH_BYTES =
      """
      SELECT digest || '-' || generation || ' ' || size_bytes FROM blobs
      WHERE content IS NULL AND state IN ('live', 'condemned')
      """;

  private Invariants() {}

  static void check(World world) {
    List<String> broken = world.query(BROKEN);
    if (!broken.isEmpty()) {
      throw new World.Violation(String.join("; ", broken));
    }
    checkObjects(world);
    for (String row : world.query(WITH_BYTES)) {
      int space = row.indexOf(' ');
      Long size = world.files().get(BlobKey.parse(row.substring(0, space)));
      if (size == null || size != Long.parseLong(row.substring(space + 1))) {
        throw new World.Violation("bytes are missing: " + row);
      }
    }
  }

  private static void checkObjects(World world) {
    for (String object : world.query("SELECT coalesce(object, 'none') FROM manifests")) {
      if (object.equals("none") || !world.objects().contains(BlobKey.parse(object))) {
        throw new World.Violation("a manifest is there without its object " + object);
      }
    }
  }

  /** After everything has settled, what is there is what manifests name, and nothing else. */
  static void checkSettled(World world) {
    List<String> idle =
        world.query(
            """
            SELECT b.digest || ' is ' || b.state FROM blobs b
            WHERE b.state <> 'live' OR NOT EXISTS
              (SELECT 1 FROM manifest_references r WHERE r.digest = b.digest)
            """);
    if (!idle.isEmpty()) {
      throw new World.Violation("never collected: " + idle);
    }
    List<String> kept = world.query("SELECT object FROM manifests");
    for (BlobKey object : world.objects()) {
      if (!kept.contains(object.toString())) {
        throw new World.Violation("an object without a manifest: " + object);
      }
    }
    List<String> rows = world.query("SELECT digest || '-' || generation FROM blobs");
    for (BlobKey file : world.files().keySet()) {
      if (!rows.contains(file.toString())) {
        throw new World.Violation("bytes without a row: " + file);
      }
    }
  }
}
