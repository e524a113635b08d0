package dev.plimsoll.engine.volume;

import dev.plimsoll.database.Database;
import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/** The tables {@code volume} and {@code volume_use}. Every method is one transaction. */
final class VolumeRows {
  /** A row of {@code volume}; the mountpoint follows from the name. */
  record Row(
      String name, Map<String, String> options, Map<String, String> labels, Instant createdAt) {}

  private final Database database;

  VolumeRows(Database database) {
    this.database = database;
  }

  /** Adds the row unless there is one; whether it was added. */
  boolean add(VolumeDescription volume) throws IOException {
    return database.write(handle -> insert(handle, volume)) == 1;
  }

  /** As {@link #add}, held by a container in the same transaction. */
  void addHeld(VolumeDescription volume, String container) throws IOException {
    database.write(handle -> {
      insert(handle, volume);
      handle.execute(
          "INSERT INTO volume_use (volume, container) VALUES (?, ?) ON CONFLICT DO NOTHING",
          volume.name(),
          container);
      return volume;
    });
  }

  private static int insert(Handle handle, VolumeDescription volume) {
    return handle
        .createUpdate(
            "INSERT INTO volume (name, options, labels, created_at)"
                + " VALUES (:name, :options, :labels, :created)"
                + " ON CONFLICT (name) DO NOTHING")
        .bind("name", volume.name())
        .bind("options", Json.text(volume.options()))
        .bind("labels", Json.text(volume.labels()))
        .bind("created", volume.created())
        .execute();
  }

  Optional<Row> find(String name) throws IOException {
    return database.read(handle ->
        handle
            .createQuery(
                "SELECT name, options, labels, created_at FROM volume"
                    + " WHERE name = :name AND removing = 0")
            .bind("name", name)
            .map(VolumeRows::row)
            .findOne());
  }

  List<Row> all() throws IOException {
    return database.read(handle ->
        handle
            .createQuery(
                "SELECT name, options, labels, created_at FROM volume"
                    + " WHERE removing = 0 ORDER BY name")
            .map(VolumeRows::row)
            .list());
  }

  /** Names of volumes whose removal was begun and not ended. */
  List<String> removing() throws IOException {
    return database.read(handle ->
        handle
            .createQuery("SELECT name FROM volume WHERE removing = 1 ORDER BY name")
            .mapTo(String.class)
            .list());
  }

  /** Notes that the container holds the volume; false if there is no such volume (any more). */
  boolean addUse(String volume, String container) throws IOException {
    return database.write(handle -> {
      if (!exists(handle, volume)) {
        return false;
      }
      handle
          .createUpdate(
              "INSERT INTO volume_use (volume, container) VALUES (:volume, :container)"
                  + " ON CONFLICT DO NOTHING")
          .bind("volume", volume)
          .bind("container", container)
          .execute();
      return true;
    });
  }

  private static boolean exists(Handle handle, String volume) {
    return handle
        .createQuery("SELECT count(*) FROM volume WHERE name = :name AND removing = 0")
        .bind("name", volume)
        .mapTo(Integer.class)
        .one()
        .equals(1);
  }

  /** The names of the volumes that a container holds. */
  List<String> usedBy(String container) throws IOException {
    return database.read(handle ->
        handle
            .createQuery("SELECT volume FROM volume_use WHERE container = :container")
            .bind("container", container)
            .mapTo(String.class)
            .list());
  }

  /** Takes back everything the container held; the names of these volumes. */
  List<String> dropUses(String container) throws IOException {
    return database.free(handle ->
        handle
            .createQuery("DELETE FROM volume_use WHERE container = :container RETURNING volume")
            .bind("container", container)
            .mapTo(String.class)
            .list());
  }

  /** Takes back what containers held that are not among these. */
  void dropUsesExcept(Collection<String> containers) throws IOException {
    Set<String> living = Set.copyOf(containers);
    List<String> gone =
        database.read(handle ->
            handle
                .createQuery("SELECT DISTINCT container FROM volume_use")
                .mapTo(String.class)
                .stream()
                .filter(container -> !living.contains(container))
                .toList());
    for (String container : gone) {
      dropUses(container);
    }
  }

  List<String> users(String volume) throws IOException {
    return database.read(handle -> users(handle, volume));
  }

  /** How many containers hold each volume that any holds. */
  Map<String, Integer> useCounts() throws IOException {
    return database.read(handle -> {
      Map<String, Integer> counts = new HashMap<>();
      handle
          .createQuery("SELECT volume, count(*) AS uses FROM volume_use GROUP BY volume")
          .map((rs, _) -> Map.entry(rs.getString("volume"), rs.getInt("uses")))
          .forEach(entry -> counts.put(entry.getKey(), entry.getValue()));
      return counts;
    });
  }

  /**
   * Begins a removal, from which there is no way back, unless a container holds the volume; the
   * holders, so an empty list if the removal was begun.
   */
  List<String> beginRemoval(String volume) throws IOException {
    return database.free(handle -> beginRemoval(handle, volume));
  }

  /** As {@link #beginRemoval(String)}, when a container has let go of it in the same transaction. */
  List<String> beginRemoval(String volume, String container) throws IOException {
    return database.free(handle -> {
      handle.execute(
          "DELETE FROM volume_use WHERE volume = ? AND container = ?", volume, container);
      return beginRemoval(handle, volume);
    });
  }

  private static List<String> beginRemoval(Handle handle, String volume) {
    List<String> users = users(handle, volume);
    if (users.isEmpty()) {
      handle.execute("UPDATE volume SET removing = 1 WHERE name = ?", volume);
    }
    return users;
  }

  void endRemoval(String volume) throws IOException {
    database.free(handle ->
        handle
            .createUpdate("DELETE FROM volume WHERE name = :name AND removing = 1")
            .bind("name", volume)
            .execute());
  }

  private static List<String> users(Handle handle, String volume) {
    return handle
        .createQuery("SELECT container FROM volume_use WHERE volume = :volume ORDER BY container")
        .bind("volume", volume)
        .mapTo(String.class)
        .list();
  }

  private static Row row(ResultSet rs, StatementContext context) throws SQLException {
    return new Row(
        rs.getString("name"),
        strings(rs.getString("options")),
        strings(rs.getString("labels")),
        Instant.parse(rs.getString("created_at")));
  }

  private static Map<String, String> strings(String json) {
    Map<String, String> found = new HashMap<>();
    Json.tree(json.getBytes(StandardCharsets.UTF_8))
        .properties()
        .forEach(entry -> found.put(entry.getKey(), entry.getValue().stringValue()));
    return found;
  }
}
