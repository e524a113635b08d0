package dev.plimsoll.engine.container;

import dev.plimsoll.database.Database;
import dev.plimsoll.engine.refusal.EngineException;
import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

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

  void remove(ContainerId id) throws IOException {
    database.write(handle ->
        handle
            .createUpdate("DELETE FROM containers WHERE id = :id")
            .bind("id", id.value())
            .execute());
  }
}
