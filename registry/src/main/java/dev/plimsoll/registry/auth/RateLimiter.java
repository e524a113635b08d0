package dev.plimsoll.registry.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts by name how often something happened, and says when it is too often. A name is a bucket that
 * refills steadily, kept as the one moment at which it will be full again (GCRA). Safe for many
 * threads.
 */
final class RateLimiter {
  /** More names at once than this, and those seen longest ago begin anew. */
  private static final int NAMES_MAX = 100_000;

  private final Cache<String, AtomicLong> fullAt =
      Caffeine.newBuilder().maximumSize(NAMES_MAX).build();
  private final LongSupplier nanos;

  RateLimiter(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /**
   * Counts one.
   *
   * @return empty if it is within the rate; else how long to wait, and it was not counted
   */
  Optional<Duration> take(String name, Rate rate) {
    long now = nanos.getAsLong();
    long one = rate.perOne().toNanos();
    AtomicLong full = fullAt.get(name, key -> new AtomicLong(now));
    while (true) {
      long before = full.get();
      long after = Math.max(before - now, 0) + one;
      if (after > rate.per().toNanos()) {
        return Optional.of(Duration.ofNanos(after - rate.per().toNanos()));
      }
      if (full.compareAndSet(before, now + after)) {
        return Optional.empty();
      }
    }
  }

  /** Whether one more would be within the rate; counts nothing. */
  Optional<Duration> look(String name, Rate rate) {
    @Nullable AtomicLong full = fullAt.getIfPresent(name);
    if (full == null) {
      return Optional.empty();
    }
    long over =
        Math.max(full.get() - nanos.getAsLong(), 0)
            + rate.perOne().toNanos()
            - rate.per().toNanos();
    return over > 0 ? Optional.of(Duration.ofNanos(over)) : Optional.empty();
  }
}
