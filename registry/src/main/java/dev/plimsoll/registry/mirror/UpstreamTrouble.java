package dev.plimsoll.registry.mirror;

import java.time.Duration;

/** An upstream that gave no good answer; the message is a sentence about it. */
final class UpstreamTrouble extends Exception {
  private static final long serialVersionUID = 1L;

  /** What kind of trouble it is. */
  enum Kind {
    /** Not reached, broken off, too slow, or an answer that says that something is wrong there. */
    DOWN,
    /** It wants to be left alone for a while. */
    BUSY,
    /** It does not let us. */
    REFUSED,
    /** What it sent is not what it should be. */
    GARBAGE,
    /** It has no such thing. */
    ABSENT
  }

  private final Kind kind;
  private final Duration pause;

  UpstreamTrouble(Kind kind, String message, Throwable cause) {
    this(kind, message, cause, Duration.ZERO);
  }

  UpstreamTrouble(Kind kind, String message, Throwable cause, Duration pause) {
    super(message, cause);
    this.kind = kind;
    this.pause = pause;
  }

  /** It has said that it wants to be left alone, and is not asked. */
  UpstreamTrouble(String message, Duration pause) {
    super(message);
    this.kind = Kind.BUSY;
    this.pause = pause;
  }

  Kind kind() {
    return kind;
  }

  /** How long it wants to be left alone; zero if it does not say. */
  Duration pause() {
    return pause;
  }

  /** Whether everything else that is asked of this upstream now will end the same way. */
  boolean concernsAll() {
    return kind == Kind.DOWN || kind == Kind.BUSY;
  }
}
