package dev.plimsoll.registry.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.MediaTypes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulls need tokens, tokens a key to sign them with, and a new key room on the disk. */
class FullDiskTokensTest {
  private static final String BOB = Policed.basic("bob", "bobs-password");
  private static final String SCOPE = "repository:team/app:pull";

  @TempDir private Path directory;
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-03-01T00:00:00Z"));

  private void pass(Duration time) {
    now.updateAndGet(t -> t.plus(time));
  }

  private static void push(Client client) throws Exception {
    byte[] config = {'{', '}'};
    client.send(
        "POST",
        "/v2/team/app/blobs/uploads/?digest=" + Digest.sha256(config),
        config,
        "Authorization",
        BOB);
    byte[] manifest = Client.imageManifest(config, List.of(), "");
    client.send(
        "PUT",
        "/v2/team/app/manifests/1",
        manifest,
        "Authorization",
        BOB,
        "Content-Type",
        MediaTypes.OCI_MANIFEST);
  }

  private static int pulled(Client client, String token) throws Exception {
    return client.send("GET", "/v2/team/app/manifests/1", "Authorization", token).status();
  }

  /** A turn that ended after the first one that knows the time. */
  private void awaitHousekeeping(Client client) {
    for (int turn = 0; turn < 2; turn++) {
      pass(Duration.ofSeconds(1));
      String collected = "\"collectedAt\":\"%s\"".formatted(now.get());
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> client.send("GET", "/readyz").text().contains(collected));
    }
  }

  @Test
  void pullsWithTokensGoOnAtZeroBytesFree() throws Exception {
    Path policy =
        Policed.policy(directory, "grants: [{to: \"user:bob\", may: push, repositories: team/**}]");
    try (SmallDisk disk = SmallDisk.mount(directory.resolve("disk"));
        Client client =
            Policed.start(disk.settings(), policy, Map.of("bob", "bobs-password"), now::get)) {
      Path key = disk.directory().resolve("registry/access/token-key.json");
      disk.awaitReserve(client);
      push(client);
      disk.fillWithReserve();

      String first = Policed.bearer(client, BOB, SCOPE);
      assertThat(pulled(client, first))
          .as("no key was made before the disk was full")
          .isEqualTo(200);
      assertThat(key).doesNotExist();
      pass(Duration.ofMinutes(2));
      assertThat(pulled(client, Policed.bearer(client, BOB, SCOPE))).isEqualTo(200);
      assertThat(pulled(client, first)).as("it is still the same key").isEqualTo(200);

      disk.makeRoom();
      pass(Duration.ofMinutes(2));
      assertThat(pulled(client, Policed.bearer(client, BOB, SCOPE))).isEqualTo(200);
      assertThat(key).exists();
      String kept = Files.readString(key);

      pass(Duration.ofDays(31));
      awaitHousekeeping(client); // what is old by now is deleted, and leaves room
      disk.fillWithReserve();
      assertThat(pulled(client, Policed.bearer(client, BOB, SCOPE)))
          .as("the key is too old, and there is no room for another one")
          .isEqualTo(200);
      assertThat(key).hasContent(kept);
    }
  }
}
