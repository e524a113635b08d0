package dev.plimsoll.registry.repository;

import java.util.regex.Pattern;

/** The name of an upload in progress, unguessable and never used again. */
public record UploadId(String value) {
  private static final Pattern GRAMMAR = Pattern.compile("[a-zA-Z0-9-]{1,64}");

  public UploadId {
    if (!GRAMMAR.matcher(value).matches()) {
      throw new IllegalArgumentException("not an upload: \"" + value + "\"");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
