package dev.plimsoll.registry.auth;

import java.time.Duration;
import java.util.Locale;

/**
 * How clients sign in.
 *
 * @param challenge what a client without credentials is asked for; both are always taken
 * @param tokenLife how long a token of ours is good
 */
public record Sessions(Challenge challenge, Duration tokenLife) {
  private static final Duration LIFE_MIN = Duration.ofMinutes(1); // Docker counts on as much
  private static final Duration LIFE_MAX = Duration.ofHours(1);

  public static final Sessions DEFAULT = new Sessions(Challenge.TOKEN, Duration.ofMinutes(5));

  /** What {@code WWW-Authenticate} asks for. */
  public enum Challenge {
    TOKEN,
    BASIC;

    static Challenge parse(String text) {
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "token" -> TOKEN;
        case "basic" -> BASIC;
        default ->
            throw new IllegalArgumentException(
                "\"%s\" is no way to sign in; write token or basic".formatted(text));
      };
    }
  }

  public Sessions {
    if (tokenLife.compareTo(LIFE_MIN) < 0 || tokenLife.compareTo(LIFE_MAX) > 0) {
      throw new IllegalArgumentException(
          "a token is good for 1m to 1h, not for %ss".formatted(tokenLife.toSeconds()));
    }
  }
}
