package dev.plimsoll.registry.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Json;
import dev.plimsoll.oci.MediaTypes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Where a tag has pointed, and bringing it back there. */
class TagHistoryApiTest {
  @TempDir private Path data;
  private Client client;

  @BeforeEach
  void start() throws IOException {
    client = Client.start(data);
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
  }

  private JsonNode moves() throws Exception {
    return Json.tree(
            client.send("GET", "/plimsoll/v1/tags/history?repository=app&tag=latest").body())
        .path("moves");
  }

  /** When the newest move was made; the next one is made later by the clock. */
  private Instant now() throws Exception {
    Instant at = Instant.parse(moves().path(0).path("at").asString());
    while (!Instant.now().isAfter(at.plusMillis(1))) {
      Thread.onSpinWait();
    }
    return at;
  }

  private Client.Reply restore(Object at, String more) throws Exception {
    return client.send(
        "POST", "/plimsoll/v1/tags/restore?repository=app&tag=latest&at=%s%s".formatted(at, more));
  }

  private String latest() throws Exception {
    return client.send("HEAD", "/v2/app/manifests/latest").header("Docker-Content-Digest");
  }

  private void delete(Object reference) throws Exception {
    assertThat(client.send("DELETE", "/v2/app/manifests/" + reference).status()).isEqualTo(202);
  }

  @Test
  void aTagGoesBackToWhatIsStillThere() throws Exception {
    Digest old = Digest.sha256(client.image("app", "latest", "old"));
    Instant then = now();
    Digest fresh = Digest.sha256(client.image("app", "latest", "new"));

    Client.Reply dry = restore(then, "&dry-run");
    assertThat(dry.text()).contains("\"dryRun\":true", "\"from\":\"" + fresh, "\"to\":\"" + old);
    assertThat(latest()).isEqualTo(fresh.toString());
    assertThat(restore(then, "").text()).contains("\"outOfTrash\":[]");

    assertThat(latest()).isEqualTo(old.toString());
    assertThat(moves().path(0).path("from").asString()).isEqualTo(fresh.toString());
    assertThat(moves().path(0).path("actor").asString()).isEqualTo("127.0.0.1");
  }

  @Test
  void whatWasDeletedComesOutOfTheTrashForItWithItsSignature() throws Exception {
    byte[] image = client.image("app", "latest", "old");
    byte[] signature =
        Client.imageManifest(
            Client.random(10, 1),
            List.of(),
            ",\"subject\":" + Client.descriptor(MediaTypes.OCI_MANIFEST, image));
    client.blob("app", Client.random(10, 1));
    client.manifest("app", Digest.sha256(signature).toString(), signature);
    Instant then = now();
    client.image("app", "latest", "new");
    delete(Digest.sha256(image));

    assertThat(restore(then, "").text())
        .contains(Digest.sha256(image).toString(), Digest.sha256(signature).toString());

    assertThat(latest()).isEqualTo(Digest.sha256(image).toString());
    assertThat(client.send("GET", "/v2/app/referrers/" + Digest.sha256(image)).text())
        .contains(Digest.sha256(signature).toString());
    assertThat(client.send("GET", "/plimsoll/v1/trash").text()).isEqualTo("{\"deletions\":[]}");
  }

  @Test
  void aDeletedTagComesBack() throws Exception {
    Digest image = Digest.sha256(client.image("app", "latest", "image"));
    Instant then = now();
    delete("latest");

    restore(then, "");

    assertThat(latest()).isEqualTo(image.toString());
    assertThat(client.send("GET", "/plimsoll/v1/trash").text()).isEqualTo("{\"deletions\":[]}");
  }

  @Test
  void whatIsGoneForGoodIsSaidToBe() throws Exception {
    Digest old = Digest.sha256(client.image("app", "latest", "old"));
    Instant then = now();
    client.image("app", "latest", "new");
    delete(old);
    client.send("POST", "/plimsoll/v1/gc?now");

    Client.Reply refused = restore(then, "");

    assertThat(refused.status()).isEqualTo(404);
    assertThat(refused.text()).contains(old + ", which is gone for good");
  }

  @Test
  void aTimeAtWhichThereWasNoTagIsRefusedWithTheReason() throws Exception {
    client.image("app", "latest", "image");
    Instant made = now();
    delete("latest");
    Instant deleted = now();

    assertThat(restore(made.minusSeconds(1), "").text()).contains("127.0.0.1 made it at " + made);
    assertThat(restore(deleted, "").text()).contains("127.0.0.1 had deleted it at " + deleted);
    assertThat(restore("yesterday", "").text()).contains("a time such as");
    assertThat(
            client
                .send(
                    "POST",
                    "/plimsoll/v1/tags/restore?repository=app&tag=other&at=2026-01-01T00:00:00Z")
                .text())
        .contains("nothing is remembered of it");
  }

  @Test
  void aRestoreCanBeRehearsed() throws Exception {
    Digest image = Digest.sha256(client.image("app", "latest", "image"));
    delete(image);

    assertThat(client.send("POST", "/plimsoll/v1/trash/restore?id=1&dry-run").text())
        .contains(image.toString(), "latest");
    assertThat(client.send("GET", "/v2/app/manifests/latest").status()).isEqualTo(404);
    assertThat(client.send("POST", "/plimsoll/v1/trash/restore?id=1").status()).isEqualTo(200);
    assertThat(latest()).isEqualTo(image.toString());
  }
}
