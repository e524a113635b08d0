package dev.plimsoll.registry.event;

import dev.plimsoll.registry.auth.NamePattern;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Somebody who wants to be told.
 *
 * @param url where events are posted; may hold credentials, and so is in no message
 * @param secret signs them; empty: they are not signed
 * @param events of which types, by their short names
 * @param repositories of which repositories
 * @param timeout for the whole of one delivery
 */
public record Webhook(
    String name,
    URI url,
    Optional<String> secret,
    List<NamePattern> events,
    List<NamePattern> repositories,
    Duration timeout) {
  static final Duration TIMEOUT_DEFAULT = Duration.ofSeconds(10);
  private static final Duration TIMEOUT_MAX = Duration.ofMinutes(5);
  private static final String SIGNATURE = "HmacSHA256";

  public Webhook {
    events = List.copyOf(events);
    repositories = List.copyOf(repositories);
    String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
    if (!(scheme.equals("http") || scheme.equals("https"))
        || url.getRawAuthority() == null
        || host(url).isEmpty()) {
      throw new IllegalArgumentException(
          "registry.webhook.%s.url must begin with http:// or https:// and a host".formatted(name));
    }
    if (secret.isPresent() && secret.get().isEmpty()) {
      throw new IllegalArgumentException(
          "registry.webhook.%s.secret is empty; leave it out, or give a secret".formatted(name));
    }
    if (!timeout.isPositive() || timeout.compareTo(TIMEOUT_MAX) > 0) {
      throw new IllegalArgumentException(
          "registry.webhook.%s.timeout is %s; it must be more than nothing and at most 5m"
              .formatted(name, timeout));
    }
    for (NamePattern pattern : events) {
      if (types().noneMatch(type -> pattern.matches(type.shortName()))) {
        throw new IllegalArgumentException(
            "registry.webhook.%s.events has \"%s\", which is none of: %s"
                .formatted(
                    name,
                    pattern,
                    types().map(EventType::shortName).collect(Collectors.joining(", "))));
      }
    }
  }

  private static java.util.stream.Stream<EventType> types() {
    return Arrays.stream(EventType.values()).filter(type -> type != EventType.PING);
  }

  private static String host(URI url) {
    String authority = url.getRawAuthority();
    return authority.substring(authority.lastIndexOf('@') + 1);
  }

  /** Where events go, without what may be secret: credentials, path and query. */
  public String place() {
    return url.getScheme() + "://" + host(url);
  }

  /** Whether it wants to be told of this; {@code repository} is empty for the registry as a whole. */
  boolean wants(EventType type, String repository) {
    return events.stream().anyMatch(pattern -> pattern.matches(type.shortName()))
        && repositories.stream()
            .anyMatch(pattern ->
                repository.isEmpty() ? pattern.matchesEverything() : pattern.matches(repository));
  }

  /** The signature of a body, {@code sha256=…}; empty without a secret. */
  public Optional<String> signature(byte[] body) {
    return secret.map(key -> {
      try {
        Mac mac = Mac.getInstance(SIGNATURE);
        mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), SIGNATURE));
        return "sha256=" + HexFormat.of().formatHex(mac.doFinal(body));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every JDK has " + SIGNATURE, e);
      }
    });
  }

  /** Names no secret. */
  @Override
  public String toString() {
    return "webhook %s to %s".formatted(name, place());
  }
}
