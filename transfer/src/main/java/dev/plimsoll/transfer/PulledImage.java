package dev.plimsoll.transfer;

import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.ImageManifest;
import java.util.List;

/** What a pull has brought; the layers are in the sink. */
public final class PulledImage {
  private final ManifestContent target;
  private final ManifestContent image;
  private final byte[] config;

  PulledImage(ManifestContent target, ManifestContent image, byte[] config) {
    this.target = target;
    this.image = image;
    this.config = config;
  }

  /**
   * What the name stands for: the image's manifest or the index it was chosen from. Its digest is
   * the one {@code docker pull} prints and the one in {@code RepoDigests}.
   */
  public ManifestContent target() {
    return target;
  }

  /** The manifest of the image for the platform; the same as {@link #target()} without an index. */
  public ManifestContent image() {
    return image;
  }

  /** The layers, lowest first. */
  public List<Descriptor> layers() {
    return ((ImageManifest) image.manifest()).layers();
  }

  /** The image's configuration, exactly as it came; its digest is the image's id. A copy. */
  public byte[] config() {
    return config.clone();
  }
}
