package dev.plimsoll.engine.container;

import dev.plimsoll.database.Database;
import dev.plimsoll.engine.refusal.EngineException;
import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** The containers in the database. Every method returns after its change is durable. */
final class ContainerRows {
  private final Database database;

  ContainerRows(Database database) {
    this.database = database;
  }

  List<ContainerSnapshot> all() throws IOException {
    return database.read(handle ->
        handle
            .createQuery("SELECT name, settings, state FROM containers ORDER BY id")
            .map((row, _) ->
                read(StateRecord.class, row.getString("state"))
                    .snapshot(
                        read(ContainerSettings.class, row.getString("settings")),
                        new ContainerName(row.getString("name"))))
            .list());
  }

  private static <T> T read(Class<T> type, String text) {
    return Json.read(text.getBytes(StandardCharsets.UTF_8), type);
  }

  /**
   * Adds a container.
   *
   * @throws EngineException.Conflict if its name is taken
   */
  void add(ContainerSnapshot snapshot) throws IOException {
    database.write(handle ->
        handle
            .createUpdate(
                "INSERT INTO containers (id, name, image, settings, state)"
                    + " VALUES (:id, :name, :image, :settings, :state)")
            .bind("id", snapshot.id().value())
            .bind("name", snapshot.name().value())
            .bind("image", snapshot.settings().image())
            .bind("settings", Json.text(snapshot.settings()))
            .bind("state", Json.text(StateRecord.of(snapshot)))
            .execute());
  }

  /** Keeps where the container is in its life. */
  void saveState(ContainerSnapshot snapshot) throws IOException {
    database.write(handle ->
        handle
            .createUpdate("UPDATE containers SET state = :state WHERE id = :id")
            .bind("state", Json.text(StateRecord.of(snapshot)))
            .bind("id", snapshot.id().value())
            .execute());
  }

  /** Keeps a new name or changed settings. */
  void saveSettings(ContainerSnapshot snapshot) throws IOException {
    database.write(handle ->
        handle
            .createUpdate("UPDATE containers SET name = :name, settings = :settings WHERE id = :id")
            .bind("name", snapshot.name().value())
            .bind("settings", Json.text(snapshot.settings()))
            .bind("id", snapshot.id().value())
            .execute());
  }

  /**
   * Removes a container's row and notes that its files go.
   *
   * @param gone those removed earlier whose files are gone, to be forgotten in the same commit
   */
  void remove(ContainerId id, Containers.Volume volumes, Collection<ContainerId> gone)
      throws IOException {
    database.free(handle -> {
      handle.execute("DELETE FROM containers WHERE id = ?", id.value());
      handle.execute(
          "INSERT INTO removed_containers (id, anonymous_volumes) VALUES (?, ?) ON CONFLICT DO"
              + " NOTHING",
          id.value(),
          volumes == Containers.Volume.REMOVE_ANONYMOUS ? 1 : 0);
      forget(handle, gone);
      return id;
    });
  }

  /** Those that were removed and whose files may still be there. */
  List<ContainerId> removed() throws IOException {
    return database.read(handle ->
        handle
            .createQuery("SELECT id FROM removed_containers")
            .map((row, _) -> new ContainerId(row.getString(1)))
            .list());
  }

  /** Those of {@link #removed} whose volumes that nobody has named go with them. */
  List<ContainerId> removedWithVolumes() throws IOException {
    return database.read(handle ->
        handle
            .createQuery("SELECT id FROM removed_containers WHERE anonymous_volumes = 1")
            .map((row, _) -> new ContainerId(row.getString(1)))
            .list());
  }

  void forget(Collection<ContainerId> gone) throws IOException {
    if (!gone.isEmpty()) {
      database.free(handle -> {
        forget(handle, gone);
        return gone;
      });
    }
  }

  private static void forget(Handle handle, Collection<ContainerId> gone) {
    gone.forEach(id -> handle.execute("DELETE FROM removed_containers WHERE id = ?", id.value()));
  }
}
