package dev.plimsoll.registry.auth;

import java.util.List;
import java.util.Set;

/** A line of the policy: these may have these roles on these repositories. */
public record Grant(List<Subject> to, Set<Role> roles, List<NamePattern> repositories) {
  public Grant {
    to = List.copyOf(to);
    roles = Set.copyOf(roles);
    repositories = List.copyOf(repositories);
  }

  boolean concerns(Identity identity) {
    return to.stream().anyMatch(subject -> subject.includes(identity));
  }

  boolean allows(Action action, String repository) {
    return roles.stream().anyMatch(role -> role.allows(action))
        && repositories.stream().anyMatch(pattern -> pattern.matches(repository));
  }

  boolean allowsEverywhere(Action action) {
    return roles.stream().anyMatch(role -> role.allows(action))
        && repositories.stream().anyMatch(NamePattern::matchesEverything);
  }
}
