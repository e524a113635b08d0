package dev.plimsoll.engine.image;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageName;

/** One thing that a removal has done. */
public sealed interface Removed {

  /** A name was taken from its image; a digest is a name too. */
  record Untagged(ImageName name) implements Removed {}

  /** An image is gone. */
  record Image(ImageId id) implements Removed {}

  /** A layer that only this image had is gone. */
  record Layer(Digest chainId) implements Removed {}
}
