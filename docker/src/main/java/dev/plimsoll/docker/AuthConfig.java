package dev.plimsoll.docker;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.plimsoll.oci.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * What a user of {@code docker login} may do at one registry: a name and password, or a token. It
 * travels as base64url of JSON in the {@code X-Registry-Auth} header, and as the body of {@code
 * POST /auth}. What is absent is the empty string. {@link #toString} shows no secret.
 */
public record AuthConfig(
    @JsonProperty("username") String username,
    @JsonProperty("password") String password,
    @JsonProperty("auth") String auth,
    @JsonProperty("serveraddress") String serverAddress,
    @JsonProperty("identitytoken") String identityToken,
    @JsonProperty("registrytoken") String registryToken) {
  /** Nobody in particular: what a pull without a login sends. */
  public static final AuthConfig NONE = new AuthConfig("", "", "", "", "", "");

  private static final int COLON_MISSING = -1;

  /** Takes {@code null} for the empty string, as JSON delivers it. */
  public AuthConfig {
    username = orEmpty(username);
    password = orEmpty(password);
    auth = orEmpty(auth);
    serverAddress = orEmpty(serverAddress);
    identityToken = orEmpty(identityToken);
    registryToken = orEmpty(registryToken);
    if (username.isEmpty() && !auth.isEmpty()) {
      String pair = new String(decodeBase64(auth), StandardCharsets.UTF_8);
      int colon = pair.indexOf(':');
      if (colon != COLON_MISSING) {
        username = pair.substring(0, colon);
        password = pair.substring(colon + 1);
      }
    }
  }

  /**
   * Reads an {@code X-Registry-Auth} header; the empty one is {@link #NONE}. Either alphabet of
   * base64 is taken, padded or not: clients of all kinds are about.
   *
   * @throws IllegalArgumentException with a sentence if it is not base64 of JSON
   */
  public static AuthConfig decode(String header) {
    if (header.isBlank()) {
      return NONE;
    }
    byte[] json = decodeBase64(header.strip());
    return json.length == 0 ? NONE : Json.read(json, AuthConfig.class);
  }

  public String encode() {
    return Base64.getUrlEncoder().encodeToString(Json.write(this));
  }

  /** Whether there is nothing in it that a registry could check. */
  public boolean isAnonymous() {
    return username.isEmpty() && identityToken.isEmpty() && registryToken.isEmpty();
  }

  @Override
  public String toString() {
    return "AuthConfig[username=%s, serverAddress=%s]".formatted(username, serverAddress);
  }

  private static byte[] decodeBase64(String text) {
    try {
      return Base64.getUrlDecoder().decode(text.replace('+', '-').replace('/', '_'));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("must be a valid base64url-encoded string", e);
    }
  }

  private static String orEmpty(String text) {
    return text == null ? "" : text;
  }
}
