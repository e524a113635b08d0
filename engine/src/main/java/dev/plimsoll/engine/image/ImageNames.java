package dev.plimsoll.engine.image;

import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.oci.ImageName;
import dev.plimsoll.oci.Tag;

/** Names of images as users write them; what is none is refused in dockerd's words. */
public final class ImageNames {
  private ImageNames() {}

  /** Reads a name; {@link BadParameter} "invalid reference format" on anything else. */
  public static ImageName parse(String text) {
    return ImageLookup.parse(text);
  }

  /** Reads a tag; {@link BadParameter} "invalid tag format" on anything else. */
  public static Tag tag(String text) {
    return ImageStore.tag(text);
  }
}
