package dev.plimsoll.registry.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.MediaTypes;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Manifests of every kind are kept byte for byte, by tag and by digest. */
class ManifestsApiTest {
  private static final byte[] CONFIG = "{}".getBytes(UTF_8);
  private static final byte[] LAYER = "a layer".getBytes(UTF_8);

  private Client client;

  @BeforeEach
  void start(@TempDir Path data) throws Exception {
    client = Client.start(data);
    client.blob("app", CONFIG);
    client.blob("app", LAYER);
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
  }

  private void assertKept(String reference, byte[] bytes, String type) throws Exception {
    Client.Reply get = client.send("GET", "/v2/app/manifests/" + reference);
    assertThat(get.status()).isEqualTo(200);
    assertThat(get.body()).isEqualTo(bytes);
    assertThat(get.header("Content-Type")).isEqualTo(type);
    assertThat(get.header("Docker-Content-Digest")).isEqualTo(Digest.sha256(bytes).toString());
    Client.Reply head = client.send("HEAD", "/v2/app/manifests/" + reference);
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.header("Content-Length")).isEqualTo(Integer.toString(bytes.length));
    assertThat(head.header("Content-Type")).isEqualTo(type);
  }

  @Test
  void anImageByTagAndByDigest() throws Exception {
    byte[] manifest = Client.imageManifest(CONFIG, List.of(LAYER), "");
    Digest digest = Digest.sha256(manifest);

    Client.Reply byTag = client.manifest("app", "1.0", manifest);
    Client.Reply byDigest = client.manifest("app", digest.toString(), manifest);

    assertThat(byTag.status()).isEqualTo(201);
    assertThat(byTag.header("Docker-Content-Digest")).isEqualTo(digest.toString());
    assertThat(byTag.header("Location")).isEqualTo("/v2/app/manifests/" + digest);
    assertThat(byDigest.status()).isEqualTo(201);
    assertKept("1.0", manifest, MediaTypes.OCI_MANIFEST);
    assertKept(digest.toString(), manifest, MediaTypes.OCI_MANIFEST);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ",\"annotations\":{\"a\":\"b\"}",
        ",\"org.example.unknown\":{\"deep\":[1,2]}",
        ",\"artifactType\":\"application/vnd.example+type\"",
        "\n\n  "
      })
  void whatIsUnknownIsKeptToo(String more) throws Exception {
    byte[] manifest = Client.imageManifest(CONFIG, List.of(LAYER), more);

    assertThat(client.manifest("app", "x", manifest).status()).isEqualTo(201);

    assertKept("x", manifest, MediaTypes.OCI_MANIFEST);
  }

  @Test
  void withoutLayers() throws Exception {
    byte[] manifest = Client.imageManifest(CONFIG, List.of(), "");

    assertThat(client.manifest("app", "none", manifest).status()).isEqualTo(201);
  }

  @Test
  void ofDocker() throws Exception {
    byte[] manifest =
        new String(Client.imageManifest(CONFIG, List.of(LAYER), ""), UTF_8)
            .replace(MediaTypes.OCI_MANIFEST, MediaTypes.DOCKER_MANIFEST)
            .getBytes(UTF_8);

    assertThat(client.manifest("app", "d", manifest, MediaTypes.DOCKER_MANIFEST).status())
        .isEqualTo(201);

    assertKept("d", manifest, MediaTypes.DOCKER_MANIFEST);
  }

  @Test
  void ofFourMebibytesAndNoMore() throws Exception {
    byte[] plain = Client.imageManifest(CONFIG, List.of(LAYER), ",\"annotations\":{\"a\":\"\"}");
    String padding = "x".repeat(ManifestsApi.SIZE_BYTES_MAX - plain.length);
    byte[] largest =
        Client.imageManifest(
            CONFIG, List.of(LAYER), ",\"annotations\":{\"a\":\"" + padding + "\"}");
    byte[] tooLarge = Arrays.copyOf(largest, largest.length + 1);
    tooLarge[largest.length] = ' ';

    assertThat(client.manifest("app", "large", largest).status()).isEqualTo(201);
    Client.Reply refused = client.manifest("app", "larger", tooLarge);

    assertKept("large", largest, MediaTypes.OCI_MANIFEST);
    assertThat(refused.status()).isEqualTo(413);
    assertThat(refused.text()).contains("SIZE_INVALID");
  }

  @Test
  void anIndexOfIndexes() throws Exception {
    byte[] image = client.image("app", "image", "content");
    byte[] inner = Client.index("", image);
    byte[] outer =
        new String(Client.index("", inner), UTF_8)
            .replace(MediaTypes.OCI_MANIFEST, MediaTypes.OCI_INDEX)
            .getBytes(UTF_8);

    assertThat(client.manifest("app", "inner", inner, MediaTypes.OCI_INDEX).status())
        .isEqualTo(201);
    assertThat(client.manifest("app", "outer", outer, MediaTypes.OCI_INDEX).status())
        .isEqualTo(201);

    assertKept("outer", outer, MediaTypes.OCI_INDEX);
  }

  @Test
  void anIndexWithoutManifests() throws Exception {
    byte[] index = Client.index("");

    Client.Reply reply = client.manifest("app", "empty", index, MediaTypes.OCI_INDEX);

    assertThat(reply.status()).isEqualTo(201);
    assertThat(reply.header("Plimsoll-Absent")).isEmpty();
  }

  @Test
  void anIndexWhoseChildIsAbsentIsKeptAndTheAnswerSaysSo() throws Exception {
    byte[] here = client.image("app", "here", "content");
    byte[] elsewhere = Client.imageManifest("other".getBytes(UTF_8), List.of(), "");
    byte[] index = Client.index("", here, elsewhere);

    Client.Reply reply = client.manifest("app", "sparse", index, MediaTypes.OCI_INDEX);

    assertThat(reply.status()).isEqualTo(201);
    assertThat(reply.header("Plimsoll-Absent")).isEqualTo(Digest.sha256(elsewhere).toString());
  }

  @Test
  void anImageWhoseLayerIsAbsentIsRefused() throws Exception {
    byte[] manifest = Client.imageManifest(CONFIG, List.of("never sent".getBytes(UTF_8)), "");

    Client.Reply reply = client.manifest("app", "broken", manifest);

    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.text()).contains("MANIFEST_BLOB_UNKNOWN");
    assertThat(client.send("GET", "/v2/app/manifests/broken").status()).isEqualTo(404);
  }

  @Test
  void aLayerThatLivesElsewhereMayBeAbsent() throws Exception {
    byte[] manifest =
        new String(Client.imageManifest(CONFIG, List.of("foreign".getBytes(UTF_8)), ""), UTF_8)
            .replace(
                MediaTypes.OCI_LAYER, "application/vnd.oci.image.layer.nondistributable.v1.tar")
            .getBytes(UTF_8);

    assertThat(client.manifest("app", "foreign", manifest).status()).isEqualTo(201);
  }

  @Test
  void bytesOfAnotherDigestAreRefused() throws Exception {
    byte[] manifest = Client.imageManifest(CONFIG, List.of(LAYER), "");
    String wrong = Digest.sha256(LAYER).toString();

    Client.Reply reply = client.manifest("app", wrong, manifest);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text()).contains("DIGEST_INVALID");
  }

  @Test
  void byDigestOfSha512() throws Exception {
    byte[] manifest = Client.imageManifest(CONFIG, List.of(LAYER), "");
    Digest digest = Digest.of(Digest.Algorithm.SHA512, manifest);

    Client.Reply put = client.manifest("app", digest.toString(), manifest);

    assertThat(put.status()).isEqualTo(201);
    assertThat(put.header("Docker-Content-Digest")).isEqualTo(digest.toString());
    assertThat(client.send("GET", "/v2/app/manifests/" + digest).body()).isEqualTo(manifest);
  }

  @Test
  void byDigestWithSeveralTags() throws Exception {
    byte[] manifest = Client.imageManifest(CONFIG, List.of(LAYER), "");
    Digest digest = Digest.sha256(manifest);

    Client.Reply put = client.manifest("app", digest + "?tag=one&tag=two", manifest);

    assertThat(put.status()).isEqualTo(201);
    assertThat(put.response().headers().allValues("OCI-Tag")).containsExactly("one", "two");
    assertKept("one", manifest, MediaTypes.OCI_MANIFEST);
    assertKept("two", manifest, MediaTypes.OCI_MANIFEST);
  }

  @Test
  void schema1IsRefusedWithAdvice() throws Exception {
    byte[] old = "{\"schemaVersion\":1,\"name\":\"app\"}".getBytes(UTF_8);

    Client.Reply reply = client.manifest("app", "old", old, MediaTypes.DOCKER_SCHEMA_1_SIGNED);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text()).contains("MANIFEST_INVALID", "schema 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "no json", "[]", "{}", "{\"schemaVersion\":2}"})
  void whatIsNoManifestIsRefused(String text) throws Exception {
    Client.Reply reply = client.manifest("app", "bad", text.getBytes(UTF_8));

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text()).contains("MANIFEST_INVALID");
  }

  @Test
  void whoHasItAlreadyIsToldSo() throws Exception {
    byte[] manifest = client.image("app", "1", "content");

    Client.Reply reply =
        client.send(
            "GET", "/v2/app/manifests/1", "If-None-Match", "\"" + Digest.sha256(manifest) + "\"");

    assertThat(reply.status()).isEqualTo(304);
  }

  @Test
  void aTagThatMovedShowsTheNewManifestAtOnce() throws Exception {
    client.image("app", "latest", "old");
    client.send("GET", "/v2/app/manifests/latest");

    byte[] fresh = client.image("app", "latest", "new");

    assertKept("latest", fresh, MediaTypes.OCI_MANIFEST);
  }
}
