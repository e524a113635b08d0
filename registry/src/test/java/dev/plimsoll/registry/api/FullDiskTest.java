package dev.plimsoll.registry.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.foundation.ByteSize;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.registry.RegistrySettings;
import dev.plimsoll.registry.api.Client.Reply;
import dev.plimsoll.registry.gc.GcPolicy;
import dev.plimsoll.registry.repository.Lease;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real file system of 64 MiB that becomes full, to the last byte, and has room again. */
class FullDiskTest {
  private static final int MEBIBYTE = 1 << 20;

  @TempDir private Path directory;
  private Path disk;
  private Path filler;
  private Client client;

  @BeforeEach
  void start() throws Exception {
    disk = Files.createDirectory(directory.resolve("disk"));
    run("mount", "-t", "tmpfs", "-o", "size=64m", "plimsoll-test", disk.toString());
    filler = disk.resolve("filler");
    RegistrySettings.Limits d = RegistrySettings.Limits.DEFAULT;
    client =
        Client.start(
            RegistrySettings.in(disk)
                .withLimits(
                    new RegistrySettings.Limits(
                        d.uploadsMax(),
                        d.uploadIdle(),
                        d.chunkMin(),
                        ByteSize.parse("0"), // every answer comes from the disk
                        ByteSize.parse("8MiB"),
                        ByteSize.parse("4MiB"),
                        d.tagMovesKept()))
                .withGc(Lease.DEFAULT, GcPolicy.DEFAULT, Duration.ofMillis(200)));
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() ->
            Files.exists(reserve()) && Files.size(reserve()) == 8 * MEBIBYTE && takesPushes());
  }

  @AfterEach
  void stop() throws Exception {
    try {
      client.close();
    } finally {
      run("umount", disk.toString());
    }
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor()).as(List.of(command).toString()).isZero();
  }

  private Path reserve() {
    return disk.resolve("registry").resolve("reserve");
  }

  private boolean takesPushes() throws Exception {
    return client.send("GET", "/readyz").text().contains("\"takesPushes\":true");
  }

  private void fillUp() throws IOException {
    byte[] block = new byte[64 * 1024];
    try (OutputStream file = Files.newOutputStream(filler)) {
      for (int size = block.length; size > 0; size /= 2) {
        try {
          for (; ; ) {
            file.write(block, 0, size);
          }
        } catch (IOException full) {
          // with smaller steps, to the last byte
        }
      }
    }
    assertThat(disk.toFile().getUsableSpace()).isZero();
  }

  private List<String> stagedFiles() throws IOException {
    try (Stream<Path> files = Files.walk(disk.resolve("registry").resolve("content"))) {
      return files
          .filter(Files::isRegularFile)
          .map(Path::toString)
          .filter(name -> name.contains("/staging/"))
          .toList();
    }
  }

  @Test
  void aFullDiskRefusesPushesByNameAndServesEverythingElse() throws Exception {
    byte[] large = Client.random(3 * MEBIBYTE, 1);
    Digest kept = client.blob("app", large);
    byte[] manifest = client.image("app", "1", "hello");
    fillUp();

    Reply refused = client.send("POST", "/v2/app/blobs/uploads/");
    assertThat(refused.status()).isEqualTo(507);
    assertThat(refused.text()).contains("DENIED", "no space left on device");
    assertThat(client.manifest("app", "2", manifest).status())
        .as("a manifest is new, too")
        .isEqualTo(507);
    assertThat(client.send("GET", "/readyz").text())
        .contains("\"ready\":true", "\"takesPushes\":false");

    assertThat(client.send("GET", "/v2/app/blobs/" + kept).body()).isEqualTo(large);
    assertThat(client.send("GET", "/v2/app/manifests/1").body()).isEqualTo(manifest);
    assertThat(client.send("GET", "/v2/app/tags/list").text()).contains("\"1\"");
    assertThat(client.send("DELETE", "/v2/app/manifests/1").status()).isEqualTo(202);
    assertThat(
            client.send("POST", "/plimsoll/v1/trash/restore?repository=app&reference=1").status())
        .isEqualTo(200);
    assertThat(client.send("GET", "/v2/app/manifests/1").body()).isEqualTo(manifest);
    assertThat(client.send("POST", "/plimsoll/v1/gc?now").text())
        .contains("\"freedBytes\":" + large.length, "\"failed\":0");
  }

  @Test
  void theReasonComesBeforeTheBodyIsSent() throws Exception {
    fillUp();
    URI at = URI.create(client.url());
    try (Socket socket = new Socket(at.getHost(), at.getPort())) {
      new DataOutputStream(socket.getOutputStream())
          .write(
              """
              POST /v2/app/blobs/uploads/?digest=sha256:%s HTTP/1.1
              Host: t
              Expect: 100-continue
              Content-Length: 1000000000

              """
                  .formatted("0".repeat(64))
                  .replace("\n", "\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      byte[] head = socket.getInputStream().readNBytes(60);
      assertThat(new String(head, StandardCharsets.US_ASCII))
          .startsWith("HTTP/1.1 507 no space left on device: ");
    }
  }

  @Test
  void aPushThatFillsTheDiskLeavesNothingAndPushesGoOnOnceThereIsRoom() throws Exception {
    byte[] tooMuch = Client.random(60 * MEBIBYTE, 2);
    Reply full =
        client.send("POST", "/v2/app/blobs/uploads/?digest=" + Digest.sha256(tooMuch), tooMuch);
    assertThat(full.status()).isEqualTo(507);
    assertThat(stagedFiles()).isEmpty();
    assertThat(client.send("HEAD", "/v2/app/blobs/" + Digest.sha256(tooMuch)).status())
        .isEqualTo(404);

    fillUp();
    assertThat(client.send("POST", "/v2/app/blobs/uploads/").status()).isEqualTo(507);
    Files.delete(filler);
    await().atMost(Duration.ofSeconds(30)).until(this::takesPushes);

    client.image("app", "1", "hello");
    assertThat(client.send("GET", "/v2/app/manifests/1").status()).isEqualTo(200);
  }
}
