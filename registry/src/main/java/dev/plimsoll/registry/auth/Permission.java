package dev.plimsoll.registry.auth;

import dev.plimsoll.oci.RepositoryName;
import java.util.function.Function;

/** A role on the repositories of a pattern, written {@code push:team/**}. */
public record Permission(Role role, NamePattern repositories) {
  /** Everything, on everything. */
  public static final Permission ALL = new Permission(Role.ADMINISTRATOR, NamePattern.EVERYTHING);

  /** Reads {@code role:pattern}, also one that an older release took. */
  static Permission parse(String text) {
    return parse(text, NamePattern::parse);
  }

  /**
   * Reads one that is to be given; throws {@link IllegalArgumentException} with a sentence, also if
   * no repository's name can match its pattern.
   */
  public static Permission parseNew(String text) {
    return parse(text, NamePattern::ofRepositories);
  }

  private static Permission parse(String text, Function<String, NamePattern> pattern) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException(
          "\"%s\" is no permission; write a role and a pattern, such as push:team/**"
              .formatted(text));
    }
    return new Permission(
        Role.parse(text.substring(0, colon)), pattern.apply(text.substring(colon + 1)));
  }

  boolean allows(Action action, RepositoryName repository) {
    return role.allows(action) && repositories.matches(repository.value());
  }

  boolean allowsEverywhere(Action action) {
    return role.allows(action) && repositories.matchesEverything();
  }

  @Override
  public String toString() {
    return role + ":" + repositories;
  }
}
