package dev.plimsoll.linux;

/**
 * Something that was tried on this machine, for {@code plimsoll doctor}.
 *
 * @param subject what was tried, as {@code overlay}
 * @param detail what was seen, or what is missing and what to do about it
 */
public record Finding(String subject, Level level, String detail) {

  /** How bad it is. */
  public enum Level {
    /** As it should be. */
    GOOD,
    /** Plimsoll works, but not with this, or more slowly. */
    LIMITED,
    /** Plimsoll's engine cannot work so. */
    MISSING
  }

  public static Finding good(String subject, String detail) {
    return new Finding(subject, Level.GOOD, detail);
  }

  public static Finding limited(String subject, String detail) {
    return new Finding(subject, Level.LIMITED, detail);
  }

  public static Finding missing(String subject, String detail) {
    return new Finding(subject, Level.MISSING, detail);
  }
}
