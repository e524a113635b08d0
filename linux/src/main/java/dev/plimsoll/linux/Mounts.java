package dev.plimsoll.linux;

import java.io.IOException;
import java.nio.file.Path;

/** Mounting, as Linux does it: {@code mount(2)}, {@code fsopen(2)} and their family. */
public final class Mounts {
  private Mounts() {}

  /** Mounts {@code overlay} at {@code target}. */
  public static void overlay(Overlay overlay, Path target) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** {@code target} shows what {@code source} is; what is mounted below {@code source} is not seen. */
  public static void bind(Path source, Path target) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** As {@link #bind}, with all that is mounted below {@code source}. */
  public static void bindTree(Path source, Path target) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** A new file system of {@code type}, such as {@code tmpfs} or {@code proc}. */
  public static void mount(
      String type, String source, Path target, String options, MountFlag... flags)
      throws IOException {
    throw new UnsupportedOperationException();
  }

  /** An empty file system in memory; {@code options} as {@code size=64m,mode=1777}. */
  public static void tmpfs(Path target, String options, MountFlag... flags) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Adds {@code flags} to the mount at {@code target}, and keeps those it has. */
  public static void restrict(Path target, MountFlag... flags) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** As {@link #restrict}, for all mounts below too: Linux 5.12. */
  public static void restrictTree(Path target, MountFlag... flags) throws IOException {
    throw new UnsupportedOperationException();
  }

  public static void propagate(Path target, Propagation propagation) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** As {@link #propagate}, for all mounts below too. */
  public static void propagateTree(Path target, Propagation propagation) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Takes the mount away now, or fails with EBUSY. */
  public static void unmount(Path target) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Takes the mount out of the tree at once; the kernel frees it when its last user is gone. */
  public static void detach(Path target) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Unmounts, detaches what stays busy; nothing mounted there is no failure. */
  public static void release(Path target) throws IOException {
    throw new UnsupportedOperationException();
  }
}
