package dev.plimsoll.registry.auth;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** So many in so long, such as {@code 600/m}; all of them may come at once. */
public record Rate(int most, Duration per) {
  private static final Pattern GRAMMAR = Pattern.compile("([1-9][0-9]{0,8})/([smhd])");

  /** Reads one; throws {@link IllegalArgumentException} with a sentence. */
  public static Rate parse(String text) {
    Matcher matcher = GRAMMAR.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "\"%s\" is no rate; write a number and s, m, h or d, such as 600/m".formatted(text));
    }
    Duration per =
        switch (matcher.group(2)) {
          case "s" -> Duration.ofSeconds(1);
          case "m" -> Duration.ofMinutes(1);
          case "h" -> Duration.ofHours(1);
          default -> Duration.ofDays(1);
        };
    return new Rate(Integer.parseInt(matcher.group(1)), per);
  }

  Duration perOne() {
    return per.dividedBy(most);
  }
}
