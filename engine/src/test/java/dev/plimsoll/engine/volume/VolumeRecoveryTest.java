package dev.plimsoll.engine.volume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.database.Database;
import dev.plimsoll.engine.event.Events;
import dev.plimsoll.engine.filter.Filters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the next start makes of what a crash has left, at each step of making and removing. */
class VolumeRecoveryTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Instant LATER = NOON.plusSeconds(3600);

  @TempDir private Path root;

  private interface Steps {
    void take(Volumes volumes, VolumeRows rows, VolumeDirectories directories) throws IOException;
  }

  /** Opens everything, takes the steps, and forgets what was in memory. */
  private void run(Instant now, Steps steps) throws IOException {
    try (Database database = Database.open(root.resolve("engine.db"), "db/engine")) {
      Path directory = root.resolve("volumes");
      Volumes volumes = Volumes.open(directory, database, new Events(() -> now), () -> now);
      steps.take(volumes, new VolumeRows(database), new VolumeDirectories(directory));
    }
  }

  private static VolumeDescription description(String name) {
    return VolumeDescription.of(
        new VolumeName(name),
        new LocalOptions(Map.of("type", "tmpfs", "device", "tmpfs")),
        Map.of("tier", "db"),
        NOON);
  }

  @Test
  void aVolumeThatWasMadeIsThere() throws IOException {
    run(NOON, (volumes, _, _) -> volumes.create("data", "", Map.of(), Map.of("a", "b")));

    run(
        LATER,
        (volumes, _, _) -> {
          Volume found = volumes.get("data");
          assertThat(found.labels()).containsEntry("a", "b");
          assertThat(found.createdAt()).isEqualTo(NOON);
        });
  }

  @Test
  void aDirectoryWithoutARowIsTakenUpWithAllItSays() throws IOException {
    run(NOON, (_, _, directories) -> directories.make(description("data")));

    run(
        LATER,
        (volumes, _, _) -> {
          Volume found = volumes.get("data");
          assertThat(found.labels()).containsEntry("tier", "db");
          assertThat(found.options()).containsEntry("type", "tmpfs");
          assertThat(found.createdAt()).isEqualTo(NOON);
        });
  }

  @Test
  void aLostDatabaseLosesNoVolume() throws IOException {
    run(
        NOON,
        (volumes, _, _) -> {
          Volume made = volumes.create("data", "", Map.of(), Map.of("a", "b"));
          Files.writeString(made.mountpoint().resolve("file"), "kept");
        });
    for (String file : List.of("engine.db", "engine.db-wal", "engine.db-shm")) {
      Files.deleteIfExists(root.resolve(file));
    }

    run(
        LATER,
        (volumes, _, _) -> {
          Volume found = volumes.get("data");
          assertThat(found.labels()).containsEntry("a", "b");
          assertThat(found.mountpoint().resolve("file")).hasContent("kept");
        });
  }

  @Test
  void aDirectoryWithAnUnreadableDescriptionIsTakenUpAsPlain() throws IOException {
    Files.createDirectories(root.resolve("volumes/data/_data"));
    Files.writeString(root.resolve("volumes/data/volume.json"), "{\"format\":99}");

    run(LATER, (volumes, _, _) -> assertThat(volumes.get("data").options()).isEmpty());
  }

  @Test
  void whatIsNoVolumeIsLeftAlone() throws IOException {
    Files.createDirectories(root.resolve("volumes/lost+found/_data"));
    Files.createDirectories(root.resolve("volumes/notes"));
    Files.writeString(root.resolve("volumes/readme.txt"), "mine");

    run(NOON, (volumes, _, _) -> assertThat(volumes.list(Filters.NONE)).isEmpty());

    assertThat(root.resolve("volumes/lost+found")).exists();
    assertThat(root.resolve("volumes/notes")).exists();
    assertThat(root.resolve("volumes/readme.txt")).exists();
  }

  @Test
  void aRemovalThatWasBegunIsEnded() throws IOException {
    run(
        NOON,
        (volumes, rows, _) -> {
          volumes.create("data", "", Map.of(), Map.of());
          assertThat(rows.beginRemoval("data")).isEmpty();
        });

    run(LATER, (volumes, _, _) -> assertThat(volumes.list(Filters.NONE)).isEmpty());

    assertThat(root.resolve("volumes")).isEmptyDirectory();
  }

  @Test
  void aRemovalThatWasCutAfterTheDirectoryIsEnded() throws IOException {
    run(
        NOON,
        (volumes, rows, directories) -> {
          volumes.create("data", "", Map.of(), Map.of());
          rows.beginRemoval("data");
          directories.unlink("data");
        });

    run(LATER, (volumes, _, _) -> assertThat(volumes.list(Filters.NONE)).isEmpty());

    assertThat(root.resolve("volumes")).isEmptyDirectory();
  }

  @Test
  void halfMadeDirectoriesAreDeleted() throws IOException {
    Files.createDirectories(root.resolve("volumes/.new-1/_data"));
    Files.createDirectories(root.resolve("volumes/.removed-1/_data"));

    run(LATER, (volumes, _, _) -> assertThat(volumes.list(Filters.NONE)).isEmpty());

    assertThat(root.resolve("volumes")).isEmptyDirectory();
  }

  @Test
  void aDirectoryThatSomebodyDeletedIsMadeAnew() throws IOException {
    run(NOON, (volumes, _, _) -> volumes.create("data", "", Map.of(), Map.of("a", "b")));
    Files.delete(root.resolve("volumes/data/_data"));

    run(
        LATER,
        (volumes, _, _) -> {
          assertThat(volumes.get("data").mountpoint()).isEmptyDirectory();
          assertThat(volumes.get("data").labels()).containsEntry("a", "b");
        });
  }

  @Test
  void usesOfContainersThatAreGoneAreTakenBack() throws IOException {
    run(
        NOON,
        (volumes, _, _) -> {
          volumes.acquire("c1", "data", "", Map.of(), Map.of());
          volumes.acquire("c2", "data", "", Map.of(), Map.of());
        });

    run(
        LATER,
        (volumes, rows, _) -> {
          volumes.releaseAllExcept(List.of("c2"));
          assertThat(rows.users("data")).containsExactly("c2");
        });
  }
}
