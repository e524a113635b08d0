package dev.plimsoll.transfer;

import dev.plimsoll.oci.RepositoryName;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Finds the {@code Authorization} header for one registry and one caller. Tokens are kept by scope
 * until they expire. Safe for many threads: those that want the same token wait for one request.
 */
final class Authorizer {
  private static final int TOKENS_MAX = 100;

  private final TokenServer tokenServer;
  private final Credentials credentials;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<SortedSet<String>, TokenServer.Token> tokens = new HashMap<>();
  private List<Challenge> challenges;

  Authorizer(
      TokenServer tokenServer,
      Credentials credentials,
      List<Challenge> challenges,
      InstantSource clock) {
    this.tokenServer = tokenServer;
    this.credentials = credentials;
    this.challenges = List.copyOf(challenges);
    this.clock = clock;
  }

  /** The scope of a repository, as token servers know it. */
  static String scope(RepositoryName repository, String actions) {
    return "repository:" + repository + ":" + actions;
  }

  /**
   * The header's value, or nothing if the registry asks for none.
   *
   * @throws TransferException.Unauthorized if the registry wants what the caller has not given
   */
  Optional<String> authorization(SortedSet<String> scopes)
      throws IOException, InterruptedException {
    if (credentials instanceof Credentials.RegistryToken(String token)) {
      return Optional.of("Bearer " + token);
    }
    lock.lockInterruptibly();
    try {
      Optional<Challenge> bearer = challenge("bearer");
      if (bearer.isPresent()) {
        return Optional.of("Bearer " + token(bearer.get(), scopes));
      }
      return challenge("basic").isPresent() ? Optional.of(basic()) : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes note of a refusal.
   *
   * @param used the header that was refused, if there was one
   * @return whether the request may succeed if sent again: a token may have expired early, or this
   *     place asks for something else than {@code /v2/} did. The same password is not shown twice.
   */
  boolean refused(List<Challenge> newChallenges, Optional<String> used, SortedSet<String> scopes) {
    lock.lock();
    try {
      boolean first = used.isEmpty();
      boolean token = used.filter(value -> value.startsWith("Bearer ")).isPresent();
      if (!newChallenges.isEmpty()) {
        challenges = List.copyOf(newChallenges);
      }
      tokens.remove(scopes);
      return challenge("bearer").isPresent()
          ? (first || token) && !(credentials instanceof Credentials.RegistryToken)
          : first && challenge("basic").isPresent();
    } finally {
      lock.unlock();
    }
  }

  private String token(Challenge bearer, SortedSet<String> scopes)
      throws IOException, InterruptedException {
    TokenServer.Token known = tokens.get(scopes);
    Instant now = clock.instant();
    if (known == null || !known.usableUntil().isAfter(now)) {
      if (tokens.size() >= TOKENS_MAX) {
        tokens.clear();
      }
      known = tokenServer.token(bearer, scopes, credentials, now);
      tokens.put(new TreeSet<>(scopes), known);
    }
    return known.value();
  }

  private String basic() {
    return switch (credentials) {
      case Credentials.Password password -> password.basic();
      case Credentials.Anonymous _, Credentials.IdentityToken _, Credentials.RegistryToken _ ->
          throw new TransferException.Unauthorized("no basic auth credentials");
    };
  }

  private Optional<Challenge> challenge(String scheme) {
    return challenges.stream().filter(challenge -> challenge.scheme().equals(scheme)).findFirst();
  }
}
