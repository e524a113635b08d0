package dev.plimsoll.registry.gc;

import java.time.Duration;

/**
 * How long things wait before they go.
 *
 * @param trashKeptFor a deletion can be undone this long
 * @param condemnedFor a blob without links keeps its bytes this long, and costs no second upload
 * @param batchMax rows that one transaction looks at: pushes wait no longer than for one batch
 * @param addressesFor clients may read a blob this long by an address that they were given, so its
 *     bytes stay, whoever is in a hurry
 * @param stepsAside whether it goes slowly while clients are served
 */
public record GcPolicy(
    Duration trashKeptFor,
    Duration condemnedFor,
    int batchMax,
    Duration addressesFor,
    boolean stepsAside) {
  public static final GcPolicy DEFAULT = new GcPolicy(Duration.ofDays(7), Duration.ofHours(1), 200);

  public GcPolicy(Duration trashKeptFor, Duration condemnedFor, int batchMax) {
    this(trashKeptFor, condemnedFor, batchMax, Duration.ZERO, true);
  }

  public GcPolicy withAddressesFor(Duration life) {
    return new GcPolicy(trashKeptFor, condemnedFor, batchMax, life, stepsAside);
  }

  public GcPolicy withStepsAside(boolean aside) {
    return new GcPolicy(trashKeptFor, condemnedFor, batchMax, addressesFor, aside);
  }

  public GcPolicy {
    if (trashKeptFor.isNegative()) {
      throw new IllegalArgumentException(
          "registry.trash.kept-for is %s; it must not be negative".formatted(trashKeptFor));
    }
    if (condemnedFor.isNegative()) {
      throw new IllegalArgumentException(
          "registry.gc.condemned-for is %s; it must not be negative".formatted(condemnedFor));
    }
    if (batchMax < 1) {
      throw new IllegalArgumentException(
          "batchMax is %d; it must be 1 or more".formatted(batchMax));
    }
  }
}
