package dev.plimsoll.registry.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.registry.RegistrySettings;
import dev.plimsoll.registry.gc.GcPolicy;
import dev.plimsoll.registry.repository.Lease;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the registry tells about itself. */
class MetricsApiTest {
  @TempDir private Path data;
  private Client client;

  @BeforeEach
  void start() throws Exception {
    client = Client.start(data);
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
  }

  private String metrics() throws Exception {
    return client.send("GET", "/metrics").text();
  }

  @Test
  void whatIsThereAndWhatWasAskedIsCounted() throws Exception {
    client.image("app", "1", "hello");
    client.send("GET", "/v2/app/manifests/1");
    client.send("GET", "/v2/app/manifests/2");

    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() ->
            assertThat(metrics())
                .contains(
                    "plimsoll_registry_http_requests_total{method=\"GET\",route=\"manifests\",status=\"200\"} 1.0",
                    "plimsoll_registry_http_requests_total{method=\"GET\",route=\"manifests\",status=\"404\"} 1.0",
                    "plimsoll_registry_http_requests_total{method=\"POST\",route=\"uploads\",status=\"201\"} 2.0",
                    "plimsoll_registry_http_request_duration_seconds_count{route=\"manifests\"} 3",
                    "plimsoll_registry_manifests 1.0",
                    "plimsoll_registry_tags 1.0",
                    "plimsoll_registry_blobs 2.0",
                    "plimsoll_registry_takes_pushes 1.0"));
  }

  @Test
  void everyMetricIsOnItsPage() throws Exception {
    client.image("app", "1", "hello");
    client.send("POST", "/plimsoll/v1/gc");

    String page = Files.readString(Path.of("..", "docs", "registry", "metrics.md"));
    assertThat(
            Pattern.compile("# TYPE plimsoll_registry(_\\S+)")
                .matcher(metrics())
                .results()
                .toList())
        .hasSizeGreaterThan(14)
        .allSatisfy(type -> assertThat(page).contains(type.group(1)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/healthz", "/readyz", "/metrics"})
  void whatIsOnlyReadTakesNoOtherMethod(String path) throws Exception {
    Client.Reply reply = client.send("DELETE", path);

    assertThat(reply.status()).isEqualTo(405);
    assertThat(reply.text()).contains("has only these methods: GET, HEAD");
    assertThat(client.send("HEAD", path).status()).isEqualTo(200);
  }

  @Test
  void theCollectorSaysHowItIsDoing() throws Exception {
    assertThat(client.send("GET", "/plimsoll/v1/gc").text()).contains("\"inProgress\":false");

    client.blob("app", new byte[] {1, 2, 3});
    client.send("POST", "/plimsoll/v1/gc?now");

    assertThat(client.send("GET", "/plimsoll/v1/gc").text())
        .contains("\"freedBytes\":3", "\"deletedBlobs\":1", "\"last\":{\"began\":\"", "\"next\":\"")
        .doesNotContain("\"off\"", "\"deleted\"");
    assertThat(client.send("GET", "/readyz").text())
        .contains("\"collects\":true,\"collectedAt\":\"");
    assertThat(metrics()).contains("plimsoll_registry_gc_off 0.0");
    assertThat(metrics()).contains("plimsoll_registry_gc_freed_bytes_total 3.0");
  }

  @Test
  void whatTheCollectorHasStillToDeleteIsCounted() throws Exception {
    client.close();
    client =
        Client.start(
            RegistrySettings.in(data)
                .withGc(new Lease(Duration.ZERO), GcPolicy.DEFAULT, Duration.ofHours(1)));
    client.blob("app", new byte[] {1, 2, 3});
    client.send("POST", "/plimsoll/v1/gc");

    assertThat(metrics())
        .contains("plimsoll_registry_gc_queued_blobs 1.0", "plimsoll_registry_gc_queued_bytes 3.0");
    assertThat(client.send("GET", "/plimsoll/v1/gc").text())
        .contains("\"queued\":{\"blobs\":1,\"sizeBytes\":3}");

    client.send("POST", "/plimsoll/v1/gc?now");

    assertThat(metrics()).contains("plimsoll_registry_gc_queued_blobs 0.0");
  }

  @ParameterizedTest
  @CsvSource({
    "/v2/, base",
    "/v2, base",
    "/v2/_catalog, catalog",
    "/v2/a/b/manifests/1, manifests",
    "/v2/a/blobs/sha256:00, blobs",
    "/v2/a/blobs/uploads/, uploads",
    "/v2/a/blobs/uploads, uploads",
    "/v2/a/blobs/uploads/1, uploads",
    "/v2/a/tags/list, tags",
    "/v2/a/referrers/sha256:00, referrers",
    "/plimsoll/v1/gc, admin",
    "/prefix/plimsoll/v1/trash/restore, admin",
    "/metrics, health",
    "/, other",
    "-, other",
    "/a/b/c, other",
  })
  void aPathBelongsToOneOfAFewRoutes(String path, String route) {
    assertThat(RegistryMetrics.route(path)).isEqualTo(route);
  }
}
