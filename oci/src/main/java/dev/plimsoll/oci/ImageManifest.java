package dev.plimsoll.oci;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One image, or one artifact in the shape of an image: a config and layers, lowest first.
 *
 * @param declaredArtifactType as written in the manifest
 */
public record ImageManifest(
    String mediaType,
    Optional<String> declaredArtifactType,
    Descriptor config,
    List<Descriptor> layers,
    Optional<Descriptor> subject,
    Map<String, String> annotations)
    implements Manifest {

  public ImageManifest {
    layers = List.copyOf(layers);
    annotations = Map.copyOf(annotations);
  }

  @Override
  public Optional<String> artifactType() {
    return declaredArtifactType
        .filter(type -> !type.isEmpty())
        .or(() -> Optional.of(config.mediaType()).filter(type -> !type.isEmpty()));
  }

  /** The config and the layers, each once per mention. */
  @Override
  public List<Descriptor> references() {
    List<Descriptor> all = new ArrayList<>(layers.size() + 1);
    all.add(config);
    all.addAll(layers);
    return all;
  }
}
