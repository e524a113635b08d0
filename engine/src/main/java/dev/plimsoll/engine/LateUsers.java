package dev.plimsoll.engine;

import dev.plimsoll.engine.image.ImageId;
import dev.plimsoll.engine.image.ImageUsers;
import java.util.List;

/** Who uses images, once there is somebody: images are opened before the containers made from them. */
final class LateUsers implements ImageUsers {
  private volatile ImageUsers users = ImageUsers.NOBODY;

  void set(ImageUsers known) {
    users = known;
  }

  @Override
  public List<User> containersUsing(ImageId image) {
    return users.containersUsing(image);
  }
}
