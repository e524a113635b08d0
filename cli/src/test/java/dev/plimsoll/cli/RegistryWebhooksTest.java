package dev.plimsoll.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.plimsoll.foundation.settings.Settings;
import dev.plimsoll.oci.Json;
import dev.plimsoll.registry.RegistryServer;
import dev.plimsoll.registry.RegistrySettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Webhooks from the command line, with two events that a receiver would not take. */
class RegistryWebhooksTest {
  private static final String MANIFEST = "application/vnd.oci.image.index.v1+json";
  private static final String INDEX =
      "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[]}".formatted(MANIFEST);

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path data;
  private HttpServer receiver;
  private RegistryServer server;
  private volatile int answer = 400;

  @BeforeEach
  void giveUpTwoEvents() throws Exception {
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext("/", this::take);
    receiver.start();
    server =
        RegistryServer.start(
            RegistrySettings.from(
                Settings.load(
                    Optional.empty(),
                    Map.of(),
                    Map.of(
                        "registry.data", data.toString(),
                        "registry.listen", "127.0.0.1:0",
                        "registry.webhook.max-age", "1ms",
                        "registry.webhook.retry-first", "10ms",
                        "registry.webhook.retry-most", "20ms",
                        "registry.webhook.ci.events", "manifest.*,tag.*",
                        "registry.webhook.ci.url",
                            "http://127.0.0.1:" + receiver.getAddress().getPort()),
                    RegistrySettings.ALL)));
    push();
    await().atMost(Duration.ofSeconds(30)).until(() -> dead().size() == 2);
  }

  @AfterEach
  void close() throws Exception {
    server.close();
    receiver.stop(0);
  }

  private void take(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    exchange.sendResponseHeaders(answer, -1);
    exchange.close();
  }

  private void push() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server.url() + "/v2/r/manifests/1"))
            .PUT(BodyPublishers.ofString(INDEX))
            .header("Content-Type", MANIFEST)
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      assertThat(http.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(201);
    }
  }

  private int webhooks(String... words) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    String[] all = new String[words.length + 4];
    all[0] = "registry";
    all[1] = "webhooks";
    all[2] = "--url";
    all[3] = server.url();
    System.arraycopy(words, 0, all, 4, words.length);
    return Main.run(all, new PrintWriter(out, true), new PrintWriter(err, true));
  }

  private JsonNode dead() {
    assertThat(webhooks("--dead", "ci", "--json")).as(err.toString()).isZero();
    return Json.tree(out.toString().getBytes(UTF_8)).path("events");
  }

  @Test
  void whatWasGivenUpIsDiscardedAndARehearsalDiscardsNothing() {
    assertThat(webhooks("--discard", "ci", "--dry-run")).isZero();
    assertThat(err.toString()).isEqualTo("would discard: 2\n");
    assertThat(dead()).hasSize(2);

    assertThat(webhooks("--discard", "ci")).isZero();
    assertThat(err.toString()).isEqualTo("discarded: 2\n");

    assertThat(dead()).isEmpty();
  }

  @Test
  void oneEventIsDiscardedAndTheOtherResent() {
    String one = dead().path(0).path("eventId").asString();
    String other = dead().path(1).path("eventId").asString();

    assertThat(webhooks("--discard", "ci", "--event", one)).isZero();
    assertThat(err.toString()).isEqualTo("discarded: 1\n");
    assertThat(webhooks("--discard", "ci", "--event", one)).isEqualTo(1);
    assertThat(err.toString()).contains("no event " + one + " was given up for webhook ci");

    answer = 204;
    assertThat(webhooks("--resend", "ci", "--event", other)).isZero();
    assertThat(err.toString()).isEqualTo("taken up again: 1\n");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> webhooks() == 0 && out.toString().contains("0 queued, 0 dead, last taken 20"));
  }

  @Test
  void anEventAloneSaysNotWhatIsToBecomeOfIt() {
    assertThat(webhooks("--event", "x")).isEqualTo(2);
    assertThat(err.toString()).contains("--event is about --resend NAME or --discard NAME");
    assertThat(webhooks("--dead", "ci", "--event", "x")).isEqualTo(2);
  }
}
