package dev.plimsoll.content;

import dev.plimsoll.oci.Digest;
import java.util.regex.Pattern;

/**
 * The physical name of stored bytes: what they are, and which storing of them is meant. Every commit
 * makes a generation of its own, 64 random bits, so that a name is never used twice.
 */
public record BlobKey(Digest digest, String generation) {
  private static final Pattern GENERATION = Pattern.compile("[0-9a-f]{16}");

  public BlobKey {
    if (!GENERATION.matcher(generation).matches()) {
      throw new IllegalArgumentException("not a generation: \"" + generation + "\"");
    }
  }

  /** Reads {@code algorithm:hex-generation}, as {@link #toString()} writes it. */
  public static BlobKey parse(String text) {
    int dash = text.lastIndexOf('-');
    if (dash < 0) {
      throw new IllegalArgumentException("not a blob key: \"" + text + "\"");
    }
    return new BlobKey(Digest.parse(text.substring(0, dash)), text.substring(dash + 1));
  }

  @Override
  public String toString() {
    return digest + "-" + generation;
  }
}
