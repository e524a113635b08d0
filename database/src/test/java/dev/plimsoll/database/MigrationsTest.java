package dev.plimsoll.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationsTest {
  @TempDir Path directory;

  @Test
  void anUpgradeAppliesWhatIsNewAndKeepsTheRows() throws IOException {
    write("db/notes", "old");

    try (Database newer = open("db/notes-newer")) {
      assertThat(newer.read(Notes::all)).containsExactly("old");
      assertThat(columns(newer)).contains("author");
    }
  }

  @Test
  void aSecondStartAppliesNothing() throws IOException {
    write("db/notes-newer", "once");
    write("db/notes-newer", "twice");

    try (Database database = open("db/notes-newer")) {
      List<Integer> versions =
          database.read(handle ->
              handle
                  .createQuery("SELECT version FROM schema_migration ORDER BY version")
                  .mapTo(Integer.class)
                  .list());
      assertThat(versions).containsExactly(1, 2);
    }
  }

  @Test
  void aDatabaseOfANewerReleaseIsRefusedWithASentence() throws IOException {
    write("db/notes-newer", "from the future");

    assertThatThrownBy(() -> open("db/notes"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("newer release (schema 2, this one knows 1)");
  }

  @Test
  void aNewerSchemaThatOnlyAddsIsReadByTheOlderRelease() throws IOException {
    write("db/notes-added", "from the near future");

    try (Database older = open("db/notes")) {
      assertThat(older.read(Notes::all)).containsExactly("from the near future");
    }
  }

  @Test
  void aMigrationChangedAfterItWasAppliedIsRefused() throws IOException {
    write("db/notes", "kept");

    assertThatThrownBy(() -> open("db/notes-changed"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("migration 1 (note)")
        .hasMessageContaining("must not change");
  }

  @Test
  void aMigrationThatFailsLeavesNothingOfItself() throws IOException {
    write("db/notes", "kept");

    assertThatThrownBy(() -> open("db/notes-broken"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nothing");

    try (Database database = open("db/notes")) {
      assertThat(database.read(Notes::all)).containsExactly("kept");
      assertThat(columns(database)).doesNotContain("author");
    }
  }

  @Test
  void aFolderWithoutMigrationsIsRefused() {
    assertThatThrownBy(() -> open("db/nowhere")).hasMessageContaining("db/nowhere");
  }

  private void write(String migrations, String text) throws IOException {
    try (Database database = open(migrations)) {
      database.write(handle -> Notes.add(handle, text));
    }
  }

  private Database open(String migrations) throws IOException {
    return Database.open(directory.resolve("test.db"), migrations);
  }

  private static List<String> columns(Database database) throws IOException {
    return database.read(handle ->
        handle
            .createQuery("SELECT name FROM pragma_table_info('note')")
            .mapTo(String.class)
            .list());
  }
}
