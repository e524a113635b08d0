package dev.plimsoll.registry.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.MediaTypes;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is deleted is gone at once, can be had back, and is nothing that is still needed. */
class DeletesApiTest {
  private Client client;

  @BeforeEach
  void start(@TempDir Path data) throws Exception {
    client = Client.start(data);
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
  }

  private int status(String path) throws Exception {
    return client.send("GET", path).status();
  }

  @Test
  void aTagGoesAndItsManifestStays() throws Exception {
    byte[] manifest = client.image("app", "1", "content");
    String digest = "/v2/app/manifests/" + Digest.sha256(manifest);
    status("/v2/app/manifests/1");

    assertThat(client.send("DELETE", "/v2/app/manifests/1").status()).isEqualTo(202);

    assertThat(status("/v2/app/manifests/1")).isEqualTo(404);
    assertThat(client.send("GET", "/v2/app/tags/list").text()).contains("\"tags\":[]");
    assertThat(status(digest)).isEqualTo(200);
  }

  @Test
  void aManifestGoesWithItsTags() throws Exception {
    byte[] manifest = client.image("app", "1", "content");
    client.manifest("app", "2", manifest);
    String digest = "/v2/app/manifests/" + Digest.sha256(manifest);
    status(digest);
    status("/v2/app/manifests/2");

    assertThat(client.send("DELETE", digest).status()).isEqualTo(202);

    assertThat(status(digest)).isEqualTo(404);
    assertThat(status("/v2/app/manifests/1")).isEqualTo(404);
    assertThat(status("/v2/app/manifests/2")).isEqualTo(404);
    assertThat(client.send("GET", "/v2/_catalog").text()).isEqualTo("{\"repositories\":[]}");
    assertThat(client.send("DELETE", digest).status()).isEqualTo(404);
  }

  @Test
  void aBlobGoesWhenNothingNeedsIt() throws Exception {
    Digest digest = client.blob("app", Client.random(50_000, 1));
    String path = "/v2/app/blobs/" + digest;
    client.send("HEAD", path);

    assertThat(client.send("DELETE", path).status()).isEqualTo(202);

    assertThat(client.send("HEAD", path).status()).isEqualTo(404);
    assertThat(status(path)).isEqualTo(404);
    assertThat(client.send("DELETE", path).status()).isEqualTo(404);
    client.blob("app", Client.random(50_000, 1));
    assertThat(status(path)).isEqualTo(200);
  }

  @Test
  void aBlobThatAManifestNamesStays() throws Exception {
    client.image("app", "1", "content");
    String path = "/v2/app/blobs/" + Digest.sha256("content".getBytes(UTF_8));

    Client.Reply reply = client.send("DELETE", path);

    assertThat(reply.status()).isEqualTo(405);
    assertThat(reply.text()).contains("DENIED", "names it");
    assertThat(status(path)).isEqualTo(200);
  }

  @Test
  void aManifestThatAnIndexNamesStays() throws Exception {
    byte[] image = client.image("app", "1", "content");
    byte[] index = Client.index("", image);
    client.manifest("app", "all", index, MediaTypes.OCI_INDEX);
    String path = "/v2/app/manifests/" + Digest.sha256(image);

    assertThat(client.send("DELETE", path).status()).isEqualTo(405);
    client.send("DELETE", "/v2/app/manifests/" + Digest.sha256(index));
    assertThat(client.send("DELETE", path).status()).isEqualTo(202);
  }

  @Test
  void aDeletionIsTakenBackWhole() throws Exception {
    byte[] manifest = client.image("app", "1", "content");
    client.blob("app", "{}".getBytes(UTF_8));
    byte[] signature =
        Client.imageManifest(
            "{}".getBytes(UTF_8),
            List.of(),
            ",\"subject\":" + Client.descriptor(MediaTypes.OCI_MANIFEST, manifest));
    client.manifest("app", Digest.sha256(signature).toString(), signature);
    Digest digest = Digest.sha256(manifest);
    String layer = "/v2/app/blobs/" + Digest.sha256("content".getBytes(UTF_8));

    client.send("DELETE", "/v2/app/manifests/" + digest);
    client.send("DELETE", layer);
    assertThat(status("/v2/app/manifests/" + Digest.sha256(signature))).isEqualTo(404);
    assertThat(status(layer)).isEqualTo(404);
    String trash = client.send("GET", "/plimsoll/v1/trash?repository=app").text();
    Client.Reply restored =
        client.send("POST", "/plimsoll/v1/trash/restore?repository=app&reference=" + digest);

    assertThat(trash).contains("\"manifests\":2", "\"tags\":1", digest.toString());
    assertThat(restored.status()).isEqualTo(200);
    assertThat(client.send("GET", "/v2/app/manifests/1").body()).isEqualTo(manifest);
    assertThat(client.send("GET", "/v2/app/referrers/" + digest).text())
        .contains(Digest.sha256(signature).toString());
    assertThat(status(layer)).isEqualTo(200);
    assertThat(client.send("GET", "/plimsoll/v1/trash").text()).isEqualTo("{\"deletions\":[]}");
  }

  @Test
  void whatWentWithItsSubjectCanBeDeletedOnItsOwn() throws Exception {
    byte[] manifest = client.image("app", "1", "content");
    client.blob("app", "{}".getBytes(UTF_8));
    byte[] signature =
        Client.imageManifest(
            "{}".getBytes(UTF_8),
            List.of(),
            ",\"subject\":" + Client.descriptor(MediaTypes.OCI_MANIFEST, manifest));
    String path = "/v2/app/manifests/" + Digest.sha256(signature);
    client.manifest("app", Digest.sha256(signature).toString(), signature);
    client.send("DELETE", "/v2/app/manifests/" + Digest.sha256(manifest));

    assertThat(client.send("DELETE", path).status()).isEqualTo(202);
    assertThat(client.send("DELETE", path).status()).isEqualTo(404);

    client.send(
        "POST", "/plimsoll/v1/trash/restore?repository=app&reference=" + Digest.sha256(manifest));
    assertThat(status(path)).isEqualTo(404);
  }

  @Test
  void aTagThatWasGivenAnewIsNotTakenBack() throws Exception {
    client.image("app", "1", "old");
    client.send("DELETE", "/v2/app/manifests/1");
    byte[] fresh = client.image("app", "1", "new");

    Client.Reply restored =
        client.send("POST", "/plimsoll/v1/trash/restore?repository=app&reference=1");

    assertThat(restored.text()).contains("\"tagsKept\":[\"1\"]");
    assertThat(client.send("GET", "/v2/app/manifests/1").body()).isEqualTo(fresh);
  }

  @Test
  void aTagRemembersWhereItWas() throws Exception {
    Digest old = Digest.sha256(client.image("app", "1", "old"));
    Digest fresh = Digest.sha256(client.image("app", "1", "new"));
    client.send("DELETE", "/v2/app/manifests/1");

    String history = client.send("GET", "/plimsoll/v1/tags/history?repository=app&tag=1").text();

    assertThat(history.split("\"at\"")).hasSize(4);
    assertThat(history).contains("\"from\":\"" + old + "\",\"to\":\"" + fresh + "\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gc?now&dryrun", "gc?now&dry_run=true", "trash/purge?id=1&dryRun"})
  void aMistypedDryRunDeletesNothing(String path) throws Exception {
    client.image("app", "1", "content");
    client.send("DELETE", "/v2/app/manifests/1");

    Client.Reply reply = client.send("POST", "/plimsoll/v1/" + path);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text()).contains("has no parameter", "dry-run", "nothing was done");
    assertThat(client.send("GET", "/plimsoll/v1/trash").text()).contains("\"id\":1");
  }

  @Test
  void whatIsPurgedIsCollectedNowIfAsked() throws Exception {
    client.image("app", "1", "content");
    Digest layer = Digest.sha256("content".getBytes(UTF_8));
    Digest manifest =
        Digest.parse(client.send("HEAD", "/v2/app/manifests/1").header("Docker-Content-Digest"));
    client.send("DELETE", "/v2/app/manifests/" + manifest);
    client.send("POST", "/plimsoll/v1/trash/purge?repository=app&reference=" + manifest);

    String dry = client.send("POST", "/plimsoll/v1/gc?now&dry-run").text();
    String real = client.send("POST", "/plimsoll/v1/gc?now").text();
    String again = client.send("POST", "/plimsoll/v1/gc?now").text();

    assertThat(dry).contains("\"dryRun\":true", layer.toString());
    assertThat(real).isEqualTo(dry.replace("\"dryRun\":true", "\"dryRun\":false"));
    assertThat(again).contains("\"deletedBlobs\":0");
    assertThat(status("/v2/app/blobs/" + layer)).isEqualTo(404);
  }

  @Test
  void aRehearsedPurgeTellsWhatWouldGoAndTakesNothing() throws Exception {
    String manifest = Digest.sha256(client.image("app", "1", "content")).toString();
    client.send("DELETE", "/v2/app/manifests/" + manifest);
    String which = "/plimsoll/v1/trash/purge?repository=app&reference=" + manifest;

    String dry = client.send("POST", which + "&dry-run").text();

    assertThat(dry)
        .isEqualTo(
            """
            {"dryRun":true,"purged":1,"repository":"app","manifests":["%s"],"tags":["1"]}\
            """
                .formatted(manifest));
    assertThat(client.send("GET", "/plimsoll/v1/trash").text()).contains(manifest);
    assertThat(client.send("POST", which).text())
        .isEqualTo(dry.replace("\"dryRun\":true", "\"dryRun\":false"));
    assertThat(client.send("GET", "/plimsoll/v1/trash").text()).isEqualTo("{\"deletions\":[]}");
  }

  @Test
  void theTrashSaysWhatItDoesNotHave() throws Exception {
    Client.Reply byId = client.send("POST", "/plimsoll/v1/trash/restore?id=99");
    Client.Reply byName =
        client.send("POST", "/plimsoll/v1/trash/purge?repository=app&reference=1");

    assertThat(byId.status()).isEqualTo(404);
    assertThat(byName.status()).isEqualTo(404);
    assertThat(byName.text()).contains("DELETION_UNKNOWN");
  }
}
