package dev.plimsoll.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.foundation.NoSpaceException;
import dev.plimsoll.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kernel's own ENOSPC, on a file system of 4 MiB, which takes root to mount. */
class FullDiskTest {
  private static final int TOO_MUCH_BYTES = 8 << 20;

  @TempDir Path directory;

  @BeforeEach
  void mount() throws Exception {
    run("mount", "-t", "tmpfs", "-o", "size=4m", "plimsoll-test", directory.toString());
  }

  @AfterEach
  void unmount() throws Exception {
    run("umount", directory.toString());
  }

  @Test
  void anIngestThatFillsTheDiskGivesItsBytesBackAndTheStoreGoesOn() throws IOException {
    FileContentStore store = FileContentStore.open(directory.resolve("content"), new LocalDisk());
    BlobKey old = put(store, "old");

    try (Ingest ingest = store.begin()) {
      assertThatThrownBy(() -> ingest.append(ByteBuffer.allocate(TOO_MUCH_BYTES)))
          .isInstanceOf(NoSpaceException.class);
    }
    try (Ingest ingest = store.begin()) {
      assertThatThrownBy(() -> ingest.append(new ByteArrayInputStream(new byte[TOO_MUCH_BYTES])))
          .isInstanceOf(NoSpaceException.class);
    }

    assertThat(store.staged()).isEmpty();
    assertThat(store.has(old)).isTrue();
    assertThat(store.has(put(store, "new"))).isTrue();
  }

  @Test
  void aBlobIsDeletedOnAFullDisk() throws IOException {
    FileContentStore store = FileContentStore.open(directory.resolve("content"), new LocalDisk());
    BlobKey old = put(store, "old".repeat(100_000));
    Path filler = directory.resolve("filler");
    assertThatThrownBy(() -> Files.write(filler, new byte[TOO_MUCH_BYTES]))
        .hasMessageContaining("No space left");

    store.delete(old);

    assertThat(store.has(put(store, "new".repeat(10_000)))).isTrue();
  }

  private static BlobKey put(ContentStore store, String text) throws IOException {
    byte[] content = text.getBytes(UTF_8);
    try (Ingest ingest = store.begin()) {
      ingest.append(ByteBuffer.wrap(content));
      return ingest.commit(Digest.sha256(content));
    }
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
  }
}
