package dev.plimsoll.registry.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.foundation.ByteSize;
import dev.plimsoll.registry.RegistrySettings;
import dev.plimsoll.registry.gc.GcPolicy;
import dev.plimsoll.registry.repository.Lease;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A real file system of 64 MiB that becomes full, to the last byte, and has room again. */
final class SmallDisk implements AutoCloseable {
  private static final int RESERVE_BYTES = 8 << 20;

  private final Path directory;

  private SmallDisk(Path directory) {
    this.directory = directory;
  }

  static SmallDisk mount(Path directory) throws IOException {
    Files.createDirectory(directory);
    run("mount", "-t", "tmpfs", "-o", "size=64m", "plimsoll-test", directory.toString());
    return new SmallDisk(directory);
  }

  private static void run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.onExit().join().exitValue()).as(List.of(command).toString()).isZero();
  }

  Path directory() {
    return directory;
  }

  /** Of a registry that lies on it. */
  RegistrySettings settings() {
    RegistrySettings.Limits d = RegistrySettings.Limits.DEFAULT;
    return RegistrySettings.in(directory)
        .withLimits(
            new RegistrySettings.Limits(
                d.uploadsMax(),
                d.uploadIdle(),
                d.chunkMin(),
                ByteSize.parse("0"), // every answer comes from the disk
                new ByteSize(RESERVE_BYTES),
                ByteSize.parse("4MiB"),
                d.tagMovesKept()))
        .withGc(Lease.DEFAULT, GcPolicy.DEFAULT, Duration.ofMillis(200));
  }

  /** Waits until a registry on it has its reserve. */
  void awaitReserve(Client client) {
    Path reserve = reserve();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() ->
            Files.exists(reserve) && Files.size(reserve) == RESERVE_BYTES && client.takesPushes());
  }

  private Path reserve() {
    return directory.resolve("registry").resolve("reserve");
  }

  /** Fills all of it but so many bytes. */
  void fillBut(int freeBytes) throws IOException {
    byte[] block = new byte[64 * 1024];
    try (OutputStream file = Files.newOutputStream(filler())) {
      for (int size = block.length; size > 0; size /= 2) {
        try {
          while (directory.toFile().getUsableSpace() > freeBytes) {
            file.write(block, 0, size);
          }
        } catch (IOException full) {
          // with smaller steps, to the last byte
        }
      }
    }
    assertThat(directory.toFile().getUsableSpace()).isLessThanOrEqualTo(freeBytes);
  }

  /** Fills all of it, with what the registry has kept back: nothing can be given up any more. */
  void fillWithReserve() throws IOException {
    Files.deleteIfExists(reserve());
    fillBut(0);
  }

  void makeRoom() throws IOException {
    Files.delete(filler());
  }

  private Path filler() {
    return directory.resolve("filler");
  }

  @Override
  public void close() throws IOException {
    run("umount", directory.toString());
  }
}
