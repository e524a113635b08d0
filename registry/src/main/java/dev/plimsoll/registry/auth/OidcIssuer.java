package dev.plimsoll.registry.auth;

import java.net.URI;
import java.util.Map;

/**
 * An OpenID Connect issuer whose ID tokens are taken for a password.
 *
 * @param audience that a token must be meant for
 * @param userClaim the claim that names the user
 * @param groupsClaim a text or a list of texts
 * @param prefix before the names of users and groups, so that nobody outside can be called like
 *     somebody of ours
 * @param required claims that a token must have, with these values
 */
public record OidcIssuer(
    URI url,
    String audience,
    String userClaim,
    String groupsClaim,
    String prefix,
    Map<String, String> required) {
  public OidcIssuer {
    required = Map.copyOf(required);
    boolean local = url.getHost() != null && url.getHost().matches("localhost|127\\..*|\\[::1]");
    if (url.getHost() == null
        || !("https".equals(url.getScheme()) || (local && "http".equals(url.getScheme())))) {
      throw new IllegalArgumentException(
          "the issuer %s must begin with https:// and a host".formatted(url));
    }
    if (url.getRawQuery() != null || url.getRawFragment() != null) {
      throw new IllegalArgumentException("the issuer %s may have no ? and no #".formatted(url));
    }
    if (!prefix.endsWith(":")) {
      throw new IllegalArgumentException(
          "the prefix \"%s\" must end with a colon, which no name of ours has".formatted(prefix));
    }
    if (audience.isBlank()) {
      throw new IllegalArgumentException("the audience is empty");
    }
  }
}
