package dev.plimsoll.registry.auth;

import dev.plimsoll.oci.RepositoryName;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What a token is good for, as Docker writes it: {@code repository:team/app:pull,push}.
 *
 * @param type {@code repository}, or {@code registry} for the catalog
 * @see <a href="https://distribution.github.io/distribution/spec/auth/scope/">Docker Registry token
 *     scope</a>
 */
public record Scope(String type, String name, Set<String> actions) {
  private static final int MOST = 64;

  public Scope {
    actions = Set.copyOf(actions);
  }

  /** Reads what stands in parameters, several in one with spaces between; what is none is left out. */
  static List<Scope> parse(List<String> parameters) {
    return parameters.stream()
        .flatMap(parameter -> List.of(parameter.split(" ")).stream())
        .flatMap(text -> parse(text).stream())
        .limit(MOST)
        .toList();
  }

  private static Optional<Scope> parse(String text) {
    int first = text.indexOf(':');
    int last = text.lastIndexOf(':');
    if (first <= 0 || last <= first) {
      return Optional.empty();
    }
    Set<String> actions = new LinkedHashSet<>(List.of(text.substring(last + 1).split(",")));
    return Optional.of(
        new Scope(text.substring(0, first), text.substring(first + 1, last), actions));
  }

  /** As it stands in a challenge. */
  public static String text(Action action, RepositoryName repository) {
    String words =
        switch (action) {
          case PULL -> "pull";
          case PUSH -> "pull,push";
          case DELETE -> "delete";
          case ADMIN -> "*";
        };
    return "repository:" + repository + ":" + words;
  }

  /** Of what is asked for here, that which the policy allows; empty if that is nothing. */
  Optional<Scope> allowedBy(AccessPolicy policy, Identity identity) {
    if (type.equals("registry")) {
      return name.equals("catalog") && !(identity instanceof Identity.Anonymous)
          ? Optional.of(this)
          : Optional.empty();
    }
    if (!type.equals("repository")) {
      return Optional.empty();
    }
    return repository().flatMap(repository -> allowedBy(policy, identity, repository));
  }

  /** Empty if there can be no such repository, and so no right to it. */
  private Optional<RepositoryName> repository() {
    try {
      return Optional.of(new RepositoryName(name));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The same for another repository, if there is one beside that of this name. */
  Optional<Scope> of(Function<RepositoryName, Optional<RepositoryName>> other) {
    return type.equals("repository")
        ? repository().flatMap(other).map(it -> new Scope(type, it.value(), actions))
        : Optional.empty();
  }

  private Optional<Scope> allowedBy(
      AccessPolicy policy, Identity identity, RepositoryName repository) {
    Set<String> allowed = new LinkedHashSet<>();
    for (Action action : List.of(Action.PULL, Action.PUSH, Action.DELETE)) {
      if (asksFor(action) && policy.decide(identity, action, repository) == Access.GRANTED) {
        allowed.add(word(action));
      }
    }
    return allowed.isEmpty() ? Optional.empty() : Optional.of(new Scope(type, name, allowed));
  }

  boolean covers(Action action, RepositoryName repository) {
    return type.equals("repository") && name.equals(repository.value()) && asksFor(action);
  }

  boolean coversCatalog() {
    return type.equals("registry") && name.equals("catalog");
  }

  /** Looking after a repository is not for tokens that were made for a push or a pull. */
  private boolean asksFor(Action action) {
    return action != Action.ADMIN && (actions.contains("*") || actions.contains(word(action)));
  }

  private static String word(Action action) {
    return action.name().toLowerCase(Locale.ROOT);
  }
}
