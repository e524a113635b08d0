package dev.plimsoll.docker;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A version of the Docker Engine API, written {@code 1.51}. */
public record ApiVersion(int major, int minor) implements Comparable<ApiVersion> {
  /** Docker 1.12, the oldest that is still answered. */
  public static final ApiVersion OLDEST = new ApiVersion(1, 24);

  /** Docker 28, and what a path without a version means. */
  public static final ApiVersion NEWEST = new ApiVersion(1, 51);

  private static final Pattern TEXT = Pattern.compile("([0-9]{1,4})\\.([0-9]{1,4})");

  /** Reads {@code 1.51}; throws {@link IllegalArgumentException} on anything else. */
  public static ApiVersion parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a version of the API: \"" + text + "\"");
    }
    return new ApiVersion(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }

  /** Whether this is version {@code 1.minor} or newer. */
  public boolean atLeast(int minor) {
    return compareTo(new ApiVersion(1, minor)) >= 0;
  }

  @Override
  public int compareTo(ApiVersion other) {
    return Comparator.comparingInt(ApiVersion::major)
        .thenComparingInt(ApiVersion::minor)
        .compare(this, other);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
