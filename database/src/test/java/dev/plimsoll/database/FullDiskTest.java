package dev.plimsoll.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.foundation.NoSpaceException;
import dev.plimsoll.foundation.Reserve;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a file system of 8 MiB of its own, which takes root to mount. */
class FullDiskTest {
  private static final int RESERVE_BYTES = 1 << 20;

  @TempDir Path directory;

  @BeforeEach
  void mount() throws Exception {
    run("mount", "-t", "tmpfs", "-o", "size=8m", "plimsoll-test", directory.toString());
  }

  @AfterEach
  void unmount() throws Exception {
    run("umount", directory.toString());
  }

  @Test
  void aFullDiskIsSaidAndWhatFreesSpaceStillWorks() throws IOException {
    Reserve reserve = reserve();
    try (Database database = open(reserve)) {
      database.write(handle -> Notes.add(handle, "old"));
      Path filler = fillUp();

      assertThatThrownBy(() -> database.write(handle -> Notes.add(handle, "x".repeat(600_000))))
          .isInstanceOf(NoSpaceException.class)
          .hasMessageContaining("test.db");
      assertThat(database.read(Notes::all)).containsExactly("old");
      assertThat(reserve.isLacking()).isFalse();

      // More than the log has room for: only with the reserve.
      database.free(handle -> Notes.add(handle, "y".repeat(300_000)));
      database.free(handle -> handle.execute("DELETE FROM note WHERE text <> 'old'"));
      assertThat(reserve.isLacking()).isTrue();
      assertThat(reserve.hold()).isFalse();

      Files.delete(filler);
      assertThat(reserve.hold()).isTrue();
      database.write(handle -> Notes.add(handle, "new"));
      assertThat(database.read(Notes::all)).containsExactly("old", "new");
    }
  }

  @Test
  void aDatabaseOpensOnAFullDiskByItsReserve() throws IOException {
    Reserve reserve = reserve();
    open(reserve).close();
    Path filler = fillUp();

    try (Database database = open(reserve)) {
      assertThat(database.read(Notes::count)).isZero();
    }
    Files.delete(filler);
  }

  @Test
  void aCopyThatDoesNotFitLeavesNothing() throws IOException {
    try (Database database = open(Reserve.none())) {
      database.write(handle -> Notes.add(handle, "z".repeat(100_000)));
      fillUp();

      assertThatThrownBy(() -> database.copyTo(directory.resolve("copy.db")))
          .isInstanceOf(IOException.class);

      try (var files = Files.list(directory)) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .noneMatch(name -> name.contains("copy"));
      }
    }
  }

  private Reserve reserve() throws IOException {
    Reserve reserve = new Reserve(directory.resolve("reserve"), RESERVE_BYTES);
    assertThat(reserve.hold()).isTrue();
    return reserve;
  }

  private Database open(Reserve reserve) throws IOException {
    return Database.open(
        directory.resolve("test.db"), Notes.MIGRATIONS, reserve, DatabaseLimits.DEFAULT);
  }

  private Path fillUp() throws IOException {
    Path filler = directory.resolve("filler");
    byte[] block = new byte[4096];
    try (OutputStream out = Files.newOutputStream(filler)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException e) {
      assertThat(NoSpaceException.orElse(e, filler)).isInstanceOf(NoSpaceException.class);
    }
    return filler;
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
  }
}
