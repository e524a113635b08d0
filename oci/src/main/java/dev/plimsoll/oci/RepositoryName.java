package dev.plimsoll.oci;

import java.util.regex.Pattern;

/**
 * The name of a repository in a registry, such as {@code team/app}: lower-case path components
 * joined by slashes, at most 255 characters, so it can never climb out of anything.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests">
 *     OCI distribution-spec 1.1.1, the grammar of a name</a>
 */
public record RepositoryName(String value) implements Comparable<RepositoryName> {
  private static final int LENGTH_MAX = 255;
  // Possessive quantifiers: a hostile name costs one pass, not an exponential search.
  private static final String COMPONENT = "[a-z0-9]++(?:(?:\\.|_{1,2}|-++)[a-z0-9]++)*+";
  private static final Pattern GRAMMAR = Pattern.compile(COMPONENT + "(?:/" + COMPONENT + ")*+");

  public RepositoryName {
    if (value.length() > LENGTH_MAX) {
      throw new IllegalArgumentException(
          "a repository name has at most %d characters, this one has %d: \"%s…\""
              .formatted(LENGTH_MAX, value.length(), value.substring(0, 40)));
    }
    if (!GRAMMAR.matcher(value).matches()) {
      throw new IllegalArgumentException("not a repository name: \"" + value + "\"");
    }
  }

  @Override
  public int compareTo(RepositoryName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
