package dev.plimsoll.oci;

import java.util.regex.Pattern;

/**
 * A name inside a repository that points at one manifest at a time.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests">
 *     OCI distribution-spec 1.1.1, the grammar of a tag</a>
 */
public record Tag(String value) implements Reference, Comparable<Tag> {
  private static final Pattern GRAMMAR = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");

  /** What Docker's clients mean when no tag is given. */
  public static final Tag LATEST = new Tag("latest");

  public Tag {
    if (!GRAMMAR.matcher(value).matches()) {
      throw new IllegalArgumentException("not a tag: \"" + value + "\"");
    }
  }

  @Override
  public int compareTo(Tag other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
