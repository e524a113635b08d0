package dev.plimsoll.registry.auth;

import dev.plimsoll.oci.RepositoryName;
import java.util.List;
import java.util.Optional;

/**
 * Who asks, and with what.
 *
 * @param scopes what a token of ours is good for; empty: signed in directly, good for all
 */
public record Caller(Identity identity, Optional<List<Scope>> scopes) {
  public static final Caller ANONYMOUS = new Caller(new Identity.Anonymous(), Optional.empty());

  /** Whether they may, by the policy and by their token. */
  public Access decide(AccessPolicy policy, Action action, RepositoryName repository) {
    boolean covered =
        scopes.map(all -> all.stream().anyMatch(s -> s.covers(action, repository))).orElse(true);
    return covered ? policy.decide(identity, action, repository) : Access.SIGN_IN;
  }

  /** Whether they may do so everywhere; no token of ours is good for that. */
  public Access decideEverywhere(AccessPolicy policy, Action action) {
    return scopes.isEmpty() ? policy.decideEverywhere(identity, action) : Access.SIGN_IN;
  }

  /** Whether they may ask for the list of repositories; it shows what they may pull. */
  public boolean mayList() {
    return scopes.map(all -> all.stream().anyMatch(Scope::coversCatalog)).orElse(true);
  }

  /** Whether a list may show them this repository. */
  public boolean maySee(AccessPolicy policy, RepositoryName repository) {
    return policy.decide(identity, Action.PULL, repository) == Access.GRANTED;
  }
}
