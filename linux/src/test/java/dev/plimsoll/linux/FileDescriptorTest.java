package dev.plimsoll.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDescriptorTest {
  @TempDir Path root;

  @Test
  void bytesFromHeapAndDirectBuffersArriveWhole() throws IOException {
    byte[] content = new byte[700_001];
    new Random(7).nextBytes(content);
    ByteBuffer heap = ByteBuffer.wrap(content, 3, 300_000);
    ByteBuffer direct = ByteBuffer.allocateDirect(content.length);
    direct.put(content).flip().position(300_003);

    Path path = root.resolve("file");
    try (FileDescriptor file =
        FileDescriptor.open(path, 0644, OpenFlag.WRITE, OpenFlag.CREATE, OpenFlag.EXCLUSIVE)) {
      file.write(content, 0, 3);
      file.write(heap);
      file.write(direct);
    }

    assertThat(heap.hasRemaining()).isFalse();
    assertThat(direct.hasRemaining()).isFalse();
    assertThat(Files.readAllBytes(path)).isEqualTo(content);
  }

  @Test
  void readsToTheEndAndAtAPosition() throws IOException {
    Path path = Files.writeString(root.resolve("file"), "0123456789");
    try (FileDescriptor file = FileDescriptor.open(path, 0)) {
      ByteBuffer part = ByteBuffer.allocate(4);
      assertThat(file.read(part)).isEqualTo(4);
      assertThat(part.array()).asString().isEqualTo("0123");
      assertThat(file.read(part.clear(), 8)).isEqualTo(2);
      assertThat(file.read(part.clear(), 10)).isEqualTo(-1);
      file.seek(9);
      assertThat(file.read(part.clear())).isEqualTo(1);
      assertThat(file.read(part)).isEqualTo(-1);
    }
  }

  @Test
  void spaceIsReservedAndCutOff() throws IOException {
    try (FileDescriptor file =
        FileDescriptor.open(root.resolve("f"), 0644, OpenFlag.WRITE, OpenFlag.CREATE)) {
      file.allocate(0, 1 << 20);
      assertThat(file.status().sizeBytes()).isEqualTo(1 << 20);
      file.truncate(5);
      assertThat(file.status().sizeBytes()).isEqualTo(5);
      file.sync();
      file.syncData();
    }
  }

  @Test
  void aFullDeviceIsAnExceptionWithItsName() throws IOException {
    try (FileDescriptor full = FileDescriptor.open(Path.of("/dev/full"), 0, OpenFlag.WRITE)) {
      assertThatThrownBy(() -> full.write(new byte[1], 0, 1))
          .isInstanceOf(LinuxException.class)
          .hasMessage("write /dev/full: No space left on device (ENOSPC)");
    }
  }

  @Test
  void whatWasReleasedIsNotClosed() throws IOException {
    FileDescriptor first = FileDescriptor.open(root, 0, OpenFlag.DIRECTORY);
    int number = first.release();
    first.close();

    try (var second = new FileDescriptor(number, "taken over")) {
      assertThat(second.status().type()).isEqualTo(FileType.DIRECTORY);
    }
  }

  @Test
  void aFileSystemTellsWhatItIsAndIsForced() throws IOException {
    assertThat(FileSystems.usage(Path.of("/proc")).type()).isEqualTo("proc");
    FileSystems.Usage usage = FileSystems.usage(root);
    assertThat(usage.totalBytes()).isEqualTo(Files.getFileStore(root).getTotalSpace());
    assertThat(usage.freeBytes()).isBetween(usage.availableBytes(), usage.totalBytes());
    try (Directory directory = Directory.open(root)) {
      FileSystems.sync(directory);
    }
  }
}
