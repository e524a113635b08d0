package dev.plimsoll.registry.auth;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Hashes and checks passwords by bcrypt. A check that fails costs the same whatever it failed for.
 * Few are done at once, for each takes a core. Safe for many threads.
 */
final class Passwords {
  /** Doubles with each step; this one takes some 60 ms. */
  static final int COST = 10;

  static final int COST_MAX = 14;

  private static final int COST_MIN = 4; // less is no bcrypt
  private static final int BYTES_MAX = 72; // bcrypt looks at no more
  private static final int LENGTH_MIN = 8;
  private static final Pattern HASH = Pattern.compile("\\$2[aby]\\$([0-9]{2})\\$[./A-Za-z0-9]{53}");

  private static final int AT_ONCE = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);

  private final Semaphore cores = new Semaphore(AT_ONCE, true);
  private final LongAdder work = new LongAdder();

  /** A hash of a new password; refuses one that is too short or that bcrypt cannot hold. */
  String hash(String password) {
    byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
    if (password.length() < LENGTH_MIN || bytes.length > BYTES_MAX) {
      throw new AccessException.Invalid(
          "a password has %d characters at least and %d bytes at most"
              .formatted(LENGTH_MIN, BYTES_MAX));
    }
    return new String(BCrypt.withDefaults().hash(COST, bytes), StandardCharsets.US_ASCII);
  }

  /** The cost of a bcrypt hash; 0 if it is none that we take. */
  static int cost(String hash) {
    var matcher = HASH.matcher(hash);
    int cost = matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
    return cost >= COST_MIN && cost <= COST_MAX ? cost : 0;
  }

  /**
   * Whether the password is that of the hash.
   *
   * @param hash null for a user who is not there
   * @param level the cost that every failure is brought up to
   */
  boolean matches(String password, @Nullable String hash, int level) throws InterruptedException {
    byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
    boolean possible = bytes.length <= BYTES_MAX;
    cores.acquire();
    try {
      int done = hash == null ? 0 : cost(hash);
      if (done > 0 && hash != null && verify(bytes, hash) && possible) {
        return true;
      }
      // 2^c and then 2^c + 2^(c+1) + … + 2^(level-1) are 2^level together.
      for (int cost = done; done > 0 && cost < level; cost++) {
        spend(cost, bytes);
      }
      if (done == 0) {
        spend(level, bytes);
      }
      return false;
    } finally {
      cores.release();
    }
  }

  private boolean verify(byte[] bytes, String hash) {
    work.add(1L << cost(hash));
    return BCrypt.verifyer(null, LongPasswordStrategies.truncate(BCrypt.Version.VERSION_2A))
        .verify(bytes, hash.getBytes(StandardCharsets.US_ASCII))
        .verified;
  }

  private void spend(int cost, byte[] bytes) {
    work.add(1L << cost);
    BCrypt.withDefaults()
        .hash(cost, new byte[16], Arrays.copyOf(bytes, Math.min(bytes.length, BYTES_MAX)));
  }

  /** Rounds of bcrypt done so far. */
  long work() {
    return work.sum();
  }
}
