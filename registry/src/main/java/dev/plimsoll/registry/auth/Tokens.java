package dev.plimsoll.registry.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Makes and checks the tokens of Docker's token flow. Safe for many threads.
 *
 * @see <a href="https://distribution.github.io/distribution/spec/auth/jwt/">Docker Registry token
 *     authentication, JWT</a>
 */
final class Tokens {
  /** What a token is for: this kind of service, and the issuer of its tokens. */
  static final String SERVICE = "plimsoll-registry";

  /** Replicas' clocks differ a little. */
  private static final Duration SKEW = Duration.ofSeconds(60);

  private static final int LENGTH_MAX = 16 * 1024;

  private final SigningKeys keys;
  private final InstantSource clock;

  Tokens(SigningKeys keys, InstantSource clock) {
    this.keys = keys;
    this.clock = clock;
  }

  /** A token that was checked: whose it is and what for. */
  record Checked(String subject, Set<String> groups, List<Scope> scopes, Instant expiresAt) {}

  String make(Identity identity, List<Scope> scopes, Instant now, Duration life)
      throws IOException {
    var claims =
        new JWTClaimsSet.Builder()
            .issuer(SERVICE)
            .audience(SERVICE)
            .subject(identity instanceof Identity.Anonymous ? "" : identity.name())
            .issueTime(Date.from(now))
            .notBeforeTime(Date.from(now.minus(SKEW)))
            .expirationTime(Date.from(now.plus(life)))
            .jwtID(UUID.randomUUID().toString())
            .claim("access", scopes.stream().map(Tokens::claim).toList());
    if (identity instanceof Identity.User user && !user.groups().isEmpty()) {
      claims.claim("groups", List.copyOf(user.groups()));
    }
    ECKey key = keys.current();
    var header =
        new JWSHeader.Builder(JWSAlgorithm.ES256)
            .keyID(key.getKeyID())
            .type(JOSEObjectType.JWT)
            .build();
    var token = new SignedJWT(header, claims.build());
    try {
      token.sign(new ECDSASigner(key));
    } catch (JOSEException e) {
      throw new IOException("signing a token", e);
    }
    return token.serialize();
  }

  /** Empty if it is not ours or not good yet; its end is for the caller to look at. */
  Optional<Checked> check(String text) throws IOException {
    if (text.length() > LENGTH_MAX) {
      return Optional.empty();
    }
    try {
      SignedJWT token = SignedJWT.parse(text);
      String id = token.getHeader().getKeyID();
      if (id == null || !JWSAlgorithm.ES256.equals(token.getHeader().getAlgorithm())) {
        return Optional.empty();
      }
      Optional<ECKey> key = keys.find(id);
      if (key.isEmpty() || !token.verify(new ECDSAVerifier(key.get()))) {
        return Optional.empty();
      }
      return Optional.of(token.getJWTClaimsSet()).filter(this::current).flatMap(Tokens::checked);
    } catch (ParseException | JOSEException e) {
      return Optional.empty(); // what was sent is no token, and may be a secret
    }
  }

  private boolean current(JWTClaimsSet claims) {
    Instant now = clock.instant();
    Date end = claims.getExpirationTime();
    Date begin = claims.getNotBeforeTime();
    return SERVICE.equals(claims.getIssuer())
        && claims.getAudience().contains(SERVICE)
        && end != null
        && begin != null
        && !now.isBefore(begin.toInstant());
  }

  private static Optional<Checked> checked(JWTClaimsSet claims) {
    try {
      List<Scope> scopes = new ArrayList<>();
      List<Object> access = claims.getListClaim("access");
      for (Object entry : access == null ? List.of() : access) {
        if (entry instanceof Map<?, ?> map) {
          scopes.add(scope(map));
        }
      }
      List<String> groups = claims.getStringListClaim("groups");
      return Optional.of(
          new Checked(
              claims.getSubject() == null ? "" : claims.getSubject(),
              groups == null ? Set.of() : Set.copyOf(groups),
              scopes,
              claims.getExpirationTime().toInstant()));
    } catch (ParseException e) {
      return Optional.empty();
    }
  }

  private static Scope scope(Map<?, ?> map) {
    Set<String> actions = new HashSet<>();
    if (map.get("actions") instanceof List<?> list) {
      list.forEach(action -> actions.add(String.valueOf(action)));
    }
    return new Scope(String.valueOf(map.get("type")), String.valueOf(map.get("name")), actions);
  }

  private static Map<String, Object> claim(Scope scope) {
    return Map.of(
        "type", scope.type(), "name", scope.name(), "actions", List.copyOf(scope.actions()));
  }
}
