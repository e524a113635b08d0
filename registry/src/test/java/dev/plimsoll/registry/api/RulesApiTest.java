package dev.plimsoll.registry.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Json;
import dev.plimsoll.registry.AccessSettings;
import dev.plimsoll.registry.RegistrySettings;
import dev.plimsoll.registry.api.Client.Reply;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the owner forbids to everybody: quotas, immutable tags, read-only; and what is on record. */
class RulesApiTest {
  private static final String EVERYBODY =
      "grants: [{to: anonymous, may: admin, repositories: \"**\"}]\n";

  @TempDir private Path directory;

  private Client start(String rules) throws Exception {
    Path policy = Files.writeString(directory.resolve("access.yaml"), EVERYBODY + rules);
    return Client.start(
        RegistrySettings.in(directory.resolve("data"))
            .withAccess(AccessSettings.DEFAULT.withPolicy(policy)));
  }

  private static Reply push(Client client, String repository, String tag, String content)
      throws Exception {
    byte[] layer = content.getBytes(UTF_8);
    byte[] config = ("{\"of\":\"" + content + "\"}").getBytes(UTF_8);
    client.blob(repository, layer);
    client.blob(repository, config);
    return client.manifest(
        repository, tag, Client.imageManifest(config, java.util.List.of(layer), ""));
  }

  @Test
  void aNamespaceHoldsAsManyTagsAsItMayAndNoMore() throws Exception {
    try (Client client = start("quotas: [{namespace: team, tags: 2}]\n")) {
      assertThat(push(client, "team/a", "1", "one").status()).isEqualTo(201);
      assertThat(push(client, "team/b", "1", "one").status()).isEqualTo(201);

      Reply third = push(client, "team/c", "1", "one");

      assertThat(third.status()).isEqualTo(403);
      assertThat(third.text()).contains("DENIED", "namespace team may hold 2 tags");
      assertThat(push(client, "team/a", "1", "two").status()).isEqualTo(201);
      assertThat(push(client, "teamwork", "1", "one").status()).isEqualTo(201);
      assertThat(client.send("GET", "/v2/team/c/manifests/1").status()).isEqualTo(404);
      assertThat(client.send("DELETE", "/v2/team/b/manifests/1").status()).isEqualTo(202);
      assertThat(push(client, "team/c", "1", "one").status()).isEqualTo(201);
    }
  }

  @Test
  void aNamespaceHoldsAsManyBytesAsItMayAndNoMore() throws Exception {
    try (Client client = start("quotas: [{namespace: team, bytes: 4KiB}]\n")) {
      byte[] first = client.image("team/a", "1", "x".repeat(1000));
      Reply again = push(client, "team/a", "2", "x".repeat(1000));

      Reply more = push(client, "team/a", "3", "y".repeat(1000));
      Reply upload = client.send("POST", "/v2/team/b/blobs/uploads/?digest=x", new byte[5000]);

      assertThat(again.status()).isEqualTo(201);
      assertThat(more.status()).isEqualTo(403);
      assertThat(more.text()).contains("DENIED", "may hold 4.0 KiB");
      assertThat(upload.status()).isEqualTo(403);
      assertThat(client.send("GET", "/plimsoll/v1/quotas").text())
          .isEqualTo(
              "{\"quotas\":[{\"namespace\":\"team\",\"bytesMax\":4096,\"bytes\":%d,\"tags\":2}]}"
                  .formatted(first.length + 1000 + 1009));
    }
  }

  @Test
  void anImmutableTagStaysWhereItPoints() throws Exception {
    try (Client client =
        start("immutable-tags: [{repositories: \"**\", tags: \"v*\", except: \"*-rc*\"}]\n")) {
      byte[] manifest = client.image("app", "v1", "one");
      String digest = client.send("HEAD", "/v2/app/manifests/v1").header("Docker-Content-Digest");

      Reply moved = push(client, "app", "v1", "two");
      Reply same = push(client, "app", "v1", "one");

      assertThat(moved.status()).isEqualTo(403);
      assertThat(moved.text()).contains("DENIED", "tag v1 of repository app is immutable");
      assertThat(same.status()).isEqualTo(201);
      assertThat(client.send("GET", "/v2/app/manifests/v1").body()).isEqualTo(manifest);
      assertThat(client.send("DELETE", "/v2/app/manifests/v1").status()).isEqualTo(403);
      assertThat(client.send("DELETE", "/v2/app/manifests/" + digest).status()).isEqualTo(403);
      client.image("app", "v1-rc1", "three");
      assertThat(push(client, "app", "v1-rc1", "four").status()).isEqualTo(201);
      assertThat(client.send("DELETE", "/v2/app/manifests/v1-rc1").status()).isEqualTo(202);
    }
  }

  @Test
  void aReadOnlyRegistryServesAndTakesNothing() throws Exception {
    try (Client client = start("")) {
      byte[] manifest = client.image("app", "1", "one");

      assertThat(client.send("PUT", "/plimsoll/v1/read-only?reason=moving+house").text())
          .isEqualTo("{\"readOnly\":true,\"reason\":\"moving house\"}");

      Reply refused = client.send("POST", "/v2/app/blobs/uploads/");
      assertThat(refused.status()).isEqualTo(405);
      assertThat(refused.text()).contains("UNSUPPORTED", "read-only: moving house");
      assertThat(client.send("DELETE", "/v2/app/manifests/1").status()).isEqualTo(405);
      assertThat(client.send("POST", "/plimsoll/v1/gc?now").status()).isEqualTo(405);
      await().until(() -> client.send("GET", "/readyz").text().contains("\"collects\":false"));
      assertThat(client.send("GET", "/readyz").text())
          .contains("\"ready\":true", "\"takesPushes\":false")
          .doesNotContain("moving house");
      assertThat(client.send("GET", "/v2/app/manifests/1").body()).isEqualTo(manifest);
    }
    try (Client client = start("")) {
      assertThat(client.send("DELETE", "/v2/app/manifests/1").status()).isEqualTo(405);
      assertThat(client.send("DELETE", "/plimsoll/v1/read-only").text())
          .isEqualTo("{\"readOnly\":false}");
      assertThat(client.send("DELETE", "/v2/app/manifests/1").status()).isEqualTo(202);
    }
  }

  /** {@code dry-run} must never open a way round: not past the lock, and not to the deed itself. */
  @Test
  void whatHasNoRehearsalIsNotDoneInstead() throws Exception {
    try (Client client = start("")) {
      client.image("app", "1", "one");
      client.send("PUT", "/plimsoll/v1/pins?repository=app&reference=1");
      String user = "{\"name\":\"dave\",\"password\":\"very-secret\"}";
      client.send("POST", "/plimsoll/v1/users", user.getBytes(UTF_8));
      client.send("PUT", "/plimsoll/v1/deployed/web-1", "{\"images\":[]}".getBytes(UTF_8));
      Map<String, String> changes =
          Map.of(
              "/v2/app/manifests/1", "DELETE",
              "/plimsoll/v1/pins?repository=app&reference=1", "DELETE",
              "/plimsoll/v1/users/dave", "DELETE",
              "/plimsoll/v1/deployed/web-1", "DELETE",
              "/plimsoll/v1/import", "DELETE",
              "/plimsoll/v1/rebuild", "POST",
              "/plimsoll/v1/read-only?reason=moving", "PUT",
              "/plimsoll/v1/no/such", "POST");
      for (boolean readOnly : List.of(false, true)) {
        client.send(readOnly ? "PUT" : "DELETE", "/plimsoll/v1/read-only");
        for (Map.Entry<String, String> change : changes.entrySet()) {
          String path = change.getKey();
          Reply reply =
              client.send(
                  change.getValue(), path + (path.indexOf('?') < 0 ? "?" : "&") + "dry-run");
          assertThat(reply.status()).as(path).isEqualTo(405);
          assertThat(reply.text()).contains("has no dry-run; nothing was done");
        }
        assertThat(client.send("GET", "/plimsoll/v1/read-only").text())
            .contains("\"readOnly\":" + readOnly);
      }
      assertThat(client.send("GET", "/v2/app/manifests/1").status()).isEqualTo(200);
      assertThat(client.send("GET", "/plimsoll/v1/pins").text()).contains("app");
      assertThat(client.send("GET", "/plimsoll/v1/users").text()).contains("dave");
      assertThat(client.send("GET", "/plimsoll/v1/deployed").text()).contains("web-1");
    }
  }

  @Test
  void aReadOnlyRegistryRehearses() throws Exception {
    try (Client client = start("")) {
      byte[] manifest = client.image("app", "1", "one");
      client.send("DELETE", "/v2/app/manifests/" + Digest.sha256(manifest));
      client.send("PUT", "/plimsoll/v1/read-only");

      String purge = "/plimsoll/v1/trash/purge?id=1";

      assertThat(client.send("POST", purge + "&dry-run").text()).contains("\"purged\":1");
      assertThat(client.send("POST", purge).status()).isEqualTo(405);
      assertThat(client.send("POST", purge + "&dry-run=false").status()).isEqualTo(405);
      assertThat(client.send("GET", "/plimsoll/v1/trash").text()).contains("\"id\":1");
    }
  }

  @Test
  void aRepositoryIsDeletedWholeAndComesBackWhole() throws Exception {
    try (Client client = start("")) {
      byte[] one = client.image("app", "1", "one");
      client.image("app", "2", "two");
      client.image("other", "1", "one");

      Reply dry = client.send("DELETE", "/plimsoll/v1/repositories/app?dry-run");
      assertThat(client.send("GET", "/v2/app/manifests/1").status()).isEqualTo(200);
      Reply real = client.send("DELETE", "/plimsoll/v1/repositories/app");

      assertThat(Json.tree(dry.body()).path("manifests"))
          .isEqualTo(Json.tree(real.body()).path("manifests"));
      assertThat(Json.tree(real.body()).path("tags").size()).isEqualTo(2);
      assertThat(client.send("GET", "/v2/app/manifests/1").status()).isEqualTo(404);
      assertThat(client.send("GET", "/v2/_catalog").text())
          .isEqualTo("{\"repositories\":[\"other\"]}");
      assertThat(client.send("DELETE", "/plimsoll/v1/repositories/app").status()).isEqualTo(404);

      long deletion = Json.tree(real.body()).path("deletion").asLong();
      assertThat(client.send("POST", "/plimsoll/v1/trash/restore?id=" + deletion).status())
          .isEqualTo(200);
      assertThat(client.send("GET", "/v2/app/manifests/1").body()).isEqualTo(one);
      assertThat(client.send("GET", "/v2/app/tags/list").text()).contains("\"1\",\"2\"");
    }
  }

  @Test
  void everyChangeIsOnRecordAndNothingElse() throws Exception {
    try (Client client = start("")) {
      client.image("app", "1", "one");
      client.send("GET", "/v2/app/manifests/1");
      client.send("DELETE", "/v2/none/manifests/1");
      client.send("DELETE", "/v2/app/manifests/1", "X-Request-Id", "deletion-7");
      client.send(
          "POST",
          "/plimsoll/v1/users",
          "{\"name\":\"dave\",\"password\":\"very-secret\"}".getBytes(UTF_8));

      Reply record = client.send("GET", "/plimsoll/v1/audit");

      var changes = Json.tree(record.body()).path("changes");
      assertThat(changes.size()).as(record.text()).isEqualTo(3);
      assertThat(changes.path(0).path("action").asString()).isEqualTo("POST /plimsoll/v1/users");
      assertThat(changes.path(0).path("detail").asString()).isEqualTo("user dave");
      assertThat(changes.path(1).path("action").asString()).isEqualTo("DELETE /v2/app/manifests/1");
      assertThat(changes.path(1).path("request").asString()).isEqualTo("deletion-7");
      assertThat(changes.path(1).path("actor").asString()).isEqualTo("anonymous");
      assertThat(changes.path(1).path("address").asString()).isEqualTo("127.0.0.1");
      assertThat(changes.path(2).path("action").asString()).isEqualTo("PUT /v2/app/manifests/1");
      assertThat(record.text()).doesNotContain("very-secret");
    }
  }
}
