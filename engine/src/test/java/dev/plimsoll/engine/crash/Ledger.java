package dev.plimsoll.engine.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;

/**
 * What an engine has told a client that there is, and what there will be once the request under way
 * is answered. An engine that died may have done that request wholly, to its half where it has one,
 * or not at all. For one thread at a time.
 */
final class Ledger {
  private Map<String, String> told = new TreeMap<>();
  private Map<String, String> halfway = told;
  private Map<String, String> hoped = told;
  private Operation underWay = Operation.NOTHING;

  Map<String, String> told() {
    return told;
  }

  Operation underWay() {
    return underWay;
  }

  void begin(Operation operation) {
    Map<String, String> after = new TreeMap<>(told);
    operation.effect().accept(after);
    hoped = after;
    halfway = new TreeMap<>(told);
    operation.halfway().accept(halfway);
    underWay = operation;
  }

  void answered() {
    told = hoped;
    halfway = told;
    underWay = Operation.NOTHING;
  }

  /** Takes this as what an engine has told. */
  void take(Map<String, String> found) {
    told = new TreeMap<>(found);
    halfway = told;
    hoped = told;
  }

  /** Compares with what the next engine has. */
  void compare(Map<String, String> found, String when) {
    assertThat(found)
        .as("%s; under way: %s; told: %s", when, underWay.name(), told)
        .isIn(told, halfway, hoped);
  }

  /** As {@link #compare}, and takes that as the truth from now on; whether the request was done. */
  boolean settle(Map<String, String> found, String when) {
    compare(found, when);
    boolean done = found.equals(hoped);
    take(found);
    return done;
  }
}
