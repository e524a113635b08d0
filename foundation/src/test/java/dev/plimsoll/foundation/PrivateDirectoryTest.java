package dev.plimsoll.foundation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateDirectoryTest {
  @TempDir private Path temporary;

  private static String mode(Path directory) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(directory));
  }

  private static void open(Path directory) throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void aNewOneIsItsOwnersAlone() throws IOException {
    Path directory = temporary.resolve("some/where/data");

    PrivateDirectory.make(directory);

    assertThat(mode(directory)).isEqualTo("rwx------");
  }

  @Test
  void oneThatIsThereKeepsItsMode() throws IOException {
    Path directory = Files.createDirectory(temporary.resolve("data"));
    open(directory);

    PrivateDirectory.make(directory);

    assertThat(mode(directory)).isEqualTo("rwxr-xr-x");
  }

  @Test
  void whatIsNoDirectoryIsNotTakenForOne() throws IOException {
    Path file = Files.createFile(temporary.resolve("file"));

    assertThatThrownBy(() -> PrivateDirectory.make(file))
        .isInstanceOf(FileAlreadyExistsException.class);
  }

  @Test
  void theTopmostWallIsNamed() throws IOException {
    PrivateDirectory.make(temporary.resolve("wall"));
    Path inner = Files.createDirectory(temporary.resolve("wall/inner"));
    open(temporary);
    open(inner);

    assertThat(PrivateDirectory.inTheWayOf(inner.resolve("file")))
        .contains(temporary.resolve("wall"));
    assertThat(PrivateDirectory.inTheWayOf(temporary.resolve("file"))).isEmpty();
  }
}
