package dev.plimsoll.registry.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.oci.Json;
import dev.plimsoll.registry.RegistrySettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class StatsApiTest {
  private static final byte[] CONFIG = "{}".getBytes(StandardCharsets.UTF_8);
  private static final byte[] SHARED = Client.random(1_000, 1);
  private static final byte[] OWN = Client.random(30_000, 2);

  @TempDir private Path directory;
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-03-05T00:00:00Z"));

  private static void push(Client client, String repository, String tag, byte[]... layers)
      throws Exception {
    client.blob(repository, CONFIG);
    for (byte[] layer : layers) {
      client.blob(repository, layer);
    }
    byte[] manifest = Client.imageManifest(CONFIG, List.of(layers), "");
    assertThat(client.manifest(repository, tag, manifest).status()).isEqualTo(201);
  }

  @Test
  void sharedBytesCountForEachAndOwnBytesForOne() throws Exception {
    try (Client client = Client.start(RegistrySettings.in(directory), now::get)) {
      push(client, "a", "1", SHARED, OWN);
      push(client, "a", "2", SHARED);
      now.updateAndGet(t -> t.plus(Duration.ofDays(7)));
      push(client, "b", "1", SHARED);

      JsonNode all = Json.tree(client.send("GET", "/plimsoll/v1/stats").body());
      JsonNode first = all.path("repositories").path(0);
      assertThat(first.path("repository").asString()).isEqualTo("a");
      assertThat(first.path("tags").asInt()).isEqualTo(2);
      assertThat(first.path("bytes").asInt()).isEqualTo(31_002);
      assertThat(first.path("ownBytes").asInt()).isEqualTo(30_000);
      JsonNode second = all.path("repositories").path(1);
      assertThat(second.path("bytes").asInt()).isEqualTo(1_002);
      assertThat(second.path("ownBytes").asInt()).isZero();
      assertThat(all.path("weeks").path(0).path("bytes").asInt()).isZero();
      assertThat(all.path("weeks").path(1).path("bytes").asInt()).isEqualTo(31_002);

      client.send("GET", "/v2/a/manifests/1");
      client.send(
          "POST",
          "/plimsoll/v1/retention?dry-run", // writes the pulls before it decides
          "rules: [{name: r, repositories: [a], tags: ['*'], keep: everything}]"
              .getBytes(StandardCharsets.UTF_8));
      JsonNode tags = Json.tree(client.send("GET", "/plimsoll/v1/stats?repository=a").body());
      assertThat(tags.path("tags").path(0).path("pulledAt").asString("")).startsWith("20");
      assertThat(tags.path("tags").path(1).has("pulledAt")).isFalse();
      assertThat(tags.path("tags").path(0).path("tag").asString()).isEqualTo("1");
      assertThat(tags.path("tags").path(0).path("ownBytes").asInt()).isEqualTo(30_000);
      assertThat(tags.path("tags").path(1).path("bytes").asInt()).isEqualTo(1_002);
      assertThat(tags.path("tags").path(1).path("ownBytes").asInt()).isZero();
    }
  }

  @Test
  void whatAnotherRepositoryOrAnImageWithoutATagHasIsNoTagsOwn() throws Exception {
    try (Client client = Client.start(RegistrySettings.in(directory), now::get)) {
      byte[] left = Client.random(500, 3);
      push(client, "a", "1", SHARED, left);
      push(client, "a", "1", SHARED, left, OWN); // the first is without a tag from now on
      push(client, "b", "1", SHARED);

      JsonNode tags = Json.tree(client.send("GET", "/plimsoll/v1/stats?repository=a").body());
      assertThat(tags.path("tags").path(0).path("bytes").asLong()).isEqualTo(31_502);
      assertThat(tags.path("tags").path(0).path("ownBytes").asLong()).isEqualTo(30_000);
    }
  }

  @Test
  void aTagOfAnIndexTakesWhatItsImagesTake() throws Exception {
    try (Client client = Client.start(RegistrySettings.in(directory), now::get)) {
      push(client, "a", "1", SHARED, OWN);
      byte[] image = client.send("GET", "/v2/a/manifests/1").body();
      byte[] index = Client.index("", image);
      client.manifest("a", "all", index, "application/vnd.oci.image.index.v1+json");
      JsonNode tags = Json.tree(client.send("GET", "/plimsoll/v1/stats?repository=a").body());
      assertThat(tags.path("tags")).hasSize(2);
      tags.path("tags")
          .forEach(tag -> {
            assertThat(tag.path("bytes").asInt()).isEqualTo(31_002);
            assertThat(tag.path("ownBytes").asInt()).isZero();
          });
    }
  }

  @Test
  void aRepositoryThatIsNotThereIsNamed() throws Exception {
    try (Client client = Client.start(RegistrySettings.in(directory), now::get)) {
      Client.Reply reply = client.send("GET", "/plimsoll/v1/stats?repository=none");
      assertThat(reply.status()).isEqualTo(404);
      assertThat(reply.text()).contains("there is no repository none");
    }
  }
}
