package dev.plimsoll.engine.image;

/**
 * Hears what a long operation tells its user, in Docker's words. Called by several threads at once;
 * an implementation must be safe for that and must not fail when nobody listens any more.
 */
public interface Progress {
  /** Tells nobody. */
  Progress SILENT = new Progress() {};

  /** A line of its own, such as {@code Status: Downloaded newer image for busybox:latest}. */
  default void status(String text) {}

  /** A line about one thing: {@code latest: Pulling from library/busybox}. */
  default void status(String id, String text) {}

  /** The state of one layer, replacing the one before: {@code 9758c28807f2: Pull complete}. */
  default void layer(String id, String text) {}

  /** As {@link #layer(String, String)}, with how far it has got. */
  default void layer(String id, String text, long currentBytes, long totalBytes) {}

  /** Plain output, such as {@code Loaded image: busybox:latest}. */
  default void stream(String text) {}

  /** A value for programs: what a push ends with. */
  default void aux(Object value) {}
}
