package dev.plimsoll.registry.mirror;

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

  UpstreamTrouble(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  UpstreamTrouble(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  Kind kind() {
    return kind;
  }

  /** Whether everything else that is asked of this upstream now will end the same way. */
  boolean concernsAll() {
    return kind == Kind.DOWN || kind == Kind.BUSY;
  }
}
