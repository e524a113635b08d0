package dev.plimsoll.engine.image;

import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageManifest;
import dev.plimsoll.oci.Json;
import dev.plimsoll.oci.Manifest;
import dev.plimsoll.oci.MediaTypes;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The manifest an image is sent with: the one it came with if it is whole, else a new one. */
final class ImageManifests {
  private final ImageStore store;
  private final PackedLayers packed;

  ImageManifests(ImageStore store) {
    this.store = store;
    this.packed = new PackedLayers(store);
  }

  /** The blobs that the manifest names are here, and {@code lease} keeps them. */
  ManifestBytes of(Image image, Lease lease) throws IOException, InterruptedException {
    Optional<ManifestBytes> original = original(image.id(), lease);
    return original.isPresent() ? original.get() : made(image, packed.of(image.id(), lease));
  }

  private Optional<ManifestBytes> original(ImageId id, Lease lease) throws IOException {
    for (ManifestBytes manifest :
        store.database().read(handle -> ImageRows.manifests(handle, id))) {
      if (whole(manifest, lease)) {
        return Optional.of(manifest);
      }
    }
    return Optional.empty();
  }

  private boolean whole(ManifestBytes manifest, Lease lease) throws IOException {
    for (Descriptor layer : layers(manifest)) {
      if (!store.blobs().take(layer.digest(), lease)) {
        return false;
      }
    }
    return true;
  }

  static List<Descriptor> layers(ManifestBytes manifest) {
    return ((ImageManifest) Manifest.parse(manifest.content(), manifest.mediaType())).layers();
  }

  /** Docker's schema 2 where it can say it; zstd needs an OCI manifest. */
  private ManifestBytes made(Image image, List<Descriptor> layers) throws IOException {
    boolean oci = layers.stream().anyMatch(l -> l.mediaType().equals(MediaTypes.OCI_LAYER_ZSTD));
    String mediaType = oci ? MediaTypes.OCI_MANIFEST : MediaTypes.DOCKER_MANIFEST;
    byte[] config = store.config(image.id());
    Map<String, Object> manifest = new LinkedHashMap<>();
    manifest.put("schemaVersion", 2);
    manifest.put("mediaType", mediaType);
    manifest.put(
        "config",
        descriptor(
            oci ? MediaTypes.OCI_CONFIG : MediaTypes.DOCKER_CONFIG,
            image.id().digest(),
            config.length));
    manifest.put(
        "layers",
        layers.stream().map(l -> descriptor(layerType(l, oci), l.digest(), l.size())).toList());
    byte[] bytes = Json.write(manifest);
    return new ManifestBytes(Digest.sha256(bytes), mediaType, bytes);
  }

  private static String layerType(Descriptor layer, boolean oci) {
    boolean docker = layer.mediaType().equals(MediaTypes.DOCKER_LAYER_GZIP);
    return oci && docker ? MediaTypes.OCI_LAYER_GZIP : layer.mediaType();
  }

  private static Map<String, Object> descriptor(String mediaType, Digest digest, long sizeBytes) {
    Map<String, Object> descriptor = new LinkedHashMap<>();
    descriptor.put("mediaType", mediaType);
    descriptor.put("size", sizeBytes);
    descriptor.put("digest", digest.toString());
    return descriptor;
  }
}
