package dev.plimsoll.registry.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Something that happens. It means the same wherever it stands in a history, as far as that goes.
 *
 * @param seed all its choices come from it
 */
record Step(Kind kind, long seed) {

  /** What can happen, and how often out of a hundred or so. */
  enum Kind {
    UPLOAD(14),
    CHUNKS(6),
    MOUNT(8),
    HEAD(5),
    PUSH(22),
    RETAG(6),
    DELETE_TAG(5),
    DELETE_MANIFEST(7),
    DELETE_BLOB(4),
    DELETE_REPOSITORY(1),
    RESTORE(6),
    REWIND(4),
    PURGE(2),
    PIN(2),
    UNPIN(2),
    REPORT(1),
    RETAIN(1),
    COLLECT(9),
    TIME(8),
    RESTART(1),
    POWER_CUT(2);

    private final int weight;

    Kind(int weight) {
      this.weight = weight;
    }
  }

  static List<Step> random(int count, Random random) {
    List<Kind> kinds = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      for (int i = 0; i < kind.weight; i++) {
        kinds.add(kind);
      }
    }
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      steps.add(new Step(Universe.pick(kinds, random), random.nextLong()));
    }
    return steps;
  }
}
