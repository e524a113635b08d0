package dev.plimsoll.system;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/**
 * An OpenID Connect provider in its own process: mock-oauth2-server, which signs with its own keys
 * and publishes them. Who a token is about is chosen by the {@code scope} that it is asked for.
 */
final class TestIssuer implements AutoCloseable {
  private static final Duration BEGIN_MAX = Duration.ofSeconds(60);
  private static final String PEOPLE =
      """
      {"interactiveLogin": false, "httpServer": "NettyWrapper",
       "tokenProvider": {"keyProvider": {"algorithm": "%s"}},
       "tokenCallbacks": [{"issuerId": "main", "tokenExpiry": 3600, "requestMappings": [
         {"requestParam": "scope", "match": "bob",
          "claims": {"sub": "bob", "aud": ["plimsoll"], "groups": ["builders"]}},
         {"requestParam": "scope", "match": "eve", "claims": {"sub": "eve", "aud": ["plimsoll"]}},
         {"requestParam": "scope", "match": "bob-long-ago",
          "claims": {"sub": "bob", "aud": ["plimsoll"], "exp": 1700000000}},
         {"requestParam": "scope", "match": "mallory",
          "claims": {"sub": "mallory\\n2026-01-01 oidc:bob", "aud": ["plimsoll"]}},
         {"requestParam": "scope", "match": "bob-elsewhere",
          "claims": {"sub": "bob", "aud": ["another-service"], "groups": ["builders"]}}]}]}
      """;

  private final HttpClient http = HttpClient.newHttpClient();
  private final int port = PeerServer.freePort();
  private final Path log;
  private Process process;

  private TestIssuer(Path log) throws IOException {
    this.log = log;
    this.process = begin("RS256");
  }

  static TestIssuer start(Path log) throws IOException {
    return new TestIssuer(log);
  }

  private Process begin(String algorithm) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath(),
                "no.nav.security.mock.oauth2.StandaloneMockOAuth2ServerKt")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().put("SERVER_HOSTNAME", "127.0.0.1");
    builder.environment().put("SERVER_PORT", Integer.toString(port));
    builder.environment().put("JSON_CONFIG", PEOPLE.formatted(algorithm));
    Process begun = builder.start();
    await()
        .atMost(BEGIN_MAX)
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() -> ended(begun) || get("/isalive") == 200);
    return begun;
  }

  private boolean ended(Process begun) {
    if (!begun.isAlive()) {
      throw new AssertionError("the issuer ended, see " + log);
    }
    return false;
  }

  /** Ours without the older okio and okhttp of s3proxy, which have the same packages. */
  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(jar -> !jar.contains("/okio/okio/") && !jar.contains("/okhttp3/okhttp/"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private int get(String path) throws IOException, InterruptedException {
    URI address = URI.create("http://127.0.0.1:" + port + path);
    return http.send(HttpRequest.newBuilder(address).build(), BodyHandlers.discarding())
        .statusCode();
  }

  /** What tokens of {@code main} say who made them. */
  String url() {
    return "http://127.0.0.1:" + port + "/main";
  }

  /** A token of one of the issuers here, {@code main} or another one. */
  String token(String issuer, String who) throws IOException, InterruptedException {
    String form =
        "grant_type=client_credentials&client_id=ci&client_secret=any&scope="
            + URLEncoder.encode(who, StandardCharsets.UTF_8);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/%s/token".formatted(port, issuer)))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build();
    String answer = http.send(request, BodyHandlers.ofString()).body();
    return new JsonMapper().readTree(answer).path("access_token").asString();
  }

  void end() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** Begins again with keys of this algorithm. */
  void next(String algorithm) throws IOException {
    end();
    process = begin(algorithm);
  }

  @Override
  public void close() {
    end();
    http.close();
  }
}
