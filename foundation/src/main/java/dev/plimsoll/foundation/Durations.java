package dev.plimsoll.foundation;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 7d}, {@code 1h30m}, {@code 500ms}. */
public final class Durations {
  private static final Pattern PART = Pattern.compile("([0-9]{1,12})(ms|d|h|m|s)");

  private Durations() {}

  /**
   * Reads a duration: one or more numbers, each with its unit.
   *
   * @throws IllegalArgumentException with the text and an example if it is not one
   */
  public static Duration parse(String text) {
    String rest = text.strip().toLowerCase(Locale.ROOT);
    if (rest.equals("0")) {
      return Duration.ZERO;
    }
    Matcher part = PART.matcher(rest);
    Duration total = Duration.ZERO;
    int read = 0;
    while (part.find() && part.start() == read) {
      long number = Long.parseLong(part.group(1));
      total =
          total.plus(
              switch (part.group(2)) {
                case "d" -> Duration.ofDays(number);
                case "h" -> Duration.ofHours(number);
                case "m" -> Duration.ofMinutes(number);
                case "s" -> Duration.ofSeconds(number);
                default -> Duration.ofMillis(number);
              });
      read = part.end();
    }
    if (read == 0 || read != rest.length()) {
      throw new IllegalArgumentException(
          "not a duration: \"%s\" (write for example 7d, 1h30m or 500ms)".formatted(text));
    }
    return total;
  }

  /** The shortest text that {@link #parse} reads back, to the millisecond. */
  public static String format(Duration duration) {
    StringBuilder text = new StringBuilder();
    append(text, duration.toDaysPart(), "d");
    append(text, duration.toHoursPart(), "h");
    append(text, duration.toMinutesPart(), "m");
    append(text, duration.toSecondsPart(), "s");
    append(text, duration.toMillisPart(), "ms");
    return text.isEmpty() ? "0" : text.toString();
  }

  private static void append(StringBuilder text, long number, String unit) {
    if (number != 0) {
      text.append(number).append(unit);
    }
  }
}
