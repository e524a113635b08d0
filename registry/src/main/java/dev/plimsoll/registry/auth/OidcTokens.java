package dev.plimsoll.registry.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.Resource;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.plimsoll.foundation.OneLine;
import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Checks ID tokens of OpenID Connect issuers. Their keys are found by discovery, remembered, and
 * looked for again when a token names one that is not known. Safe for many threads.
 *
 * @see <a href="https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation">OpenID
 *     Connect Core 1.0, 3.1.3.7</a>
 */
final class OidcTokens {
  private static final Logger log = LoggerFactory.getLogger(OidcTokens.class);

  /** By public keys only: a secret that both sides know, or none, signs nothing here. */
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512);

  private static final Duration SKEW = Duration.ofSeconds(60);
  private static final Duration KEYS_KEPT = Duration.ofMinutes(10);
  private static final Duration KEYS_WAIT_MAX = Duration.ofSeconds(15);
  private static final Duration KEYS_OUTLIVE_ISSUER = Duration.ofHours(4);
  private static final Duration BETWEEN_FETCHES = Duration.ofSeconds(2);
  private static final Duration BETWEEN_DISCOVERIES = Duration.ofSeconds(10);
  private static final int LENGTH_MAX = 16 * 1024;
  private static final int NAME_LENGTH_MAX = 255;

  /** Fetches a small document by HTTP. */
  interface Fetch {
    byte[] get(URI address) throws IOException;
  }

  private record Keys(JWKSource<SecurityContext> source) {}

  private final Fetch fetch;
  private final InstantSource clock;
  private final Map<URI, Keys> discovered = new ConcurrentHashMap<>();
  private final Map<URI, Instant> failedAt = new ConcurrentHashMap<>();

  OidcTokens(Fetch fetch, InstantSource clock) {
    this.fetch = fetch;
    this.clock = clock;
  }

  /** Who a token is about, and until when it is believed, which may be over. */
  record Checked(Identity.User user, Instant expiresAt) {}

  /** The issuer that a text claims to be a token of, if it is one of the policy's. */
  static Optional<OidcIssuer> issuer(String text, AccessPolicy policy) {
    if (!text.startsWith("ey") || text.length() > LENGTH_MAX || policy.issuers().isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(SignedJWT.parse(text).getJWTClaimsSet().getIssuer())
          .flatMap(policy::issuer);
    } catch (ParseException e) {
      return Optional.empty(); // a password that happens to begin so
    }
  }

  /** Empty if it proves nothing; the reason is for the log, and the token is not in it. */
  Optional<Checked> check(String text, OidcIssuer issuer) {
    try {
      var processor = new DefaultJWTProcessor<SecurityContext>();
      processor.setJWSKeySelector(
          new JWSVerificationKeySelector<>(ALGORITHMS, keys(issuer.url()).source()));
      processor.setJWTClaimsSetVerifier((claims, context) -> {}); // below, by the registry's clock
      JWTClaimsSet claims = processor.process(text, null);
      Optional<String> wrong = wrong(claims, issuer);
      if (wrong.isPresent()) {
        log.info("ID token refused issuer={} reason={}", issuer.url(), wrong.get());
        return Optional.empty();
      }
      return Optional.of(
          new Checked(user(claims, issuer), claims.getExpirationTime().toInstant().plus(SKEW)));
    } catch (IOException e) {
      log.warn("OIDC issuer not reached issuer={} cause={}", issuer.url(), e.toString());
    } catch (JOSEException e) {
      log.warn("OIDC issuer's keys not had issuer={} cause={}", issuer.url(), e.toString());
    } catch (BadJOSEException | ParseException e) {
      log.info("ID token refused issuer={} reason=\"signature or form\"", issuer.url());
    }
    return Optional.empty();
  }

  private Optional<String> wrong(JWTClaimsSet claims, OidcIssuer issuer) throws ParseException {
    Instant now = clock.instant();
    Date end = claims.getExpirationTime();
    Date begin = claims.getNotBeforeTime();
    if (!issuer.url().toString().equals(claims.getIssuer())) {
      return Optional.of("issuer");
    }
    if (!claims.getAudience().contains(issuer.audience())) {
      return Optional.of("audience");
    }
    if (claims.getAudience().size() > 1
        && !issuer.audience().equals(claims.getStringClaim("azp"))) {
      return Optional.of("authorized party");
    }
    if (end == null) {
      return Optional.of("no end");
    }
    if (begin != null && now.isBefore(begin.toInstant().minus(SKEW))) {
      return Optional.of("not yet valid");
    }
    Object user = claims.getClaim(issuer.userClaim());
    if (user == null || user.toString().isBlank()) {
      return Optional.of("no claim " + issuer.userClaim());
    }
    if (!isName(user)) {
      return Optional.of("claim %s is no name".formatted(issuer.userClaim()));
    }
    for (Map.Entry<String, String> required : issuer.required().entrySet()) {
      if (!required.getValue().equals(String.valueOf(claims.getClaim(required.getKey())))) {
        return Optional.of("claim " + required.getKey());
      }
    }
    return Optional.empty();
  }

  /** One line of text, or a number, that can stand in a log and in a list of who did what. */
  private static boolean isName(Object claim) {
    return (claim instanceof String || claim instanceof Number)
        && claim.toString().length() <= NAME_LENGTH_MAX
        && claim.toString().chars().noneMatch(OneLine::isControl);
  }

  private static Identity.User user(JWTClaimsSet claims, OidcIssuer issuer) {
    Set<String> groups = new LinkedHashSet<>();
    Object told = claims.getClaim(issuer.groupsClaim());
    Collection<?> all =
        told instanceof Collection<?> list ? list : told == null ? List.of() : List.of(told);
    all.stream().filter(OidcTokens::isName).forEach(group -> groups.add(issuer.prefix() + group));
    return new Identity.User(
        issuer.prefix() + claims.getClaim(issuer.userClaim()), groups, List.of());
  }

  private Keys keys(URI issuer) throws IOException {
    Keys known = discovered.get(issuer);
    if (known != null) {
      return known;
    }
    Instant failed = failedAt.get(issuer);
    if (failed != null && failed.plus(BETWEEN_DISCOVERIES).isAfter(clock.instant())) {
      throw new IOException("it was asked for its configuration a moment ago and had none");
    }
    try {
      Keys found = discover(issuer);
      discovered.put(issuer, found);
      failedAt.remove(issuer);
      return found;
    } catch (IOException | IllegalArgumentException e) {
      failedAt.put(issuer, clock.instant());
      throw new IOException("discovery of " + issuer, e);
    }
  }

  private Keys discover(URI issuer) throws IOException {
    String base = issuer.toString().replaceAll("/$", "");
    JsonNode document =
        Json.tree(fetch.get(URI.create(base + "/.well-known/openid-configuration")));
    String itself = document.path("issuer").asString("");
    if (!itself.equals(issuer.toString())) {
      throw new IOException("the issuer calls itself \"%s\"".formatted(itself));
    }
    URI keys = URI.create(document.path("jwks_uri").asString(""));
    if (keys.getHost() == null || !keys.getScheme().equals(issuer.getScheme())) {
      throw new IOException("its jwks_uri is no address that can be trusted as it is");
    }
    log.info("OIDC issuer found issuer={} keys={}", issuer, keys);
    return new Keys(
        JWKSourceBuilder.<SecurityContext>create(
                keys.toURL(),
                url ->
                    new Resource(
                        new String(fetch.get(URI.create(url.toString())), StandardCharsets.UTF_8),
                        "application/json"))
            .cache(KEYS_KEPT.toMillis(), KEYS_WAIT_MAX.toMillis())
            .refreshAheadCache(false)
            .rateLimited(BETWEEN_FETCHES.toMillis())
            .retrying(true)
            .outageTolerant(KEYS_OUTLIVE_ISSUER.toMillis())
            .build());
  }
}
