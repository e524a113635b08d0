package dev.plimsoll.registry.repository;

import java.time.Duration;
import java.time.Instant;

/**
 * How long a repository keeps a blob that no manifest names (yet).
 *
 * <p>What is written is half as long again as what is promised, so that a client that asks again and
 * again causes one write for each half period and not one for each question.
 *
 * @param promised every upload, mount and HEAD holds the blob at least this long
 */
public record Lease(Duration promised) {
  public static final Lease DEFAULT = new Lease(Duration.ofHours(24));

  public Lease {
    if (promised.isNegative()) {
      throw new IllegalArgumentException(
          "registry.lease is %s; it must not be negative".formatted(promised));
    }
  }

  /** The end of a lease that is written now. */
  public Instant from(Instant now) {
    return now.plus(promised).plus(promised.dividedBy(2));
  }

  /** Whether a lease that ends then is long enough to promise the blob now, without a write. */
  public boolean suffices(Instant leasedUntil, Instant now) {
    return !leasedUntil.isBefore(now.plus(promised));
  }
}
