package dev.plimsoll.engine.layer;

import dev.plimsoll.oci.Digest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/** The rows of layers. Every method runs inside of a read or write of the database. */
final class LayerRows {
  private static final Duration LEASE = Duration.ofHours(24);
  private static final String COLUMNS =
      "id, diff_id, directory, entries, size_bytes, sum, leans, root_listed";

  private LayerRows() {}

  static Optional<Layer> find(Handle handle, Digest id) {
    return handle
        .createQuery("SELECT " + COLUMNS + " FROM layer WHERE id = ? AND damaged = 0")
        .bind(0, id.toString())
        .map(LayerRows::read)
        .findOne();
  }

  static List<Layer> all(Handle handle) {
    return handle.createQuery("SELECT " + COLUMNS + " FROM layer").map(LayerRows::read).list();
  }

  /** The newest layers that were never verified, at most {@code max}. */
  static List<Layer> unverified(Handle handle, int max) {
    return handle
        .createQuery(
            "SELECT "
                + COLUMNS
                + " FROM layer WHERE verified_at IS NULL AND damaged = 0"
                + " ORDER BY committed_at DESC LIMIT ?")
        .bind(0, max)
        .map(LayerRows::read)
        .list();
  }

  /** Adds a layer, or puts a whole one in the place of a damaged one. */
  static void put(Handle handle, Layer layer, Instant now) {
    handle.execute(
        "INSERT INTO layer (id, diff_id, directory, entries, size_bytes, sum, leans, root_listed,"
            + " committed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
            + " directory = excluded.directory, entries = excluded.entries, size_bytes ="
            + " excluded.size_bytes, sum = excluded.sum, root_listed = excluded.root_listed,"
            + " damaged = 0, committed_at = excluded.committed_at, verified_at = NULL",
        layer.id().toString(),
        layer.diffId().toString(),
        layer.directory(),
        layer.entries(),
        layer.sizeBytes(),
        layer.sum(),
        layer.leans(),
        layer.rootListed(),
        nanos(now));
  }

  static void verified(Handle handle, Layer layer, Instant now) {
    handle.execute(
        "UPDATE layer SET verified_at = ? WHERE directory = ?", nanos(now), layer.directory());
  }

  static void damaged(Handle handle, Layer layer) {
    handle.execute("UPDATE layer SET damaged = 1 WHERE directory = ?", layer.directory());
  }

  static void lease(Handle handle, String holder, Digest layer, Instant now) {
    handle.execute(
        "INSERT OR REPLACE INTO lease (holder, kind, id, expires_at) VALUES (?, 'layer', ?, ?)",
        holder,
        layer.toString(),
        nanos(now.plus(LEASE)));
  }

  /** Deletes the layers that no image has and no lease holds, and returns them. */
  static List<Layer> takeUnreferenced(Handle handle, Instant now) {
    List<Layer> unreferenced =
        handle
            .createQuery(
                "SELECT "
                    + COLUMNS
                    + " FROM layer l WHERE NOT EXISTS (SELECT 1 FROM image_layer i WHERE i.layer ="
                    + " l.id) AND NOT EXISTS (SELECT 1 FROM lease s WHERE s.kind = 'layer' AND"
                    + " s.id = l.id AND s.expires_at > ?)")
            .bind(0, nanos(now))
            .map(LayerRows::read)
            .list();
    unreferenced.forEach(
        layer -> handle.execute("DELETE FROM layer WHERE id = ?", layer.id().toString()));
    return unreferenced;
  }

  private static Layer read(ResultSet row, StatementContext context) throws SQLException {
    return new Layer(
        Digest.parse(row.getString("id")),
        Digest.parse(row.getString("diff_id")),
        row.getString("directory"),
        row.getLong("entries"),
        row.getLong("size_bytes"),
        row.getString("sum"),
        row.getBoolean("leans"),
        row.getBoolean("root_listed"));
  }

  static long nanos(Instant time) {
    return Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000_000L), time.getNano());
  }
}
