package dev.plimsoll.engine.image;

import dev.plimsoll.engine.layer.Layer;
import dev.plimsoll.oci.Digest;
import java.util.List;
import java.util.Optional;

/**
 * An image whose layers are all here, about to get its row.
 *
 * @param config the bytes whose digest is the id
 * @param layers lowest first
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares these
record NewImage(byte[] config, List<Part> layers, String createdFrom, Optional<ImageId> parent) {

  /** A layer and, where it came as one, the blob it was unpacked from. */
  record Part(Layer layer, Optional<Digest> blob) {}

  ImageId id() {
    return new ImageId(Digest.sha256(config));
  }
}
