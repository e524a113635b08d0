package dev.plimsoll.engine.image;

import dev.plimsoll.oci.Digest;

/** An image's identity: the digest of its configuration's bytes, written {@code sha256:85f0…}. */
public record ImageId(Digest digest) implements Comparable<ImageId> {
  private static final int SHORT_LENGTH = 12;

  /** Reads {@code sha256:<64 hex>}; throws {@link IllegalArgumentException} on anything else. */
  public static ImageId parse(String text) {
    return new ImageId(Digest.parse(text));
  }

  /** The first twelve hexadecimal digits, as {@code docker images} shows them. */
  public String shortText() {
    return digest.hex().substring(0, SHORT_LENGTH);
  }

  @Override
  public int compareTo(ImageId other) {
    return digest.compareTo(other.digest);
  }

  @Override
  public String toString() {
    return digest.toString();
  }
}
