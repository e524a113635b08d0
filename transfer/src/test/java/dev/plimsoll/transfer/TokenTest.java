package dev.plimsoll.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import dev.plimsoll.http.client.ClientSettings;
import dev.plimsoll.oci.ImageName;
import dev.plimsoll.oci.Platform;
import dev.plimsoll.oci.RepositoryName;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A registry that wants bearer tokens, and the server that gives them out. */
@Timeout(60)
class TokenTest {
  private static final Platform AMD64 = new Platform("linux", "amd64");
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final TestImage IMAGE = TestImage.of(1000, 2000, 3000);
  private static final Credentials.Password ANNA = new Credentials.Password("anna", "p4ss");

  @TempDir private static Path noCertificates;

  private final Set<String> valid = ConcurrentHashMap.newKeySet();
  private final AtomicInteger numbers = new AtomicInteger();
  private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private FakeRegistry registry;
  private FakeRegistry tokens;
  private Registries registries;

  @BeforeEach
  void start() throws IOException {
    registry = new FakeRegistry();
    tokens = new FakeRegistry();
    registry.gate(this::requireToken);
    tokens.on("/token", exchange -> give(exchange, 300));
    registry.image("team/app", "1", IMAGE);
    registries =
        new Registries(
            RegistrySettings.DEFAULT
                .withCertificatesDirectory(noCertificates)
                .withRetries(2, Duration.ofMillis(1))
                .withHttp(ClientSettings.DEFAULT.withTimeouts(LONG, LONG, LONG)),
            () -> now);
  }

  @AfterEach
  void stop() throws IOException {
    registries.close();
    registry.close();
    tokens.close();
  }

  @Test
  void anybodyGetsATokenForThePublicImageOnce() throws Exception {
    pull(Credentials.anonymous());

    assertThat(tokens.requests())
        .containsExactly(
            "GET /token?service=reg%20istry&scope=repository%3Ateam%2Fapp%3Apull&client_id=plimsoll"
                .replace("%20", "+"));
  }

  @Test
  void aPasswordGoesToTheTokenServerAndNotToTheRegistry() throws Exception {
    pull(ANNA);

    assertThat(tokens.requests())
        .singleElement()
        .asString()
        .contains("account=anna")
        .endsWith(ANNA.basic());
    assertThat(registry.requests()).noneMatch(request -> request.contains("Basic"));
    assertThat(registry.requests()).anyMatch(request -> request.contains("Bearer token-1"));
  }

  @Test
  void anIdentityTokenIsExchangedByPost() throws Exception {
    AtomicReference<String> form = new AtomicReference<>("");
    tokens.on(
        "/token",
        exchange -> {
          form.set(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          valid.add("from-refresh");
          FakeRegistry.send(
              exchange, 200, "application/json", "{\"access_token\":\"from-refresh\"}");
        });

    pull(new Credentials.IdentityToken("my+identity"));

    assertThat(URLDecoder.decode(form.get(), StandardCharsets.UTF_8))
        .isEqualTo(
            "grant_type=refresh_token&refresh_token=my+identity&service=reg istry"
                + "&client_id=plimsoll&scope=repository:team/app:pull");
    assertThat(tokens.requests()).containsExactly("POST /token");
  }

  @Test
  void aRegistryTokenIsShownAsItIs() throws Exception {
    valid.add("given");

    pull(new Credentials.RegistryToken("given"));

    assertThat(tokens.requests()).isEmpty();
  }

  @Test
  void aTokenThatExpiredEarlyIsRenewed() throws Exception {
    byte[] layer = IMAGE.layer(0);
    AtomicInteger asked = new AtomicInteger();
    String path = "/v2/team/app/blobs/" + dev.plimsoll.oci.Digest.sha256(layer);
    registry.gate(exchange -> {
      if (exchange.getRequestURI().getPath().equals(path) && asked.incrementAndGet() == 1) {
        valid.clear();
      }
      requireToken(exchange);
    });

    pull(Credentials.anonymous());

    assertThat(tokens.count("GET /token")).isGreaterThanOrEqualTo(2);
  }

  @Test
  void aTokenIsKeptUntilItExpires() throws Exception {
    TokenServer server = tokenServer();
    Authorizer authorizer =
        new Authorizer(
            server,
            Credentials.anonymous(),
            Challenge.of(List.of("Bearer realm=\"" + tokens.url() + "/token\"")),
            () -> now);
    var scopes = new java.util.TreeSet<>(Set.of("repository:a:pull"));

    assertThat(authorizer.authorization(scopes)).contains("Bearer token-1");
    now = now.plusSeconds(200);
    assertThat(authorizer.authorization(scopes)).contains("Bearer token-1");
    now = now.plusSeconds(100);
    assertThat(authorizer.authorization(scopes)).contains("Bearer token-2");
    assertThat(authorizer.authorization(new java.util.TreeSet<>(Set.of("other"))))
        .contains("Bearer token-3");
  }

  @Test
  void aPushAsksForBothRepositoriesOfAMount() throws Exception {
    assertThatThrownBy(() ->
            registries.push(
                registry.image("team/new:1"),
                IMAGE.manifestContent(),
                new MemorySource(IMAGE.blobs(), new RepositoryName("team/app")),
                ANNA,
                PushProgress.SILENT))
        .isInstanceOf(TransferException.class);

    assertThat(tokens.requests())
        .anyMatch(request -> request.contains("scope=repository%3Ateam%2Fnew%3Apull%2Cpush"))
        .anyMatch(request ->
            request.contains(
                "scope=repository%3Ateam%2Fapp%3Apull"
                    + "&scope=repository%3Ateam%2Fnew%3Apull%2Cpush"));
  }

  @Test
  void aWrongPasswordIsTheTokenServersWord() {
    tokens.on(
        "/token",
        exchange ->
            FakeRegistry.send(
                exchange,
                401,
                "application/json",
                "{\"details\":\"incorrect username or password\"}"));

    assertThatThrownBy(() -> pull(ANNA))
        .isInstanceOf(TransferException.Unauthorized.class)
        .hasMessageContaining("unauthorized: incorrect username or password");
  }

  @Test
  void aTokenThatDoesNotHelpIsARefusalAndNoLoop() {
    registry.gate(exchange -> {
      exchange
          .getResponseHeaders()
          .set(
              "WWW-Authenticate",
              "Bearer realm=\"%s/token\",service=\"s\",error=\"insufficient_scope\""
                  .formatted(tokens.url()));
      FakeRegistry.error(exchange, 401, "UNAUTHORIZED", "authentication required");
    });

    assertThatThrownBy(() -> pull(Credentials.anonymous()))
        .isInstanceOf(TransferException.Denied.class)
        .hasMessage(
            ("pull access denied for %s/team/app, repository does not exist or may require"
                    + " 'docker login': denied: requested access to the resource is denied")
                .formatted(registry.host()));
    assertThat(tokens.requests()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "not json", "{\"token\":\"\"}", "{\"token\":\"a\\r\\nb\"}"})
  void aReplyWithoutAUsableTokenIsAnError(String reply) {
    tokens.on("/token", exchange -> FakeRegistry.send(exchange, 200, "application/json", reply));

    assertThatThrownBy(() -> pull(ANNA))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("asking " + tokens.url() + "/token for a token")
        .hasMessageNotContaining("p4ss");
  }

  @Test
  void anEndlessTokenReplyIsCutOff() {
    tokens.on(
        "/token",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          while (true) {
            exchange.getResponseBody().write(new byte[64 * 1024]);
          }
        });

    assertThatThrownBy(() -> pull(ANNA))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("larger than 262144 bytes");
  }

  @Test
  void aTokenServerThatRedirectsGetsNothingMore() {
    tokens.on(
        "/token",
        exchange -> {
          exchange.getResponseHeaders().set("Location", registry.url() + "/steal");
          exchange.sendResponseHeaders(307, -1);
        });

    assertThatThrownBy(() -> pull(ANNA)).isInstanceOf(TransferException.Rejected.class);
    assertThat(registry.count("GET /steal")).isZero();
  }

  @Test
  void aLoginBringsAnIdentityToken() throws Exception {
    tokens.on(
        "/token",
        exchange -> {
          assertThat(exchange.getRequestURI().getQuery()).contains("offline_token=true");
          valid.add("t");
          FakeRegistry.send(
              exchange,
              200,
              "application/json",
              "{\"token\":\"t\",\"refresh_token\":\"identity\"}");
        });

    assertThat(registries.login(registry.host(), ANNA))
        .isEqualTo(new LoginResult("Login Succeeded", "identity"));
  }

  @Test
  void credentialsDoNotShowInText() {
    assertThat(ANNA.toString() + new Credentials.IdentityToken("secret1"))
        .doesNotContain("p4ss")
        .doesNotContain("secret1");
    assertThat(new LoginResult("ok", "secret2").toString()).doesNotContain("secret2");
    assertThat(new Credentials.RegistryToken("secret3").toString()).doesNotContain("secret3");
  }

  private TokenServer tokenServer() throws IOException {
    RegistryHosts hosts =
        new RegistryHosts(
            RegistrySettings.DEFAULT.withCertificatesDirectory(noCertificates), _ -> List.of());
    return new TokenServer(
        new dev.plimsoll.http.client.HttpClient(ClientSettings.DEFAULT),
        hosts,
        hosts.origin(registry.host()).getLast());
  }

  private void requireToken(HttpExchange exchange) throws IOException {
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    boolean known =
        authorization != null
            && authorization.startsWith("Bearer ")
            && valid.contains(authorization.substring(7));
    if (!known) {
      exchange
          .getResponseHeaders()
          .set(
              "WWW-Authenticate",
              "Bearer realm=\"%s/token\",service=\"reg istry\"".formatted(tokens.url()));
      FakeRegistry.error(exchange, 401, "UNAUTHORIZED", "authentication required");
    }
  }

  private void give(HttpExchange exchange, int seconds) throws IOException {
    String token = "token-" + numbers.incrementAndGet();
    valid.add(token);
    FakeRegistry.send(
        exchange,
        200,
        "application/json",
        "{\"token\":\"%s\",\"expires_in\":%d}".formatted(token, seconds));
  }

  private void pull(Credentials credentials) throws Exception {
    ImageName name = registry.image("team/app:1");
    registries.pull(name, AMD64, credentials, new MemorySink(), PullProgress.SILENT);
  }
}
