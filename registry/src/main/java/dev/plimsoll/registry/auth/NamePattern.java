package dev.plimsoll.registry.auth;

import java.util.regex.Pattern;

/**
 * A pattern for the names of repositories or tags: {@code *} is any run of characters within a path
 * component, {@code **} any run at all, {@code ?} one character, all else stands for itself.
 * {@code team/**} is everything below {@code team}, not {@code team} itself.
 */
public final class NamePattern {
  private static final int LENGTH_MAX = 255;
  private static final int STARS_MAX = 8; // each costs another look at the rest of a name
  private static final Pattern GRAMMAR = Pattern.compile("[A-Za-z0-9._/*?-]+");

  /** Every name there is. */
  public static final NamePattern EVERYTHING = parse("**"); // after the constants it is read by

  private final String text;
  private final Pattern compiled;

  private NamePattern(String text, Pattern compiled) {
    this.text = text;
    this.compiled = compiled;
  }

  /** Reads one; throws {@link IllegalArgumentException} with a sentence. */
  public static NamePattern parse(String text) {
    if (text.length() > LENGTH_MAX || !GRAMMAR.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "\"%s\" is no pattern: it may hold letters, digits, . _ - / and the signs * ** ?"
              .formatted(text));
    }
    // ** and then * say no more than ** alone, and cost a search through both.
    String plain = text.replaceAll("\\*{2,}", "**");
    if (plain.replace("**", "*").chars().filter(c -> c == '*').count() > STARS_MAX) {
      throw new IllegalArgumentException(
          "\"%s\" has more than %d stars; say it with fewer".formatted(text, STARS_MAX));
    }
    return new NamePattern(text, compile(plain));
  }

  private static Pattern compile(String text) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '*' && i + 1 < text.length() && text.charAt(i + 1) == '*') {
        regex.append(".*");
        i++;
      } else if (c == '*') {
        regex.append("[^/]*");
      } else if (c == '?') {
        regex.append("[^/]");
      } else {
        regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return Pattern.compile(regex.toString());
  }

  public boolean matches(String name) {
    return compiled.matcher(name).matches();
  }

  /** Whether it leaves nothing out, whatever comes. */
  public boolean matchesEverything() {
    return text.equals("**");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NamePattern pattern && pattern.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
