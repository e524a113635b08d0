package dev.plimsoll.linux.power;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The disk that other tests trust: it loses what it may lose, and keeps what it must keep. */
class PowerCutDiskTest {
  @TempDir private Path place;

  @ParameterizedTest
  @EnumSource
  void whatWasForcedIsThereAfterTheCutAndWhatWasNotIsLost(FileSystemKind kind) throws Exception {
    try (PowerCutDisk disk = PowerCutDisk.make(kind, place)) {
      for (int round = 0; round < 3; round++) {
        Path forced = disk.path().resolve("forced" + round);
        Path written = disk.path().resolve("written" + round);
        Files.writeString(forced, "kept " + round);
        force(forced);
        force(disk.path());
        Files.writeString(written, "lost");
        disk.writeSome(new Random(round), 50);

        disk.cut();
        disk.restore();

        assertThat(forced).hasContent("kept " + round);
        assertThat(written).doesNotExist();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void closingAfterACutLeavesNothing(FileSystemKind kind) throws Exception {
    PowerCutDisk disk = PowerCutDisk.make(kind, place);
    disk.cut();

    disk.close();

    assertThat(Files.readString(Path.of("/proc/self/mounts"))).doesNotContain(place.toString());
  }

  private static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
