package dev.plimsoll.registry.auth;

import dev.plimsoll.foundation.ByteSize;
import dev.plimsoll.foundation.Durations;
import dev.plimsoll.foundation.settings.SettingsException;
import dev.plimsoll.foundation.settings.YamlValue;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.auth.AccessPolicy.ImmutableTags;
import dev.plimsoll.registry.repository.Quota;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the policy file, docs/registry/access.md. Whatever it does not know, and whatever cannot
 * have been meant, is refused with the line and the reason.
 */
final class PolicyFile {
  private PolicyFile() {}

  static AccessPolicy read(YamlValue root) {
    Map<String, YamlValue> top =
        root.fields(
            "groups", "grants", "immutable-tags", "quotas", "sign-in", "rate-limits", "oidc");
    Map<String, Set<String>> groups = groups(top.get("groups"));
    List<OidcIssuer> issuers = list(top.get("oidc"), PolicyFile::issuer);
    refuseDoubled(top.get("oidc"), issuers, OidcIssuer::url);
    List<Quota> quotas = list(top.get("quotas"), PolicyFile::quota);
    refuseDoubled(top.get("quotas"), quotas, Quota::namespace);
    List<Grant> grants = list(top.get("grants"), item -> grant(item, groups, issuers));
    return new AccessPolicy(
        grants,
        groups,
        list(top.get("immutable-tags"), PolicyFile::immutableTags),
        quotas,
        issuers,
        signIn(top.get("sign-in"), grants),
        limits(top.get("rate-limits")));
  }

  private static Map<String, Set<String>> groups(@Nullable YamlValue value) {
    Map<String, Set<String>> groups = new LinkedHashMap<>();
    if (value != null) {
      value
          .entries()
          .forEach((name, members) -> groups.put(name, new LinkedHashSet<>(texts(members))));
    }
    return groups;
  }

  private static Grant grant(
      YamlValue value, Map<String, Set<String>> groups, List<OidcIssuer> issuers) {
    Map<String, YamlValue> fields = value.fields("to", "may", "repositories");
    List<Subject> to = new ArrayList<>();
    for (YamlValue item : required(value, fields, "to").items()) {
      Subject subject = item.as(Subject::parse);
      if (subject instanceof Subject.Group(String name)
          && !groups.containsKey(name)
          && issuers.stream().noneMatch(issuer -> name.startsWith(issuer.prefix()))) {
        throw item.wrong(
            ("there is no group \"%s\": groups has none of that name, and no OIDC issuer's groups"
                    + " begin so")
                .formatted(name));
      }
      to.add(subject);
    }
    Set<Role> roles = new LinkedHashSet<>();
    required(value, fields, "may").items().forEach(item -> roles.add(item.as(Role::parse)));
    return new Grant(to, roles, repositories(required(value, fields, "repositories")));
  }

  private static ImmutableTags immutableTags(YamlValue value) {
    Map<String, YamlValue> fields = value.fields("repositories", "tags", "except");
    return new ImmutableTags(
        repositories(required(value, fields, "repositories")),
        tags(required(value, fields, "tags")),
        list(fields.get("except"), item -> item.as(NamePattern::ofTags)));
  }

  private static Quota quota(YamlValue value) {
    Map<String, YamlValue> fields = value.fields("namespace", "bytes", "tags");
    String namespace = required(value, fields, "namespace").as(PolicyFile::namespace);
    OptionalLong bytes = number(fields.get("bytes"), text -> ByteSize.parse(text).bytes());
    OptionalLong tags = number(fields.get("tags"), Long::parseLong);
    return checked(value, () -> new Quota(namespace, bytes, tags));
  }

  /** A namespace is spelled like a repository; {@code *} is the whole registry. */
  private static String namespace(String text) {
    return text.equals("*") ? "" : new RepositoryName(text).value();
  }

  private static Sessions signIn(@Nullable YamlValue value, List<Grant> grants) {
    if (value == null) {
      return Sessions.DEFAULT;
    }
    Map<String, YamlValue> fields = value.fields("challenge", "token-life");
    Sessions.Challenge challenge =
        one(fields.get("challenge"), Sessions.Challenge::parse)
            .orElse(Sessions.DEFAULT.challenge());
    boolean toAnyone =
        grants.stream().flatMap(g -> g.to().stream()).anyMatch(Subject.Anyone.class::isInstance);
    if (challenge == Sessions.Challenge.BASIC && toAnyone) {
      throw value.wrong(
          "challenge: basic makes Docker ask everybody for a password, but grants has something for"
              + " anonymous; use challenge: token");
    }
    var life = one(fields.get("token-life"), Durations::parse).orElse(Sessions.DEFAULT.tokenLife());
    return checked(value, () -> new Sessions(challenge, life));
  }

  private static RequestLimits limits(@Nullable YamlValue value) {
    if (value == null) {
      return RequestLimits.NONE;
    }
    Map<String, YamlValue> fields = value.fields("per-user", "per-address", "failed-sign-ins");
    return new RequestLimits(
        one(fields.get("per-user"), Rate::parse),
        one(fields.get("per-address"), Rate::parse),
        one(fields.get("failed-sign-ins"), Rate::parse)
            .orElse(RequestLimits.NONE.failuresPerAddress()));
  }

  private static OidcIssuer issuer(YamlValue value) {
    Map<String, YamlValue> fields =
        value.fields("issuer", "audience", "user-claim", "groups-claim", "prefix", "required");
    URI url = required(value, fields, "issuer").as(URI::create);
    String audience = required(value, fields, "audience").text();
    Map<String, String> claims = new LinkedHashMap<>();
    YamlValue conditions = fields.get("required");
    if (conditions != null) {
      conditions.entries().forEach((claim, text) -> claims.put(claim, text.text()));
    }
    return checked(
        value,
        () ->
            new OidcIssuer(
                url,
                audience,
                one(fields.get("user-claim"), text -> text).orElse("sub"),
                one(fields.get("groups-claim"), text -> text).orElse("groups"),
                one(fields.get("prefix"), text -> text).orElse("oidc:"),
                claims));
  }

  private static List<NamePattern> repositories(YamlValue value) {
    return value.items().stream().map(item -> item.as(NamePattern::ofRepositories)).toList();
  }

  private static List<NamePattern> tags(YamlValue value) {
    return value.items().stream().map(item -> item.as(NamePattern::ofTags)).toList();
  }

  private static List<String> texts(YamlValue value) {
    return value.items().stream().map(YamlValue::text).toList();
  }

  private static <T> List<T> list(@Nullable YamlValue value, Function<YamlValue, T> read) {
    return value == null ? List.of() : value.items().stream().map(read).toList();
  }

  private static <T> Optional<T> one(@Nullable YamlValue value, Function<String, T> parse) {
    return value == null ? Optional.empty() : Optional.of(value.as(parse));
  }

  private static OptionalLong number(@Nullable YamlValue value, Function<String, Long> parse) {
    return value == null ? OptionalLong.empty() : OptionalLong.of(value.as(parse));
  }

  private static YamlValue required(YamlValue at, Map<String, YamlValue> fields, String name) {
    YamlValue value = fields.get(name);
    if (value == null) {
      throw at.wrong(name + " is missing here");
    }
    return value;
  }

  private static <T, K> void refuseDoubled(
      @Nullable YamlValue at, List<T> items, Function<T, K> key) {
    Set<K> seen = new HashSet<>();
    for (int i = 0; at != null && i < items.size(); i++) {
      if (!seen.add(key.apply(items.get(i)))) {
        throw at.items().get(i).wrong(key.apply(items.get(i)) + " stands here twice");
      }
    }
  }

  private interface Making<T> {
    T make();
  }

  private static <T> T checked(YamlValue at, Making<T> making) {
    try {
      return making.make();
    } catch (IllegalArgumentException e) {
      SettingsException refusal = at.wrong(String.valueOf(e.getMessage()));
      refusal.initCause(e);
      throw refusal;
    }
  }
}
