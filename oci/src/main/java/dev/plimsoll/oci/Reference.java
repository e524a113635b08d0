package dev.plimsoll.oci;

/**
 * What a manifest is asked for by: a {@link Tag} that may move, or a {@link Digest} that cannot.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests">
 *     OCI distribution-spec 1.1.1, Pulling manifests</a>
 */
public sealed interface Reference permits Digest, Tag {

  /**
   * Reads a reference as it stands in a URL. A colon cannot be part of a tag, so its presence
   * decides.
   *
   * @throws IllegalArgumentException if {@code text} is neither
   */
  static Reference parse(String text) {
    return text.indexOf(':') >= 0 ? Digest.parse(text) : new Tag(text);
  }
}
