package dev.plimsoll.engine.api;

import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Moments in parameters: unix seconds with up to nine decimals, as the docker client sends all of
 * them, or RFC 3339.
 */
final class Timestamps {
  private static final Pattern UNIX = Pattern.compile("(-?[0-9]{1,11})(?:\\.([0-9]{1,9})0*)?");
  private static final int NANO_DIGITS = 9;

  private Timestamps() {}

  /** The moment that a parameter names, empty if it is absent, empty or 0. */
  static Optional<Instant> instant(ApiRequest request, String parameter) {
    return request
        .query(parameter)
        .filter(text -> !text.equals("0"))
        .map(text -> parse(parameter, text));
  }

  private static Instant parse(String parameter, String text) {
    try {
      Matcher unix = UNIX.matcher(text);
      if (unix.matches()) {
        String decimals = unix.group(2) == null ? "" : unix.group(2);
        String nanos = decimals + "0".repeat(NANO_DIGITS - decimals.length());
        return Instant.ofEpochSecond(Long.parseLong(unix.group(1)), Long.parseLong(nanos));
      }
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw new BadParameter(
          "invalid value for %s: \"%s\" is neither unix seconds nor RFC 3339"
              .formatted(parameter, text),
          e);
    }
  }
}
