package dev.plimsoll.engine.image;

import java.util.List;

/**
 * Who uses images: the containers, seen from here. Asked before an image is removed, so it must
 * answer from memory and never wait for a container.
 */
public interface ImageUsers {

  /** Nobody: for an engine without containers. */
  ImageUsers NOBODY = image -> List.of();

  /** A container made from the image that was asked about. */
  record User(String containerId, State state) {
    public enum State {
      RUNNING,
      STOPPED
    }
  }

  /** The containers of {@code image}, paused ones as running. */
  List<User> containersUsing(ImageId image);
}
