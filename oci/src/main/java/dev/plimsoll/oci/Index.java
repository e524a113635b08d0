package dev.plimsoll.oci;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A list of manifests, usually one for each platform.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md">OCI
 *     image-spec 1.1.1, Image index</a>
 */
public record Index(
    String mediaType,
    Optional<String> artifactType,
    List<Descriptor> manifests,
    Optional<Descriptor> subject,
    Map<String, String> annotations)
    implements Manifest {

  public Index {
    manifests = List.copyOf(manifests);
    annotations = Map.copyOf(annotations);
  }

  @Override
  public List<Descriptor> references() {
    return manifests;
  }
}
