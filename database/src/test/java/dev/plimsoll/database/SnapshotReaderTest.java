package dev.plimsoll.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotReaderTest {
  @TempDir Path directory;

  @Test
  void aCopyIsReadWhereItLiesAndLeftAsItIs() throws IOException {
    Path copy = Files.createDirectory(directory.resolve("with % and ?")).resolve("copy.db");
    try (Database database = Database.open(directory.resolve("a.db"), Notes.MIGRATIONS)) {
      database.write(handle -> Notes.add(handle, "kept"));
      database.copyTo(copy);
    }
    byte[] before = Files.readAllBytes(copy);

    try (SnapshotReader reader = SnapshotReader.open(copy)) {
      assertThat(reader.read(Notes::all)).containsExactly("kept");
      assertThatThrownBy(() -> reader.read(handle -> Notes.add(handle, "more")))
          .isInstanceOf(IOException.class);
      try (Stream<Path> beside = Files.list(directory.resolve("with % and ?"))) {
        assertThat(beside).containsExactly(copy);
      }
    }
    assertThat(copy).hasBinaryContent(before);
  }

  @Test
  void aCopyThatIsNotThereIsNotMade() {
    Path missing = directory.resolve("missing.db");

    assertThatThrownBy(() -> SnapshotReader.open(missing)).isInstanceOf(NoSuchFileException.class);
    assertThat(missing).doesNotExist();
  }
}
