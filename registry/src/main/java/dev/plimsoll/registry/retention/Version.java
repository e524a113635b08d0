package dev.plimsoll.registry.retention;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A tag that is a version: {@code 1.4.2}, {@code v2}, {@code 1.5.0-rc.1}, ordered as Semantic
 * Versioning 2.0.0 orders them. Missing numbers count as 0; what follows an underscore, which stands
 * for a plus sign in tags, makes no difference.
 *
 * @see <a href="https://semver.org/spec/v2.0.0.html#spec-item-11">Semantic Versioning 2.0.0, 11</a>
 */
record Version(List<BigInteger> numbers, List<String> preRelease) implements Comparable<Version> {
  private static final int NUMBERS_MAX = 4;
  private static final Pattern GRAMMAR =
      Pattern.compile(
          "[vV]?([0-9]{1,40}(?:\\.[0-9]{1,40}){0,3}+)(?:-([0-9A-Za-z.-]++))?+(?:_[\\w.-]*+)?+");

  /** Empty if the tag is no version. */
  static Optional<Version> of(String tag) {
    Matcher parts = GRAMMAR.matcher(tag);
    if (!parts.matches()) {
      return Optional.empty();
    }
    String pre = parts.group(2);
    return Optional.of(
        new Version(
            Arrays.stream(parts.group(1).split("\\.")).map(BigInteger::new).toList(),
            pre == null ? List.of() : List.of(pre.split("\\.", -1))));
  }

  @Override
  public int compareTo(Version other) {
    for (int i = 0; i < NUMBERS_MAX; i++) {
      int order = number(i).compareTo(other.number(i));
      if (order != 0) {
        return order;
      }
    }
    if (preRelease.isEmpty() || other.preRelease.isEmpty()) {
      return Boolean.compare(preRelease.isEmpty(), other.preRelease.isEmpty());
    }
    for (int i = 0; i < Math.min(preRelease.size(), other.preRelease.size()); i++) {
      int order = compare(preRelease.get(i), other.preRelease.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(preRelease.size(), other.preRelease.size());
  }

  private BigInteger number(int place) {
    return place < numbers.size() ? numbers.get(place) : BigInteger.ZERO;
  }

  /** Numbers by their value and before words; words by their letters. */
  private static int compare(String a, String b) {
    boolean numeric = isNumber(a);
    if (numeric != isNumber(b)) {
      return numeric ? -1 : 1;
    }
    return numeric ? new BigInteger(a).compareTo(new BigInteger(b)) : a.compareTo(b);
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
