package dev.plimsoll.registry.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.plimsoll.registry.auth.AccessException.SignInRequired;
import dev.plimsoll.registry.auth.AccessException.TokenEnded;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Turns credentials into a {@link Caller}, or refuses with one and the same sentence; only who brings
 * a right token past its time is told so. What was found right is remembered for a minute, by a hash
 * whose key only this process has, and forgotten when an account changes. Safe for many threads.
 */
public final class SignIn {
  private static final Duration REMEMBERED_FOR = Duration.ofMinutes(1);
  private static final Duration VOUCHED_FOR = Duration.ofHours(12);
  private static final int REMEMBERED_MAX = 10_000;
  private static final int SECRET_LENGTH_MAX = 16 * 1024;

  private final Accounts accounts;
  private final Passwords passwords;
  private final Tokens tokens;
  private final OidcTokens oidc;
  private final Supplier<AccessPolicy> policy;
  private final InstantSource clock;
  private final SecretKeySpec cacheKey;
  private final AtomicLong version = new AtomicLong();
  private final Cache<ByteBuffer, Proven> proven =
      Caffeine.newBuilder().maximumSize(REMEMBERED_MAX).expireAfterWrite(REMEMBERED_FOR).build();

  /** Credentials that were right once; they are looked at again where strangers' are not. */
  private final Cache<ByteBuffer, Boolean> vouched =
      Caffeine.newBuilder().maximumSize(REMEMBERED_MAX).expireAfterWrite(VOUCHED_FOR).build();

  private final Cache<String, Optional<Account>> known =
      Caffeine.newBuilder().maximumSize(REMEMBERED_MAX).expireAfterWrite(REMEMBERED_FOR).build();

  /** Who proved to be whom, and until when that holds. */
  private record Proven(Caller caller, Optional<Instant> expiresAt, AccessPolicy under) {}

  SignIn(
      Accounts accounts,
      Passwords passwords,
      Tokens tokens,
      OidcTokens oidc,
      Supplier<AccessPolicy> policy,
      InstantSource clock) {
    this.accounts = accounts;
    this.passwords = passwords;
    this.tokens = tokens;
    this.oidc = oidc;
    this.policy = policy;
    this.clock = clock;
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);
    this.cacheKey = new SecretKeySpec(key, "HmacSHA256");
    accounts.onChange(this::forget);
  }

  /** A name and a password, a robot's token or an ID token. */
  public Caller byPassword(String user, String secret) throws IOException {
    return remembered(basic(user, secret), () -> checkPassword(user, secret));
  }

  private static String basic(String user, String secret) {
    return "basic\0" + user + "\0" + secret;
  }

  /**
   * Whether these credentials could be a guess that takes work to refuse. Tokens of ours and of robots
   * cannot: they are too long to guess, and take no bcrypt. What was right within the last hours is
   * none either, but still has to be right now.
   */
  boolean mayBeGuessed(Credentials credentials) {
    return credentials instanceof Credentials.Basic(String user, String secret)
        && secret.length() <= SECRET_LENGTH_MAX
        && !user.startsWith(Identity.Robot.PREFIX)
        && !(user.isEmpty() && secret.startsWith(Accounts.TOKEN_PREFIX))
        && vouched.getIfPresent(key(basic(user, secret))) == null;
  }

  /** A token of ours. */
  public Caller byToken(String token) throws IOException {
    return remembered("bearer\0" + token, () -> checkToken(token));
  }

  private interface Check {
    Optional<Proven> run() throws IOException;
  }

  private Caller remembered(String credentials, Check check) throws IOException {
    if (credentials.length() > SECRET_LENGTH_MAX) {
      throw new SignInRequired();
    }
    ByteBuffer key = key(credentials);
    Proven before = proven.getIfPresent(key);
    if (before != null && holds(before)) {
      return before.caller();
    }
    long asOf = version.get();
    Proven now = check.run().orElseThrow(SignInRequired::new);
    if (over(now)) {
      throw new TokenEnded(now.caller().identity().name(), now.expiresAt().orElseThrow());
    }
    if (!holds(now)) {
      throw new SignInRequired();
    }
    vouched.put(key, true);
    proven.put(key, now);
    if (version.get() != asOf) {
      proven.invalidate(key); // an account changed while we looked: right now, but not to be kept
    }
    return now.caller();
  }

  private boolean holds(Proven it) {
    return !over(it) && it.under().issuers().equals(policy.get().issuers());
  }

  private boolean over(Proven it) {
    return it.expiresAt().filter(end -> !clock.instant().isBefore(end)).isPresent();
  }

  private Optional<Proven> checkPassword(String user, String secret) throws IOException {
    AccessPolicy present = policy.get();
    Optional<OidcIssuer> issuer = OidcTokens.issuer(secret, present);
    if (issuer.isPresent()) {
      return oidc.check(secret, issuer.get())
          .map(it ->
              new Proven(
                  new Caller(it.user(), Optional.empty()), Optional.of(it.expiresAt()), present));
    }
    if (user.isEmpty() && secret.startsWith(Accounts.TOKEN_PREFIX)) {
      // Docker sends an identity token without the name of its owner, but the token says it.
      return accounts.findRobotByToken(secret).map(row -> proven(row.account(), present));
    }
    return user.startsWith(Identity.Robot.PREFIX)
        ? checkRobot(user.substring(Identity.Robot.PREFIX.length()), secret, present)
        : checkUser(user, secret, present);
  }

  private Optional<Proven> checkUser(String user, String password, AccessPolicy present)
      throws IOException {
    Optional<AccountRows.Row> row = accounts.find(Account.Kind.USER, user);
    @Nullable String hash = row.map(AccountRows.Row::secret).orElse(null);
    try {
      return passwords.matches(password, hash, accounts.level())
          ? row.map(it -> proven(it.account(), present))
          : Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      var cut = new InterruptedIOException("interrupted while checking a password");
      cut.initCause(e);
      throw cut;
    }
  }

  private Optional<Proven> checkRobot(String robot, String token, AccessPolicy present)
      throws IOException {
    Optional<AccountRows.Row> row = accounts.find(Account.Kind.ROBOT, robot);
    String hash = row.map(AccountRows.Row::secret).orElse("");
    boolean right =
        MessageDigest.isEqual(
            hash.getBytes(StandardCharsets.US_ASCII),
            Accounts.tokenHash(token).getBytes(StandardCharsets.US_ASCII));
    return right ? row.map(it -> proven(it.account(), present)) : Optional.empty();
  }

  private static Proven proven(Account account, AccessPolicy present) {
    return new Proven(
        new Caller(account.identity(), Optional.empty()), account.expiresAt(), present);
  }

  private Optional<Proven> checkToken(String text) throws IOException {
    Optional<Tokens.Checked> checked = tokens.check(text);
    if (checked.isEmpty()) {
      return Optional.empty();
    }
    Tokens.Checked token = checked.get();
    return owner(token)
        .map(owner -> {
          Instant end =
              owner.end().filter(it -> it.isBefore(token.expiresAt())).orElse(token.expiresAt());
          return new Proven(
              new Caller(owner.identity(), Optional.of(token.scopes())),
              Optional.of(end),
              policy.get());
        });
  }

  /** Whose token it is, and until when they may sign in at all. */
  private record Owner(Identity identity, Optional<Instant> end) {}

  /** Empty if there is nobody of that name any more. */
  private Optional<Owner> owner(Tokens.Checked token) throws IOException {
    String subject = token.subject();
    if (subject.isEmpty()) {
      return Optional.of(new Owner(new Identity.Anonymous(), Optional.empty()));
    }
    if (subject.indexOf(':') >= 0) { // an issuer's prefix ends with one; no name of ours has one
      return Optional.of(
          new Owner(new Identity.User(subject, token.groups(), List.of()), Optional.empty()));
    }
    boolean robot = subject.startsWith(Identity.Robot.PREFIX);
    Optional<Account> account =
        robot
            ? account(Account.Kind.ROBOT, subject.substring(Identity.Robot.PREFIX.length()))
            : account(Account.Kind.USER, subject);
    return account.map(it -> new Owner(it.identity(), it.expiresAt()));
  }

  private Optional<Account> account(Account.Kind kind, String name) throws IOException {
    String key = kind + " " + name;
    Optional<Account> before = known.getIfPresent(key);
    if (before != null) {
      return before;
    }
    long asOf = version.get();
    Optional<Account> found = accounts.find(kind, name).map(AccountRows.Row::account);
    known.put(key, found);
    if (version.get() != asOf) {
      known.invalidate(key);
    }
    return found;
  }

  private void forget() {
    version.incrementAndGet();
    proven.invalidateAll();
    known.invalidateAll();
  }

  private ByteBuffer key(String credentials) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(cacheKey);
      return ByteBuffer.wrap(mac.doFinal(credentials.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK has HmacSHA256", e);
    }
  }
}
