package dev.plimsoll.registry.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.oci.RepositoryName;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Policies of all shapes against a model that is as plain as can be. */
class AccessPolicyProperties {
  private static final List<String> PEOPLE = List.of("alice", "bob", "carol");

  @Provide
  Arbitrary<String> patterns() {
    return Arbitraries.of("a", "b", "/", "*", "**", "?")
        .list()
        .ofMinSize(1)
        .ofMaxSize(6)
        .map(parts -> String.join("", parts));
  }

  @Provide
  Arbitrary<RepositoryName> names() {
    return Arbitraries.of("a", "b", "ab", "aab")
        .list()
        .ofMinSize(1)
        .ofMaxSize(4)
        .map(parts -> new RepositoryName(String.join("/", parts)));
  }

  @Provide
  Arbitrary<Subject> subjects() {
    return Arbitraries.of(
        new Subject.Anyone(),
        new Subject.SignedIn(),
        new Subject.User("alice"),
        new Subject.User("bob"),
        new Subject.Group("ours"),
        new Subject.Group("theirs"),
        new Subject.Robot("ci"),
        new Subject.Robot("alice"));
  }

  @Provide
  Arbitrary<Identity> identities() {
    Arbitrary<List<Permission>> held =
        Combinators.combine(Arbitraries.of(Role.values()), patterns())
            .as((role, pattern) -> new Permission(role, NamePattern.parse(pattern)))
            .list()
            .ofMaxSize(2);
    return Arbitraries.oneOf(
        Arbitraries.just(new Identity.Anonymous()),
        Combinators.combine(Arbitraries.of(PEOPLE), Arbitraries.of("theirs", "others").set(), held)
            .as(Identity.User::new),
        Combinators.combine(Arbitraries.of("ci", "alice"), held).as(Identity.Robot::new));
  }

  @Provide
  Arbitrary<List<Grant>> grants() {
    return Combinators.combine(
            subjects().list().ofMinSize(1).ofMaxSize(2),
            Arbitraries.of(Role.values()).set().ofMinSize(1).ofMaxSize(2),
            patterns().map(NamePattern::parse).list().ofMinSize(1).ofMaxSize(2))
        .as(Grant::new)
        .list()
        .ofMaxSize(4);
  }

  @Property(tries = 2000)
  void decidesAsThePlainModel(
      @ForAll("grants") List<Grant> grants,
      @ForAll("identities") Identity identity,
      @ForAll Action action,
      @ForAll("names") RepositoryName name) {
    var policy =
        new AccessPolicy(
            grants,
            Map.of("ours", Set.of("bob", "carol")),
            List.of(),
            List.of(),
            List.of(),
            Sessions.DEFAULT,
            RequestLimits.NONE);

    Access decided = policy.decide(identity, action, name);

    boolean granted =
        identity.held().stream()
                .anyMatch(p ->
                    may(p.role(), action) && matches(p.repositories().toString(), name.value()))
            || grants.stream()
                .anyMatch(g ->
                    g.to().stream().anyMatch(s -> is(s, identity))
                        && g.roles().stream().anyMatch(role -> may(role, action))
                        && g.repositories().stream()
                            .anyMatch(p -> matches(p.toString(), name.value())));
    assertThat(decided)
        .isEqualTo(
            granted
                ? Access.GRANTED
                : identity instanceof Identity.Anonymous ? Access.SIGN_IN : Access.DENIED);
  }

  @Property(tries = 2000)
  void patternsMatchAsThePlainModel(
      @ForAll("patterns") String pattern, @ForAll("names") RepositoryName name) {
    assertThat(NamePattern.parse(pattern).matches(name.value()))
        .isEqualTo(matches(pattern, name.value()));
  }

  @Property(tries = 1000)
  void whoMayDoItEverywhereMayDoItAnywhere(
      @ForAll("grants") List<Grant> grants,
      @ForAll("identities") Identity identity,
      @ForAll Action action,
      @ForAll("names") RepositoryName name) {
    var policy =
        new AccessPolicy(
            grants,
            Map.of("ours", Set.of("bob", "carol")),
            List.of(),
            List.of(),
            List.of(),
            Sessions.DEFAULT,
            RequestLimits.NONE);

    if (policy.decideEverywhere(identity, action) == Access.GRANTED) {
      assertThat(policy.decide(identity, action, name)).isEqualTo(Access.GRANTED);
    }
  }

  private static boolean may(Role role, Action action) {
    return switch (role) {
      case PULL_ONLY -> action == Action.PULL;
      case PUSHER -> action == Action.PULL || action == Action.PUSH;
      case DELETER -> action == Action.PULL || action == Action.DELETE;
      case ADMINISTRATOR -> true;
    };
  }

  private static boolean is(Subject subject, Identity identity) {
    String name = identity.name();
    return switch (subject) {
      case Subject.Anyone _ -> true;
      case Subject.SignedIn _ -> !name.equals("anonymous");
      case Subject.User user -> name.equals(user.name());
      case Subject.Robot robot -> name.equals("robot+" + robot.name());
      case Subject.Group group ->
          identity instanceof Identity.User user
              && (user.groups().contains(group.name())
                  || (group.name().equals("ours") && List.of("bob", "carol").contains(name)));
    };
  }

  /** One character at a time, without a thought for speed. */
  private static boolean matches(String pattern, String name) {
    if (pattern.isEmpty()) {
      return name.isEmpty();
    }
    if (pattern.startsWith("**")) {
      return matches(pattern.substring(2), name)
          || (!name.isEmpty() && matches(pattern, name.substring(1)));
    }
    boolean within = !name.isEmpty() && name.charAt(0) != '/';
    return switch (pattern.charAt(0)) {
      case '*' ->
          matches(pattern.substring(1), name) || (within && matches(pattern, name.substring(1)));
      case '?' -> within && matches(pattern.substring(1), name.substring(1));
      default ->
          !name.isEmpty()
              && name.charAt(0) == pattern.charAt(0)
              && matches(pattern.substring(1), name.substring(1));
    };
  }
}
