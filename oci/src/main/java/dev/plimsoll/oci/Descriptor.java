package dev.plimsoll.oci;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A typed pointer to content: what it is, its digest and its size in bytes.
 *
 * @param size in bytes, never negative
 * @param data the content itself where it is small enough to be carried along, in base64
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md">OCI
 *     image-spec 1.1.1, Content descriptors</a>
 */
public record Descriptor(
    String mediaType,
    Digest digest,
    long size,
    List<String> urls,
    Map<String, String> annotations,
    Optional<String> data,
    Optional<String> artifactType,
    Optional<Platform> platform) {

  public Descriptor {
    if (size < 0) {
      throw new IllegalArgumentException(
          "the descriptor of %s has the size %d".formatted(digest, size));
    }
    urls = List.copyOf(urls);
    annotations = Map.copyOf(annotations);
  }

  public Descriptor(String mediaType, Digest digest, long size) {
    this(
        mediaType,
        digest,
        size,
        List.of(),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** The form on the wire, where everything may be missing. */
  record Wire(
      @Nullable String mediaType,
      @Nullable String digest,
      @Nullable Long size,
      @Nullable List<String> urls,
      @Nullable Map<String, String> annotations,
      @Nullable String data,
      @Nullable String artifactType,
      @Nullable Platform platform) {

    Descriptor checked(String where) {
      if (digest == null) {
        throw new IllegalArgumentException(where + " has no digest");
      }
      if (size == null) {
        throw new IllegalArgumentException(where + " has no size");
      }
      return new Descriptor(
          mediaType == null ? "" : mediaType,
          Digest.parse(digest),
          size,
          urls == null ? List.of() : urls,
          annotations == null ? Map.of() : annotations,
          Optional.ofNullable(data),
          Optional.ofNullable(artifactType),
          Optional.ofNullable(platform));
    }
  }
}
