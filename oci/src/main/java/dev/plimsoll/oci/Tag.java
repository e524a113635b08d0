package dev.plimsoll.oci;

/**
 * A name inside a repository that points at one manifest at a time.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests">
 *     OCI distribution-spec 1.1.1, the grammar of a tag</a>
 */
public record Tag(String value) implements Reference, Comparable<Tag> {
  private static final int LENGTH_MAX = 128;

  /** What Docker's clients mean when no tag is given. */
  public static final Tag LATEST = new Tag("latest");

  public Tag {
    if (!isTag(value)) {
      throw new IllegalArgumentException("not a tag: \"" + value + "\"");
    }
  }

  /** As {@code [a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}}, without the engine: lists have thousands of tags. */
  private static boolean isTag(String value) {
    if (value.isEmpty() || value.length() > LENGTH_MAX || !isWord(value.charAt(0))) {
      return false;
    }
    for (int i = 1; i < value.length(); i++) {
      char c = value.charAt(i);
      if (!isWord(c) && c != '.' && c != '-') {
        return false;
      }
    }
    return true;
  }

  private static boolean isWord(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
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
