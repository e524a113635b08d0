package dev.plimsoll.transfer;

import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Manifest;

/**
 * A manifest and the very bytes it was read from, which are its identity.
 *
 * @see #of(byte[], String)
 */
public final class ManifestContent {
  private final Descriptor descriptor;
  private final Manifest manifest;
  private final byte[] bytes;

  private ManifestContent(Descriptor descriptor, Manifest manifest, byte[] bytes) {
    this.descriptor = descriptor;
    this.manifest = manifest;
    this.bytes = bytes;
  }

  /**
   * Reads a manifest; its digest is the bytes' sha256.
   *
   * @param mediaType as told by whoever sent it; empty if not told
   * @throws IllegalArgumentException if it is none, with the reason
   */
  public static ManifestContent of(byte[] bytes, String mediaType) {
    return of(bytes, mediaType, Digest.Algorithm.SHA256);
  }

  static ManifestContent of(byte[] bytes, String mediaType, Digest.Algorithm algorithm) {
    Manifest manifest = Manifest.parse(bytes, mediaType);
    Digest digest = Digest.of(algorithm, bytes);
    return new ManifestContent(
        new Descriptor(manifest.mediaType(), digest, bytes.length), manifest, bytes.clone());
  }

  public Descriptor descriptor() {
    return descriptor;
  }

  public Digest digest() {
    return descriptor.digest();
  }

  public Manifest manifest() {
    return manifest;
  }

  /** A copy. */
  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public String toString() {
    return descriptor.mediaType() + " " + descriptor.digest();
  }
}
