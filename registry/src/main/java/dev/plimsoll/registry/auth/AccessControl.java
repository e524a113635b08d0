package dev.plimsoll.registry.auth;

import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.auth.AccessException.Denied;
import dev.plimsoll.registry.auth.AccessException.OnlyFromHere;
import dev.plimsoll.registry.auth.AccessException.SignInRequired;
import dev.plimsoll.registry.auth.AccessException.TokenEnded;
import dev.plimsoll.registry.auth.AccessException.TooManyRequests;
import dev.plimsoll.registry.repository.Transactions;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Lets requests in or refuses them: signs in, counts, decides. Safe for many threads.
 *
 * <p>Without a policy file the registry is open: whoever comes may do what clients do, and who comes
 * from the registry's own machine may look after it too.
 */
public final class AccessControl {
  private final Policies policies;
  private final Optional<String> soleKey;
  private final Accounts accounts;
  private final SignIn signIn;
  private final Tokens tokens;
  private final RateLimiter requests;
  private final RateLimiter failures;
  private final InstantSource clock;
  private final LongAdder failed = new LongAdder();
  private final LongAdder denied = new LongAdder();
  private final LongAdder limited = new LongAdder();

  /** Where a request comes from. */
  public record Origin(String address, Nearness nearness) {}

  /** Whether a request comes from the registry's own machine, and from nobody behind it. */
  public enum Nearness {
    THIS_MACHINE,
    ELSEWHERE
  }

  /** A token of ours, as the token endpoint tells it. */
  public record IssuedToken(String text, Instant issuedAt, Duration life) {
    /** When it was made, never what it is. */
    @Override
    public String toString() {
      return "IssuedToken[" + issuedAt + "]";
    }
  }

  /** How the parts around it are reached. */
  public interface Web {
    /** Fetches a small document of an OIDC issuer. */
    byte[] get(URI address) throws IOException;
  }

  /**
   * Puts it together.
   *
   * @param soleKey who brings this as a token may do everything and nobody else anything; for the one
   *     command that a stopped registry is served to
   * @param keyFile where the key is kept that signs tokens
   * @param nanos a clock that nobody sets
   */
  public AccessControl(
      Policies policies,
      Optional<String> soleKey,
      Transactions transactions,
      Path keyFile,
      Web web,
      InstantSource clock,
      LongSupplier nanos) {
    var passwords = new Passwords();
    this.policies = policies;
    this.soleKey = soleKey;
    this.accounts = new Accounts(transactions, passwords, clock);
    this.tokens = new Tokens(new SigningKeys(keyFile, transactions, clock), clock);
    this.signIn =
        new SignIn(
            accounts, passwords, tokens, new OidcTokens(web::get, clock), policies::current, clock);
    this.requests = new RateLimiter(nanos);
    this.failures = new RateLimiter(nanos);
    this.clock = clock;
  }

  /** Whether a policy decides, and not an open door. */
  public boolean configured() {
    return policies.configured() || soleKey.isPresent();
  }

  public Accounts accounts() {
    return accounts;
  }

  /** The policy in force. */
  public AccessPolicy policy() {
    return policies.current();
  }

  /** Why the policy file as it is now is not in force; empty if it is. */
  public Optional<String> policyTrouble() {
    return policies.trouble();
  }

  /** Sign-ins that failed since the start. */
  public long failures() {
    return failed.sum();
  }

  /** Requests refused because of who asked. */
  public long denials() {
    return denied.sum();
  }

  /** Requests refused because there were too many. */
  public long limited() {
    return limited.sum();
  }

  /**
   * Who asks.
   *
   * @throws SignInRequired if the credentials prove nothing
   * @throws TokenEnded if they proved something until a while ago
   * @throws TooManyRequests before a guess is looked at that takes work; right tokens, and passwords
   *     that were right before, are let in whatever their neighbours behind one address do
   */
  public Caller admit(Credentials credentials, Origin origin) throws IOException {
    if (soleKey.isPresent()) {
      return sole(credentials, soleKey.get());
    }
    if (!policies.configured()) {
      return new Caller(new Identity.Owner(origin.address()), Optional.empty());
    }
    RequestLimits limits = policy().limits();
    Caller caller = signedIn(credentials, origin, limits.failuresPerAddress());
    if (caller.identity() instanceof Identity.Anonymous) {
      limits.perAddress().ifPresent(rate -> count("address " + origin.address(), rate));
    } else {
      limits.perUser().ifPresent(rate -> count("user " + caller.identity().name(), rate));
    }
    return caller;
  }

  private Caller signedIn(Credentials credentials, Origin origin, Rate failuresMax)
      throws IOException {
    if (credentials instanceof Credentials.None) {
      return Caller.ANONYMOUS;
    }
    Optional<Duration> wait = failures.look(origin.address(), failuresMax);
    if (wait.isPresent() && signIn.mayBeGuessed(credentials)) {
      refuseTooMany(wait.get());
    }
    try {
      return switch (credentials) {
        case Credentials.Basic(String user, String secret) -> signIn.byPassword(user, secret);
        case Credentials.Bearer(String token) -> signIn.byToken(token);
        case Credentials.Unreadable _ -> throw new SignInRequired();
        case Credentials.None _ -> Caller.ANONYMOUS;
      };
    } catch (TokenEnded e) {
      failed.increment(); // nobody who guesses, so it is not counted against the address
      throw e;
    } catch (SignInRequired e) {
      failed.increment();
      failures.take(origin.address(), failuresMax).ifPresent(this::refuseTooMany);
      throw e;
    }
  }

  private static Caller sole(Credentials credentials, String key) {
    boolean right =
        credentials instanceof Credentials.Bearer(String token)
            && MessageDigest.isEqual(
                token.getBytes(StandardCharsets.UTF_8), key.getBytes(StandardCharsets.UTF_8));
    if (!right) {
      throw new SignInRequired();
    }
    return new Caller(new Identity.Owner("local"), Optional.empty());
  }

  private void count(String name, Rate rate) {
    requests.take(name, rate).ifPresent(this::refuseTooMany);
  }

  private void refuseTooMany(Duration wait) {
    limited.increment();
    throw new TooManyRequests(wait);
  }

  /** Returns if the caller may do it, and throws the refusal if not. */
  public void require(Need need, Caller caller, Origin origin) {
    AccessPolicy policy = policy();
    switch (need) {
      case Need.Nothing _ -> {}
      case Need.On(Action action, RepositoryName repository) -> {
        refuseUnless(caller.decide(policy, action, repository), caller);
        if (action == Action.ADMIN) {
          refuseFromAfar(origin);
        }
      }
      case Need.Everywhere(Action action) -> {
        refuseUnless(caller.decideEverywhere(policy, action), caller);
        refuseFromAfar(origin);
      }
      case Need.ToBeRobot(String name) -> {
        boolean itself =
            caller.identity() instanceof Identity.Robot robot
                && robot.robot().equals(name)
                && caller.scopes().isEmpty();
        if (!itself && configured()) {
          require(Need.TO_ADMINISTER, caller, origin);
        }
      }
    }
  }

  /** Whether the caller may, for those who ask about something beside the request itself. */
  public boolean allows(Caller caller, Action action, RepositoryName repository) {
    return caller.decide(policy(), action, repository) == Access.GRANTED;
  }

  private void refuseFromAfar(Origin origin) {
    if (!configured() && origin.nearness() == Nearness.ELSEWHERE) {
      denied.increment();
      throw new OnlyFromHere();
    }
  }

  private void refuseUnless(Access access, Caller caller) {
    switch (access) {
      case GRANTED -> {}
      case SIGN_IN -> {
        denied.increment();
        throw caller.scopes().isPresent()
            ? new AccessException.ScopeTooSmall(caller.identity())
            : new SignInRequired();
      }
      case DENIED -> {
        denied.increment();
        throw new Denied();
      }
    }
  }

  /**
   * A token for what is asked, as far as it is allowed; one that allows nothing is a token too.
   *
   * @param meantToo the other repository that a client means by a name, if there is one
   */
  public IssuedToken issueToken(
      Caller caller,
      List<String> scopes,
      Function<RepositoryName, Optional<RepositoryName>> meantToo)
      throws IOException {
    AccessPolicy policy = policy();
    Instant now = clock.instant();
    Duration life = policy.sessions().tokenLife();
    List<Scope> allowed =
        Scope.parse(scopes).stream()
            .flatMap(scope -> Stream.concat(Stream.of(scope), scope.of(meantToo).stream()))
            .flatMap(scope -> scope.allowedBy(policy, caller.identity()).stream())
            .toList();
    return new IssuedToken(tokens.make(caller.identity(), allowed, now, life), now, life);
  }
}
