package dev.plimsoll.engine.image;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What containers need of images. Safe for many threads. */
public interface Images {

  /**
   * The image that a user means: a name (with {@code latest} where no tag is written), a name with
   * a digest, an id with or without {@code sha256:}, or a beginning of an id that only one image
   * has.
   *
   * @throws dev.plimsoll.engine.refusal.EngineException.NotFound "No such image: …"
   * @throws dev.plimsoll.engine.refusal.EngineException.BadParameter "invalid reference format" if
   *     it can be no image's name
   */
  Image find(String nameOrId) throws IOException;

  /** The image of that id; {@code NotFound} if there is none. */
  Image get(ImageId id) throws IOException;

  /**
   * The directories to mount as {@code lowerdir}, the top layer first; whiteouts are in overlay
   * form. They stay as long as the image is there, held, or used by a container.
   */
  List<Path> lowerDirectories(ImageId id) throws IOException;

  /**
   * The layer directory whose owner and mode the root of a container has: the topmost layer that
   * says something of it. The upper directory of an overlay must be given the same, because the
   * root of the merged tree shows the upper's.
   */
  Path rootDirectory(ImageId id) throws IOException;

  /** Keeps the image's layers until the hold is closed; {@code NotFound} if it is gone already. */
  ImageHold hold(ImageId id) throws IOException;

  /** Notes that the image was used just now: call it when a container of it starts or stops. */
  void markUsed(ImageId id) throws IOException;

  /**
   * Says that a container of the image was removed, so that the layers of an image that was removed
   * earlier can go. Costs nothing if the image is still in the list.
   */
  void released(ImageId id) throws IOException;
}
