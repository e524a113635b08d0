package dev.plimsoll.registry.retention;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/** What a rule keeps of all that it is about; the rest goes. */
public sealed interface Keep {

  /** All of it, so that the rules behind have no say. */
  record Everything() implements Keep {}

  /**
   * What any of these is true of.
   *
   * @param newest so many of the tags of one repository
   * @param pushedWithin pushed, or moved there, less long ago
   * @param pulledWithin pulled less long ago; what was never pulled counts from its push
   * @param untaggedWithin without a tag for less long
   */
  record These(
      OptionalInt newest,
      Order order,
      Optional<Duration> pushedWithin,
      Optional<Duration> pulledWithin,
      Optional<Duration> untaggedWithin)
      implements Keep {

    /** Nothing at all: such a rule is only good for a dry run. */
    public static final These NOTHING =
        new These(
            OptionalInt.empty(),
            Order.PUSHED,
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
  }

  /** What makes a tag newer than another. */
  enum Order {
    /** The time of its push. */
    PUSHED,
    /** Its version; the rule is then only about tags that are versions. */
    VERSION
  }
}
