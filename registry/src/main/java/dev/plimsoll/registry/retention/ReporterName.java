package dev.plimsoll.registry.retention;

import java.util.regex.Pattern;

/** Who reports what is deployed: a host or a service, by a name of its own choosing. */
public record ReporterName(String value) implements Comparable<ReporterName> {
  private static final Pattern GRAMMAR = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{0,127}");

  public ReporterName {
    if (!GRAMMAR.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "not a reporter's name: \"%s\"; it has up to 128 letters, digits, dots, dashes and"
                  .formatted(value.length() > 140 ? value.substring(0, 140) + "…" : value)
              + " underscores, and begins with a letter or digit");
    }
  }

  @Override
  public int compareTo(ReporterName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
