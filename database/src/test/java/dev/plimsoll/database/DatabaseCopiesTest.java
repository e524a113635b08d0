package dev.plimsoll.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseCopiesTest {
  private static final Instant NOON = Instant.parse("2026-02-03T12:00:00Z");

  @TempDir Path directory;

  @Test
  void aCopyIsADatabaseWithTheRowsOfItsTime() throws IOException {
    try (Database database = Database.open(directory.resolve("a.db"), Notes.MIGRATIONS)) {
      database.write(handle -> Notes.add(handle, "before"));
      Path copy = new DatabaseCopies(database, directory.resolve("copies")).take(NOON);
      database.write(handle -> Notes.add(handle, "after"));

      assertThat(copy).hasFileName("20260203T120000Z.db");
      try (Database copied = Database.open(copy, Notes.MIGRATIONS)) {
        assertThat(copied.read(Notes::all)).containsExactly("before");
      }
    }
  }

  @Test
  void onlyTheLastThreeAreKept() throws IOException {
    try (Database database = Database.open(directory.resolve("a.db"), Notes.MIGRATIONS)) {
      DatabaseCopies copies = new DatabaseCopies(database, directory.resolve("copies"));
      for (int hour = 0; hour < 5; hour++) {
        copies.take(NOON.plus(Duration.ofHours(hour)));
      }
      List<String> names =
          copies.newestFirst().stream().map(copy -> copy.getFileName().toString()).toList();
      assertThat(names)
          .containsExactly("20260203T160000Z.db", "20260203T150000Z.db", "20260203T140000Z.db");
    }
  }

  @Test
  void whatACrashLeftHalfCopiedIsRemovedAndNothingElse() throws IOException {
    Path place = Files.createDirectory(directory.resolve("copies"));
    Path draft = Files.writeString(place.resolve(".20260203T110000Z.db.1234.draft"), "half");
    Path foreign = Files.writeString(place.resolve("notes.txt"), "mine");
    try (Database database = Database.open(directory.resolve("a.db"), Notes.MIGRATIONS)) {
      new DatabaseCopies(database, place).take(NOON);
    }
    assertThat(draft).doesNotExist();
    assertThat(foreign).exists();
  }
}
