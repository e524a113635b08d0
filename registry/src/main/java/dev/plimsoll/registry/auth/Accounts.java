package dev.plimsoll.registry.auth;

import dev.plimsoll.registry.auth.AccessException.AccountExists;
import dev.plimsoll.registry.auth.AccessException.AccountUnknown;
import dev.plimsoll.registry.repository.Transactions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Users and robots: adds, changes, removes and finds them. Safe for many threads. */
public final class Accounts {
  private static final Logger log = LoggerFactory.getLogger(Accounts.class);
  private static final int TOKEN_BYTES = 32;
  private static final Duration LIFE_MAX = Duration.ofDays(3650);

  /** What a robot's token begins with, so that scanners of leaked secrets know it. */
  static final String TOKEN_PREFIX = "plimsoll_";

  private final Transactions transactions;
  private final AccountRows rows = new AccountRows();
  private final Passwords passwords;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  Accounts(Transactions transactions, Passwords passwords, InstantSource clock) {
    this.transactions = transactions;
    this.passwords = passwords;
    this.clock = clock;
  }

  /** A robot and its token, which is shown this once and not stored. */
  public record NewRobot(Account account, String token) {
    /** Names the robot, never the token. */
    @Override
    public String toString() {
      return account.toString();
    }
  }

  /** What an import did. */
  public record Imported(List<String> added, List<String> changed) {}

  /** To be told after every change of an account. */
  void onChange(Runnable listener) {
    listeners.add(listener);
  }

  public Account addUser(String name, String password, List<Permission> permissions)
      throws IOException {
    Account.checkName(name);
    String hash = passwords.hash(password);
    Account account =
        new Account(Account.Kind.USER, name, permissions, clock.instant(), Optional.empty());
    add(new AccountRows.Row(account, hash));
    return account;
  }

  public void setPassword(String name, String password) throws IOException {
    String hash = passwords.hash(password);
    changed(() ->
        transactions.write(h -> {
          known(rows.find(h, Account.Kind.USER, name), Account.Kind.USER, name);
          rows.change(h, Account.Kind.USER, name, hash, Passwords.cost(hash), Optional.empty());
          return true;
        }));
    log.info("password changed user={}", name);
  }

  /** Sets what an account may do, in place of what it could. */
  public Account permit(Account.Kind kind, String name, List<Permission> permissions)
      throws IOException {
    List<Account> done = new ArrayList<>();
    changed(() ->
        transactions.write(h -> {
          Account was = known(rows.find(h, kind, name), kind, name).account();
          Account now = new Account(kind, name, permissions, was.createdAt(), was.expiresAt());
          rows.permit(h, now);
          done.clear();
          done.add(now);
          return true;
        }));
    log.info("permissions changed {}={} permissions={}", kind, name, permissions);
    return done.getFirst();
  }

  /** Adds the users of a file that {@code htpasswd -B} wrote, all or none; who is there is changed. */
  public Imported importHtpasswd(String text) throws IOException {
    Map<String, String> users = Htpasswd.parse(text);
    List<String> added = new ArrayList<>();
    List<String> replaced = new ArrayList<>();
    changed(() ->
        transactions.write(h -> {
          added.clear();
          replaced.clear();
          Instant now = clock.instant();
          users.forEach((name, hash) -> {
            int cost = Passwords.cost(hash);
            if (rows.find(h, Account.Kind.USER, name).isPresent()) {
              rows.change(h, Account.Kind.USER, name, hash, cost, Optional.empty());
              replaced.add(name);
            } else {
              Account account =
                  new Account(Account.Kind.USER, name, List.of(), now, Optional.empty());
              rows.insert(h, new AccountRows.Row(account, hash), cost);
              added.add(name);
            }
          });
          return true;
        }));
    log.info("users imported added={} changed={}", added.size(), replaced.size());
    return new Imported(added, replaced);
  }

  /**
   * Adds a robot with a token of its own.
   *
   * @param life how long the token is good; empty: until the robot is removed
   */
  public NewRobot addRobot(String name, List<Permission> permissions, Optional<Duration> life)
      throws IOException {
    Account.checkName(name);
    Instant now = clock.instant();
    String token = newToken();
    Account account = new Account(Account.Kind.ROBOT, name, permissions, now, end(now, life));
    add(new AccountRows.Row(account, tokenHash(token)));
    return new NewRobot(account, token);
  }

  /** Gives a robot another token; the one before is worth nothing from now on. */
  public NewRobot renewRobot(String name, Optional<Duration> life) throws IOException {
    String token = newToken();
    Instant now = clock.instant();
    List<Account> done = new ArrayList<>();
    changed(() ->
        transactions.write(h -> {
          Account was =
              known(rows.find(h, Account.Kind.ROBOT, name), Account.Kind.ROBOT, name).account();
          rows.change(h, Account.Kind.ROBOT, name, tokenHash(token), 0, end(now, life));
          done.clear();
          done.add(
              new Account(
                  Account.Kind.ROBOT, name, was.permissions(), was.createdAt(), end(now, life)));
          return true;
        }));
    log.info("token renewed robot={}", name);
    return new NewRobot(done.getFirst(), token);
  }

  public void remove(Account.Kind kind, String name) throws IOException {
    changed(() ->
        transactions.write(h -> {
          if (!rows.delete(h, kind, name)) {
            throw new AccountUnknown(kind, name);
          }
          return true;
        }));
    log.info("account removed {}={}", kind, name);
  }

  /** In the order of their names. */
  public List<Account> list(Account.Kind kind) throws IOException {
    return transactions.read(h -> rows.all(h, kind));
  }

  Optional<AccountRows.Row> find(Account.Kind kind, String name) throws IOException {
    return transactions.read(h -> rows.find(h, kind, name));
  }

  Optional<AccountRows.Row> findRobotByToken(String token) throws IOException {
    return transactions.read(h -> rows.findRobot(h, tokenHash(token)));
  }

  /** The cost that a failed check of a password is brought up to. */
  int level() throws IOException {
    return Math.max(Passwords.COST, transactions.read(rows::costMax));
  }

  /** The hash by which a token is known. It has 256 random bits, so one round is enough. */
  static String tokenHash(String token) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  private String newToken() {
    byte[] bytes = new byte[TOKEN_BYTES];
    random.nextBytes(bytes);
    return TOKEN_PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static Optional<Instant> end(Instant now, Optional<Duration> life) {
    life.ifPresent(given -> {
      if (!given.isPositive() || given.compareTo(LIFE_MAX) > 0) {
        throw new AccessException.Invalid(
            "a token is good for more than nothing and at most %d days"
                .formatted(LIFE_MAX.toDays()));
      }
    });
    return life.map(now::plus);
  }

  private void add(AccountRows.Row row) throws IOException {
    Account account = row.account();
    changed(() ->
        transactions.write(h -> {
          if (rows.find(h, account.kind(), account.name()).isPresent()) {
            throw new AccountExists(account.kind(), account.name());
          }
          rows.insert(h, row, Passwords.cost(row.secret()));
          return true;
        }));
    log.info(
        "account added {}={} permissions={}",
        account.kind(),
        account.name(),
        account.permissions());
  }

  private static AccountRows.Row known(
      Optional<AccountRows.Row> row, Account.Kind kind, String name) {
    return row.orElseThrow(() -> new AccountUnknown(kind, name));
  }

  private interface Change {
    boolean make() throws IOException;
  }

  /** Whatever was remembered of accounts is forgotten, also when nobody knows how a write ended. */
  private void changed(Change change) throws IOException {
    try {
      change.make();
    } finally {
      listeners.forEach(Runnable::run);
    }
  }
}
