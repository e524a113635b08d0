package dev.plimsoll.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Who asked to be told of changes hears of each, whatever dies in between. */
class WebhookIT {
  private static final String SECRET = "between us";
  private static final JsonMapper JSON = new JsonMapper();

  private final List<JsonNode> events = new CopyOnWriteArrayList<>();
  private final List<String> forged = new CopyOnWriteArrayList<>();
  private Places places;
  private HttpServer receiver;
  private Path settings;
  private RunningServer registry;

  @BeforeEach
  void start() throws Exception {
    places = Places.make();
    receiver = receiver(0);
    Path secret = Files.writeString(places.scratch().resolve("secret"), SECRET + "\n");
    settings =
        Files.writeString(
            places.scratch().resolve("plimsoll.yaml"),
            """
            log.format: json
            registry:
              webhook:
                retry-first: 100ms
                retry-most: 500ms
                ci:
                  url: http://127.0.0.1:%d/events
                  secret-file: %s
                  events: [manifest.*, tag.*]
                  repositories: [team/**]
            """
                .formatted(receiver.getAddress().getPort(), secret));
    registry = registry();
    Program.of("bash", "-c", "cat >" + places.scratch().resolve("a.tar"))
        .input(image().archive())
        .run()
        .succeeded();
  }

  @AfterEach
  void stop() throws Exception {
    registry.close();
    receiver.stop(0);
    places.remove();
  }

  private RunningServer registry() throws Exception {
    return RunningServer.registryLoggingTo(log(), places.data(), "--config=" + settings);
  }

  private Path log() {
    return places.scratch().resolve("registry.log");
  }

  private static TestImage image() {
    Tar files = new Tar();
    files.file("hello", "hello\n");
    return new TestImage("hello:latest", List.of(files.bytes()), Map.of());
  }

  private HttpServer receiver(int port) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext("/events", this::take);
    server.start();
    return server;
  }

  private void take(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    String signature = exchange.getRequestHeaders().getFirst("X-Plimsoll-Signature");
    if (!signed(body).equals(signature)) {
      forged.add(String.valueOf(signature));
    }
    events.add(JSON.readTree(body));
    exchange.sendResponseHeaders(204, -1);
    exchange.close();
  }

  private static String signed(byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(SECRET.getBytes(UTF_8), "HmacSHA256"));
      return "sha256=" + HexFormat.of().formatHex(mac.doFinal(body));
    } catch (java.security.GeneralSecurityException e) {
      throw new AssertionError("every Java has it", e);
    }
  }

  private void push(String name) throws Exception {
    Program.of(
            "skopeo",
            "copy",
            "-q",
            "--dest-tls-verify=false",
            "docker-archive:" + places.scratch().resolve("a.tar"),
            "docker://" + registry.host() + "/" + name)
        .run()
        .succeeded();
  }

  private String webhooks(String... more) throws Exception {
    String[] words = new String[3 + more.length];
    words[0] = "registry";
    words[1] = "webhooks";
    words[2] = "--url=" + registry.address();
    System.arraycopy(more, 0, words, 3, more.length);
    return Program.plimsoll(words).run().succeeded();
  }

  /** Types and subjects, as they came; an event that was sent twice counts once. */
  private List<String> told() {
    return events.stream()
        .map(event ->
            "%s %s %s"
                .formatted(
                    event.path("id").asString(),
                    event.path("type").asString().replace("dev.plimsoll.registry.", ""),
                    event.path("subject").asString().replaceAll("@.*", "")))
        .distinct()
        .map(line -> line.substring(line.indexOf(' ') + 1))
        .toList();
  }

  @Test
  void aKillAfterThePushLosesNoEventOfAReceiverThatIsAway() throws Exception {
    int port = receiver.getAddress().getPort();
    receiver.stop(0);
    push("team/app:1");
    push("other/app:1");
    registry.kill();
    registry = registry();
    push("team/app:2");
    registry.kill();
    registry = registry();
    assertThat(webhooks("--json")).contains("\"name\":\"ci\"", "\"queued\":4", "\"dead\":0");

    receiver = receiver(port);

    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() ->
            assertThat(told())
                .containsExactly(
                    "manifest.pushed team/app",
                    "tag.moved team/app:1",
                    "manifest.pushed team/app",
                    "tag.moved team/app:2"));
    assertThat(forged).isEmpty();
    assertThat(
            Program.plimsoll("registry", "webhooks", "--url=" + registry.address(), "--test", "ci")
                .run()
                .err())
        .contains("taken: answered 204");
    assertThat(Files.readAllLines(log()).stream().map(JSON::readTree))
        .as("a log of objects")
        .anyMatch(event ->
            event.path("message").asString().equals("event not delivered")
                && event.path("webhook").asString().equals("ci")
                && event.path("attempt").isInt());
    assertThat(events.getLast().path("type").asString()).isEqualTo("dev.plimsoll.registry.ping");
  }
}
