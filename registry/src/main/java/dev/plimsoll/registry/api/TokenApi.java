package dev.plimsoll.registry.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import dev.plimsoll.registry.auth.AccessControl;
import dev.plimsoll.registry.auth.AccessControl.IssuedToken;
import dev.plimsoll.registry.auth.AccessException.SignInRequired;
import dev.plimsoll.registry.auth.Caller;
import dev.plimsoll.registry.auth.Credentials;
import dev.plimsoll.registry.auth.Need;
import dev.plimsoll.registry.mirror.Mirrors;
import dev.plimsoll.registry.repository.RegistryException.Malformed;
import dev.plimsoll.registry.repository.RegistryException.Malformed.Subject;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code /plimsoll/v1/token}: the issuer of Docker's token flow, by GET with Basic credentials or
 * none, and by POST with a form.
 *
 * @see <a href="https://distribution.github.io/distribution/spec/auth/token/">Docker Registry token
 *     authentication</a>
 * @see <a href="https://distribution.github.io/distribution/spec/auth/oauth/">the same by OAuth 2</a>
 */
public final class TokenApi implements AdminResource {
  static final String PATH = ROOT + "/token";
  static final String SERVICE = "plimsoll-registry";

  private static final int FORM_BYTES_MAX = 32 * 1024;

  private final AccessControl access;
  private final Mirrors mirrors;

  public TokenApi(AccessControl access, Mirrors mirrors) {
    this.access = access;
    this.mirrors = mirrors;
  }

  private record Issued(
      String token,
      @JsonProperty("access_token") String accessToken,
      @JsonProperty("token_type") String tokenType,
      @JsonProperty("expires_in") long expiresIn,
      @JsonProperty("issued_at") Instant issuedAt) {}

  @Override
  public Optional<Need> need(String path, Request request) {
    return path.equals(PATH) ? Optional.of(new Need.Nothing()) : Optional.empty();
  }

  @Override
  public boolean handle(String path, Request request, Response response) throws IOException {
    if (!path.equals(PATH)) {
      return false;
    }
    switch (request.method()) {
      case "GET" -> issue(Callers.visitor().caller(), request.queries("scope"), response);
      case "POST" -> post(request, response);
      default -> Methods.refuse(response, "GET, POST");
    }
    return true;
  }

  private void post(Request request, Response response) throws IOException {
    Map<String, List<String>> form =
        form(new String(request.bytes(FORM_BYTES_MAX), StandardCharsets.UTF_8));
    Credentials credentials =
        switch (one(form, "grant_type")) {
          case "password" -> new Credentials.Basic(one(form, "username"), one(form, "password"));
          // An identity token is an ID token of an issuer or the token of a robot.
          case "refresh_token" ->
              new Credentials.Basic(one(form, "username"), one(form, "refresh_token"));
          default ->
              throw new Malformed(
                  Subject.PARAMETER, "grant_type must be password or refresh_token");
        };
    Caller caller = access.admit(credentials, Callers.visitor().origin());
    issue(caller, form.getOrDefault("scope", List.of()), response);
  }

  private void issue(Caller caller, List<String> scopes, Response response) throws IOException {
    if (caller.scopes().isPresent()) {
      throw new SignInRequired(); // a token makes no tokens: it would never end
    }
    IssuedToken token = access.issueToken(caller, scopes, mirrors::meantToo);
    response.header("Cache-Control", "no-store");
    Parameters.json(
        response,
        new Issued(
            token.text(), token.text(), "Bearer", token.life().toSeconds(), token.issuedAt()));
  }

  private static String one(Map<String, List<String>> form, String name) {
    return form.getOrDefault(name, List.of("")).getFirst();
  }

  private static Map<String, List<String>> form(String body) {
    Map<String, List<String>> form = new HashMap<>();
    for (String pair : body.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        form.computeIfAbsent(decoded(pair.substring(0, equals)), name -> new ArrayList<>())
            .add(decoded(pair.substring(equals + 1)));
      }
    }
    return form;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new Malformed(Subject.PARAMETER, "the form is not URL-encoded"); // it may hold a secret
    }
  }
}
