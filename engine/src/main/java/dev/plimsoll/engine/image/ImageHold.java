package dev.plimsoll.engine.image;

/**
 * Keeps an image's layers on disk until closed, also if the image is removed meanwhile: what a
 * container is made under, until the container itself is seen by {@link ImageUsers}.
 */
public interface ImageHold extends AutoCloseable {
  @Override
  void close();
}
