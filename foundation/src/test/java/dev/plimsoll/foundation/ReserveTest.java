package dev.plimsoll.foundation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReserveTest {
  private static final int SIZE_BYTES = 3_000_000;

  @TempDir Path directory;

  @Test
  void spaceIsHeldGivenUpAndTakenAgain() throws IOException {
    Path file = directory.resolve("reserve");
    Reserve reserve = new Reserve(file, SIZE_BYTES);
    assertThat(reserve.isLacking()).isTrue();

    assertThat(reserve.hold()).isTrue();
    assertThat(Files.size(file)).isEqualTo(SIZE_BYTES);
    assertThat(reserve.isLacking()).isFalse();

    assertThat(reserve.release()).isTrue();
    assertThat(file).doesNotExist();
    assertThat(reserve.isLacking()).isTrue();
    assertThat(reserve.release()).isFalse();

    assertThat(reserve.hold()).isTrue();
    assertThat(new Reserve(file, SIZE_BYTES).isLacking()).as("after a restart").isFalse();
  }

  @Test
  void aReserveThatACrashLeftHalfFilledIsLacking() throws IOException {
    Path file = directory.resolve("reserve");
    Files.write(file, new byte[SIZE_BYTES / 2]);

    Reserve reserve = new Reserve(file, SIZE_BYTES);

    assertThat(reserve.isLacking()).isTrue();
    assertThat(reserve.hold()).isTrue();
    assertThat(Files.size(file)).isEqualTo(SIZE_BYTES);
  }

  @Test
  void whileSpaceIsShortNothingIsHeld() throws IOException {
    Reserve reserve = new Reserve(directory.resolve("reserve"), Long.MAX_VALUE / 4);

    assertThat(reserve.hold()).isFalse();
    assertThat(reserve.isLacking()).isTrue();
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void noReserveIsNeverLackingAndHasNothingToGive() throws IOException {
    assertThat(Reserve.none().isLacking()).isFalse();
    assertThat(Reserve.none().hold()).isTrue();
    assertThat(Reserve.none().release()).isFalse();
  }

  @Test
  void aFullDiskIsToldFromOtherTroubleByTheKernelsWords() {
    IOException full = new IOException("/x: No space left on device");
    IOException broken = new IOException("Input/output error");

    assertThat(NoSpaceException.orElse(full, directory))
        .isInstanceOf(NoSpaceException.class)
        .hasMessageContaining(directory.toString())
        .hasCause(full);
    assertThat(NoSpaceException.orElse(new IOException("writing", full), directory))
        .isInstanceOf(NoSpaceException.class);
    assertThat(NoSpaceException.orElse(broken, directory)).isSameAs(broken);
    assertThatThrownBy(() -> new Reserve(directory.resolve("r"), -1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
