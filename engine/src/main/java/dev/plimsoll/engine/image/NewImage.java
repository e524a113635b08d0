package dev.plimsoll.engine.image;

import dev.plimsoll.engine.layer.Layer;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageName;
import java.util.List;
import java.util.Optional;

/**
 * An image whose layers are all here, about to get its row.
 *
 * @param config the bytes whose digest is the id
 * @param layers lowest first
 * @param names that it comes with; others may follow
 * @param manifests that name its config, as far as it came with any
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares these
record NewImage(
    byte[] config,
    List<Part> layers,
    String createdFrom,
    Optional<ImageId> parent,
    List<ImageName> names,
    List<ManifestBytes> manifests) {

  /** A layer and, where it came as one, the blob it was unpacked from. */
  record Part(Layer layer, Optional<Digest> blob) {}

  ImageId id() {
    return new ImageId(Digest.sha256(config));
  }
}
