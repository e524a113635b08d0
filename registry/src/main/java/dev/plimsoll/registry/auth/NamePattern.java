package dev.plimsoll.registry.auth;

import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
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

  /** Reads one for repositories; one that no repository's name can match is refused too. */
  static NamePattern ofRepositories(String text) {
    NamePattern pattern = parse(text);
    try {
      new RepositoryName(sample(text));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "\"%s\" matches no repository: a name is lower case, parts between slashes, each begins"
                  .formatted(text)
              + " and ends with a letter or digit",
          e);
    }
    return pattern;
  }

  /** Reads one for tags; one that no tag can match is refused too. */
  static NamePattern ofTags(String text) {
    NamePattern pattern = parse(text);
    try {
      new Tag(sample(text));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "\"%s\" matches no tag: a tag has no slash and begins with no dot or dash"
              .formatted(text),
          e);
    }
    return pattern;
  }

  /** A name that matches, and is legal if any is: all that is not a sign stands in every one. */
  private static String sample(String text) {
    return text.replaceAll("\\*+|\\?", "a");
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
