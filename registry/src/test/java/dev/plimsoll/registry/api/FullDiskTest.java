package dev.plimsoll.registry.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Json;
import dev.plimsoll.registry.api.Client.Reply;
import java.io.DataOutputStream;
import java.io.IOException;
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

/** What a full disk refuses, what goes on, and that all is well once there is room again. */
@AboutFiles
class FullDiskTest {
  private static final int MEBIBYTE = 1 << 20;

  @TempDir private Path directory;
  private SmallDisk disk;
  private Client client;

  @BeforeEach
  void start() throws Exception {
    disk = SmallDisk.mount(directory.resolve("disk"));
    client = Client.start(disk.settings());
    disk.awaitReserve(client);
  }

  @AfterEach
  void stop() throws Exception {
    try {
      client.close();
    } finally {
      disk.close();
    }
  }

  private List<String> stagedFiles() throws IOException {
    try (Stream<Path> files = Files.walk(disk.directory().resolve("registry").resolve("content"))) {
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
    client.image("app", "0", "older");
    client.image("app", "1", "hello");
    disk.fillBut(0);

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

    assertThat(client.send("POST", "/v2/app/blobs/uploads/").text())
        .as("the reserve was given up, and comes back first")
        .contains("takes nothing new until there are 16 MiB");
    assertThat(client.send("GET", "/readyz").text())
        .contains("\"lowWaterBytes\":4194304", "\"reservedBytes\":0");
    expectWhatDeletesAndUndoesToGoOn();
    assertThat(client.send("DELETE", "/v2/app/manifests/1").status()).isEqualTo(202);
    assertThat(client.send("POST", "/plimsoll/v1/trash/purge?repository=app&reference=1").status())
        .isEqualTo(200);
    assertThat(
            client.send("POST", "/plimsoll/v1/trash/restore?repository=app&reference=1").status())
        .as("purged")
        .isEqualTo(404);
  }

  private void expectWhatDeletesAndUndoesToGoOn() throws Exception {
    client.send("GET", "/v2/app/manifests/1"); // a pull that has to be written
    String rules = "rules: [{name: one, repositories: [app], tags: ['*'], keep: {newest: 1}}]";
    assertThat(
            client
                .send("POST", "/plimsoll/v1/retention", rules.getBytes(StandardCharsets.UTF_8))
                .text())
        .contains("\"tagsDeleted\":1");
    assertThat(client.send("GET", "/v2/app/manifests/0").status()).isEqualTo(404);
    String moved =
        Json.tree(client.send("GET", "/plimsoll/v1/tags/history?repository=app&tag=0").body())
            .path("moves")
            .path(1)
            .path("at")
            .asString();
    Reply rewound =
        client.send("POST", "/plimsoll/v1/tags/restore?repository=app&tag=0&at=" + moved);
    assertThat(rewound.status()).as(rewound.text()).isEqualTo(200);
    assertThat(client.send("GET", "/v2/app/manifests/0").status()).isEqualTo(200);
    client.send("DELETE", "/v2/app/manifests/0");
    assertThat(client.send("POST", "/plimsoll/v1/gc?now&dry-run").status()).isEqualTo(200);
    assertThat(client.send("POST", "/plimsoll/v1/trash/purge?repository=app&reference=0").status())
        .isEqualTo(200);
  }

  @Test
  void theReasonComesBeforeTheBodyIsSent() throws Exception {
    disk.fillBut(0);
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

    disk.fillBut(0);
    assertThat(client.send("POST", "/v2/app/blobs/uploads/").status()).isEqualTo(507);
    disk.makeRoom();
    await().atMost(Duration.ofSeconds(30)).until(client::takesPushes);

    client.image("app", "1", "hello");
    assertThat(client.send("GET", "/v2/app/manifests/1").status()).isEqualTo(200);
  }
}
