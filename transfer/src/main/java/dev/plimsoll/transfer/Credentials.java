package dev.plimsoll.transfer;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** What a caller shows to a registry. Their text forms hold no secret. */
public sealed interface Credentials {

  /** Nothing: what anybody may have. */
  record Anonymous() implements Credentials {}

  /** A user and a password or access token. */
  record Password(String username, String password) implements Credentials {
    public Password {
      if (username.indexOf(':') >= 0) {
        throw new IllegalArgumentException("a user name cannot hold a colon"); // RFC 7617
      }
    }

    String basic() {
      byte[] pair = (username + ":" + password).getBytes(StandardCharsets.UTF_8);
      return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    @Override
    public String toString() {
      return "password of " + username;
    }
  }

  /** A refresh token that a token server handed out at login. */
  record IdentityToken(String token) implements Credentials {
    @Override
    public String toString() {
      return "identity token";
    }
  }

  /** A bearer token to be sent to the registry as it is. */
  record RegistryToken(String token) implements Credentials {
    @Override
    public String toString() {
      return "registry token";
    }
  }

  static Credentials anonymous() {
    return new Anonymous();
  }

  /**
   * The fields of Docker's {@code X-Registry-Auth}; empty text stands for a missing field. The
   * registry token wins over the identity token, and that over the password.
   */
  static Credentials ofDocker(
      String username, String password, String identityToken, String registryToken) {
    if (!registryToken.isEmpty()) {
      return new RegistryToken(registryToken);
    }
    if (!identityToken.isEmpty()) {
      return new IdentityToken(identityToken);
    }
    return username.isEmpty() && password.isEmpty()
        ? new Anonymous()
        : new Password(username, password);
  }
}
