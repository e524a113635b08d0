package dev.plimsoll.transfer;

import dev.plimsoll.http.client.ClientRequest;
import dev.plimsoll.http.client.ClientResponse;
import dev.plimsoll.http.client.HttpClient;
import dev.plimsoll.http.client.RequestBody;
import dev.plimsoll.http.client.Trust;
import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Asks the token server that a registry named for a bearer token: with GET for anybody and for
 * passwords, with POST (OAuth 2) for identity tokens.
 *
 * @see <a href="https://distribution.github.io/distribution/spec/auth/token/">Docker registry v2,
 *     token authentication</a>
 */
final class TokenServer {
  private static final int REPLY_BYTES_MAX = 256 * 1024;
  private static final String CLIENT_ID = "plimsoll";

  /** What a server that says nothing means, and the least that is believed. */
  private static final Duration LIFE_MIN = Duration.ofSeconds(60);

  private static final Duration LIFE_MAX = Duration.ofDays(1);

  private final HttpClient http;
  private final RegistryHosts hosts;
  private final RegistryHost registry;

  /**
   * @param value for the {@code Authorization} header
   * @param identityToken to be used instead of a password from now on; empty if none came
   */
  record Token(String value, Instant usableUntil, String identityToken) {
    @Override
    public String toString() {
      return "token until " + usableUntil;
    }
  }

  TokenServer(HttpClient http, RegistryHosts hosts, RegistryHost registry) {
    this.http = http;
    this.hosts = hosts;
    this.registry = registry;
  }

  Token token(Challenge bearer, Set<String> scopes, Credentials credentials, Instant now)
      throws IOException, InterruptedException {
    return ask(bearer, scopes, credentials, now, "");
  }

  /** As {@link #token}, and asks for an identity token as well. */
  Token login(Challenge bearer, Credentials credentials, Instant now)
      throws IOException, InterruptedException {
    return ask(bearer, Set.of(), credentials, now, "&offline_token=true");
  }

  private Token ask(
      Challenge bearer, Set<String> scopes, Credentials credentials, Instant now, String extra)
      throws IOException, InterruptedException {
    URI realm = realm(bearer);
    Trust trust = trustFor(realm);
    String service = bearer.parameter("service");
    ClientRequest request =
        switch (credentials) {
          case Credentials.Password password ->
              get(realm, trust, service, scopes, "&account=" + encoded(password.username()) + extra)
                  .header("Authorization", password.basic());
          case Credentials.IdentityToken(String refresh) ->
              post(realm, trust, service, scopes, refresh);
          case Credentials.Anonymous _, Credentials.RegistryToken _ ->
              get(realm, trust, service, scopes, "");
        };
    try (ClientResponse response = http.send(request)) {
      if (response.status() != 200) {
        throw refusal(response);
      }
      return read(response.bytes(REPLY_BYTES_MAX), now);
    } catch (IOException e) {
      throw new IOException("asking " + realm + " for a token: " + e.getMessage(), e);
    }
  }

  private static ClientRequest get(
      URI realm, Trust trust, String service, Set<String> scopes, String extra) {
    List<String> pairs = new ArrayList<>();
    if (!service.isEmpty()) {
      pairs.add("service=" + encoded(service));
    }
    scopes.forEach(scope -> pairs.add("scope=" + encoded(scope)));
    pairs.add("client_id=" + CLIENT_ID + extra);
    String query = String.join("&", pairs);
    return ClientRequest.of(
        "GET", URI.create(realm + (realm.getRawQuery() == null ? "?" : "&") + query), trust);
  }

  private static ClientRequest post(
      URI realm, Trust trust, String service, Set<String> scopes, String refreshToken) {
    String form =
        "grant_type=refresh_token&refresh_token=%s&service=%s&client_id=%s&scope=%s"
            .formatted(
                encoded(refreshToken),
                encoded(service),
                CLIENT_ID,
                encoded(String.join(" ", scopes)));
    return ClientRequest.of("POST", realm, trust)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(RequestBody.of(form.getBytes(StandardCharsets.US_ASCII)));
  }

  private static Token read(byte[] reply, Instant now) throws IOException {
    JsonNode root;
    try {
      root = Json.tree(reply);
    } catch (IllegalArgumentException e) {
      throw new IOException("the token server's answer is " + e.getMessage(), e);
    }
    String token = root.path("token").asString(root.path("access_token").asString(""));
    if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw new IOException("the token server's answer has no token");
    }
    long lifeSeconds =
        Math.clamp(root.path("expires_in").asLong(0), LIFE_MIN.toSeconds(), LIFE_MAX.toSeconds());
    // Not to the last second: a token should outlive the request that carries it.
    Instant usableUntil = now.plusSeconds(lifeSeconds - lifeSeconds / 10);
    return new Token(token, usableUntil, root.path("refresh_token").asString(""));
  }

  private static TransferException refusal(ClientResponse response) throws IOException {
    byte[] body = response.body().readNBytes(RegistryReply.ERROR_BYTES_MAX);
    RegistryError error = RegistryError.of(response.status(), response.reason(), body);
    return switch (response.status()) {
      case 401 -> new TransferException.Unauthorized(withCode(error, "unauthorized"));
      case 403 -> new TransferException.Denied(withCode(error, "denied"));
      default -> new TransferException.Rejected(response.status(), error);
    };
  }

  private static String withCode(RegistryError error, String code) {
    return error.code().isEmpty() ? code + ": " + error.message() : error.text();
  }

  private URI realm(Challenge bearer) throws IOException {
    String text = bearer.parameter("realm");
    URI realm = registry.base().resolve(Locations.parse(text));
    String scheme = realm.getScheme();
    if (!scheme.equals("https") && !scheme.equals("http")) {
      throw new IOException("the registry names a token server that is no URL: \"" + text + "\"");
    }
    boolean downgrade = scheme.equals("http") && registry.base().getScheme().equals("https");
    if (downgrade && !hosts.isInsecure(RegistryHosts.authority(realm))) {
      throw new TransferException.Unauthorized(
          "the registry wants credentials sent to %s, which is not encrypted".formatted(realm));
    }
    return realm;
  }

  /**
   * The registry's own authorities count for its token server too, as in dockerd; but that a
   * registry is insecure says nothing about another host.
   */
  private Trust trustFor(URI realm) throws IOException {
    String authority = RegistryHosts.authority(realm);
    boolean unverifiedElsewhere =
        hosts.isInsecure(RegistryHosts.authority(registry.base())) || hosts.isInsecure(authority);
    return unverifiedElsewhere ? hosts.trustFor(authority) : registry.trust();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
