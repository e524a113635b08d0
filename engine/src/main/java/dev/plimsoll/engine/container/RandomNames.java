package dev.plimsoll.engine.container;

import java.util.random.RandomGenerator;

/** Names for containers that are given none: a quality and a ship's word. */
final class RandomNames {
  private static final String[] QUALITIES = {
    "able", "amber", "bold", "brave", "bright", "brisk", "calm", "clear", "clever", "coastal",
    "copper", "daring", "deep", "eager", "early", "even", "fair", "fast", "fine", "firm", "fleet",
    "fresh", "gentle", "glad", "golden", "grand", "happy", "hardy", "honest", "humble", "jolly",
    "keen", "kind", "late", "light", "lively", "loyal", "lucky", "merry", "mild", "modest",
    "nimble", "noble", "patient", "plain", "polite", "proud", "quick", "quiet", "rapid", "ready",
    "robust", "royal", "salty", "silent", "silver", "sincere", "smart", "snug", "sober", "solid",
    "steady", "still", "stout", "strong", "sturdy", "subtle", "sunny", "swift", "tidy", "trim",
    "true", "trusty", "upright", "vivid", "warm", "wide", "wise", "witty", "worthy", "young"
  };
  private static final String[] WORDS = {
    "anchor", "ballast", "barge", "barque", "beacon", "binnacle", "bollard", "boom", "bosun", "bow",
    "brig", "buoy", "cabin", "canvas", "capstan", "cargo", "clipper", "cleat", "compass", "cutter",
    "davit", "deck", "dinghy", "dock", "ensign", "fathom", "fender", "ferry", "frigate", "funnel",
    "galley", "gangway", "halyard", "harbour", "hatch", "hawser", "helm", "hull", "jetty", "jib",
    "junk", "keel", "ketch", "knot", "lantern", "ledger", "lighter", "lugger", "mast", "mizzen",
    "mooring", "oar", "pennant", "pilot", "pier", "pinnace", "port", "prow", "quay", "raft",
    "rigging", "rudder", "sail", "schooner", "sextant", "sheet", "shroud", "skiff", "sloop", "spar",
    "stern", "tackle", "tender", "tiller", "topsail", "trawler", "tug", "wharf", "winch", "yawl"
  };

  private RandomNames() {}

  /** A name to try; after several were taken, a digit makes the choice larger. */
  static String next(RandomGenerator random, int attempt) {
    String name =
        QUALITIES[random.nextInt(QUALITIES.length)] + "_" + WORDS[random.nextInt(WORDS.length)];
    return attempt == 0 ? name : name + random.nextInt(10 * attempt);
  }
}
