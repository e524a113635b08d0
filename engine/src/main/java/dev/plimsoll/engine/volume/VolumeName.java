package dev.plimsoll.engine.volume;

import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * A volume's name: two characters at least (one would be a drive letter to Docker), so that no path
 * hides in it, and none begins with the dot of our own names beside it.
 */
record VolumeName(String value) {
  private static final Pattern LEGAL = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]+");

  /** The longest name a directory can have on Linux. */
  private static final int LENGTH_MAX = 255;

  private static final int ANONYMOUS_BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  VolumeName {
    if (value.length() < 2) {
      throw new BadParameter(
          "create %s: volume name is too short, names should be at least two alphanumeric characters"
              .formatted(value));
    }
    if (value.length() > LENGTH_MAX) {
      throw new BadParameter(
          "create %s: volume name is too long, %d characters are possible"
              .formatted(value, LENGTH_MAX));
    }
    if (!LEGAL.matcher(value).matches()) {
      throw new BadParameter(
          ("create %s: \"%s\" includes invalid characters for a local volume name, only"
                  + " \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host"
                  + " directory, use absolute path")
              .formatted(value, value));
    }
  }

  /** A name that nobody has chosen: 64 hexadecimal digits. */
  static VolumeName anonymous() {
    byte[] bytes = new byte[ANONYMOUS_BYTES];
    RANDOM.nextBytes(bytes);
    return new VolumeName(HexFormat.of().formatHex(bytes));
  }

  @Override
  public String toString() {
    return value;
  }
}
