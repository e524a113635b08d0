package dev.plimsoll.engine.image;

import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.engine.refusal.EngineException.NotFound;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageName;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;

/** Finds out which image a user means; the order of attempts is dockerd's. */
final class ImageLookup {
  private static final Pattern ID = Pattern.compile("(?:sha256:)?([0-9a-f]{64})");
  private static final Pattern ID_BEGINNING = Pattern.compile("(?:sha256:)?([0-9a-f]{1,64})");

  private ImageLookup() {}

  static ImageId find(Handle handle, String text) {
    var whole = ID.matcher(text);
    if (whole.matches()) {
      ImageId id = new ImageId(Digest.parse("sha256:" + whole.group(1)));
      return ImageRows.find(handle, id).map(Image::id).orElseThrow(() -> noSuch(text));
    }
    Optional<ImageName> name = name(text);
    return name.flatMap(n -> byName(handle, n))
        .or(() -> byBeginning(handle, text))
        .orElseThrow(() -> noSuch(name.map(n -> n.withDefaultTag().familiar()).orElse(text)));
  }

  /** A short id with its algorithm is no name, and no malformed one either. */
  private static Optional<ImageName> name(String text) {
    return text.startsWith("sha256:") && ID_BEGINNING.matcher(text).matches()
        ? Optional.empty()
        : Optional.of(parse(text));
  }

  static Optional<ImageId> byName(Handle handle, ImageName name) {
    return name.digest().isPresent()
        ? ImageRows.withDigest(handle, name)
        : ImageRows.named(handle, name.withDefaultTag());
  }

  private static Optional<ImageId> byBeginning(Handle handle, String text) {
    var matcher = ID_BEGINNING.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    List<ImageId> found = ImageRows.beginning(handle, matcher.group(1));
    return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
  }

  /** Whether a user who wrote this meant an id rather than a name. */
  static boolean isIdOf(ImageId id, String text) {
    var matcher = ID_BEGINNING.matcher(text);
    return matcher.matches() && id.digest().hex().startsWith(matcher.group(1));
  }

  /** Reads a name; refused in dockerd's words. */
  static ImageName parse(String text) {
    try {
      return ImageName.parse(text);
    } catch (IllegalArgumentException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      String reason = String.valueOf(cause.getMessage());
      throw new BadParameter(
          reason.contains("must be lowercase")
              ? "invalid reference format: " + reason
              : "invalid reference format",
          e);
    }
  }

  static NotFound noSuch(String text) {
    return new NotFound("No such image: " + text);
  }
}
