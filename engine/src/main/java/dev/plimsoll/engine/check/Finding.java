package dev.plimsoll.engine.check;

/**
 * Something that is not as it should be.
 *
 * @param id as the API has it: a digest, a container's id, a volume's name
 * @param what a sentence
 */
public record Finding(Kind kind, String id, String what, Outcome outcome) {

  /** What it is about. */
  public enum Kind {
    DATABASE,
    LAYER,
    BLOB,
    IMAGE,
    CONTAINER,
    VOLUME
  }

  /** What has become of it. */
  public enum Outcome {
    /** It stays as it is until somebody does what the sentence says. */
    DAMAGED,
    /** It could not be had back. */
    LOST,
    /** It takes room, belongs to nothing, and goes with the next start of the engine. */
    LEFT_OVER,
    /** It is as it should be again. */
    MENDED,
    /** It has its row again. */
    RESTORED,
    /** It was gone, and now nothing speaks of it any more. */
    DROPPED;

    /** Whether somebody has to know. */
    public boolean bad() {
      return this == DAMAGED || this == LOST;
    }
  }
}
