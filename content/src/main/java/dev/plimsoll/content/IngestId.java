package dev.plimsoll.content;

import java.util.regex.Pattern;

/** The name of an ingest, 128 random bits in hexadecimal; nobody guesses another's. */
public record IngestId(String value) {
  private static final Pattern VALUE = Pattern.compile("[0-9a-f]{32}");

  public IngestId {
    if (!VALUE.matcher(value).matches()) {
      throw new IllegalArgumentException("not an ingest: \"" + value + "\"");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
