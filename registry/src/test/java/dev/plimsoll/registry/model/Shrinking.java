package dev.plimsoll.registry.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Leaves steps out of a history that fails, for as long as it still fails. */
final class Shrinking {
  private static final int TRIALS_MAX = 300;

  /** Runs a history; tells how it failed, if it did. */
  interface Trial {
    Optional<Failure> run(List<Step> steps) throws Exception;
  }

  /** A history that fails, its story included. */
  record Failure(List<Step> steps, List<String> story, AssertionError cause) {}

  private Shrinking() {}

  static Failure shrink(Failure found, Trial trial) throws Exception {
    Failure best = found;
    int trials = 0;
    for (int part = best.steps().size() / 2; part >= 1 && trials < TRIALS_MAX; ) {
      boolean shorter = false;
      for (int from = best.steps().size() - part; from >= 0 && trials < TRIALS_MAX; from -= part) {
        trials++;
        Optional<Failure> fails = trial.run(without(best.steps(), from, part));
        if (fails.isPresent()) {
          best = fails.get();
          shorter = true;
        }
        from = Math.min(from, best.steps().size());
      }
      part = shorter && part < best.steps().size() ? part : part / 2;
    }
    return best;
  }

  private static List<Step> without(List<Step> steps, int from, int count) {
    List<Step> rest = new ArrayList<>(steps);
    rest.subList(from, Math.min(from + count, rest.size())).clear();
    return rest;
  }
}
