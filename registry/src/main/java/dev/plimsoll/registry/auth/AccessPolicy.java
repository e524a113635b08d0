package dev.plimsoll.registry.auth;

import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.repository.Quota;
import dev.plimsoll.registry.repository.Rules;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who may do what: the policy file, read. Deciding is a pure function of it, so that it can be shown
 * and tested without a server. Immutable.
 *
 * @param grants what is not granted by one of them, or held by an account, is not allowed
 * @param groups of users, by name
 * @param immutableTags tags that stay where they point once they are there
 */
public record AccessPolicy(
    List<Grant> grants,
    Map<String, Set<String>> groups,
    List<ImmutableTags> immutableTags,
    List<Quota> quotas,
    List<OidcIssuer> issuers,
    Sessions sessions,
    RequestLimits limits)
    implements Rules {

  /** Anybody may do anything: the policy of a registry that has none. */
  public static final AccessPolicy OPEN =
      new AccessPolicy(
          List.of(
              new Grant(
                  List.of(new Subject.Anyone()),
                  Set.of(Role.ADMINISTRATOR),
                  List.of(NamePattern.EVERYTHING))),
          Map.of(),
          List.of(),
          List.of(),
          List.of(),
          Sessions.DEFAULT,
          RequestLimits.NONE);

  public AccessPolicy {
    grants = List.copyOf(grants);
    groups = Map.copyOf(groups);
    immutableTags = List.copyOf(immutableTags);
    quotas = List.copyOf(quotas);
    issuers = List.copyOf(issuers);
  }

  /**
   * Tags that cannot be moved.
   *
   * @param except tags that can, although {@code tags} has them
   */
  public record ImmutableTags(
      List<NamePattern> repositories, List<NamePattern> tags, List<NamePattern> except) {

    boolean covers(RepositoryName repository, Tag tag) {
      return any(repositories, repository.value())
          && any(tags, tag.value())
          && !any(except, tag.value());
    }

    private static boolean any(List<NamePattern> patterns, String name) {
      return patterns.stream().anyMatch(pattern -> pattern.matches(name));
    }
  }

  /** Whether somebody may do this to this repository, whether there is such a repository or not. */
  public Access decide(Identity identity, Action action, RepositoryName repository) {
    Identity known = withGroups(identity);
    boolean granted =
        identity.held().stream().anyMatch(held -> held.allows(action, repository))
            || grants.stream()
                .anyMatch(g -> g.allows(action, repository.value()) && g.concerns(known));
    return granted ? Access.GRANTED : refusal(identity);
  }

  /** Whether somebody may do this to all repositories there are and will be. */
  public Access decideEverywhere(Identity identity, Action action) {
    Identity known = withGroups(identity);
    boolean granted =
        identity.held().stream().anyMatch(held -> held.allowsEverywhere(action))
            || grants.stream().anyMatch(g -> g.allowsEverywhere(action) && g.concerns(known));
    return granted ? Access.GRANTED : refusal(identity);
  }

  @Override
  public boolean immutable(RepositoryName repository, Tag tag) {
    return immutableTags.stream().anyMatch(rule -> rule.covers(repository, tag));
  }

  @Override
  public List<Quota> quotasOf(RepositoryName repository) {
    return quotas.stream().filter(quota -> quota.covers(repository)).toList();
  }

  Optional<OidcIssuer> issuer(String url) {
    return issuers.stream().filter(issuer -> issuer.url().toString().equals(url)).findFirst();
  }

  private static Access refusal(Identity identity) {
    return identity instanceof Identity.Anonymous ? Access.SIGN_IN : Access.DENIED;
  }

  private Identity withGroups(Identity identity) {
    if (!(identity instanceof Identity.User user) || groups.isEmpty()) {
      return identity;
    }
    Set<String> all = new HashSet<>(user.groups());
    groups.forEach((group, members) -> {
      if (members.contains(user.name())) {
        all.add(group);
      }
    });
    return new Identity.User(user.name(), all, user.held());
  }
}
