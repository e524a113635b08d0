package dev.plimsoll.linux;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an overlay mount is made of.
 *
 * @param lower the read-only layers, the top one first; at least one
 * @param writable where changes go; a mount without it is read-only
 * @param options of overlayfs further, such as {@code volatile} or {@code index=off}
 */
public record Overlay(List<Path> lower, Optional<Writable> writable, List<String> options) {

  /**
   * Two directories of one file system. Overlayfs lets two mounts share them and then breaks both:
   * the caller sees to it that this does not happen.
   */
  public record Writable(Path upper, Path work) {}

  public Overlay {
    if (lower.isEmpty()) {
      throw new IllegalArgumentException("an overlay without lower directories");
    }
    lower = List.copyOf(lower);
    options = List.copyOf(options);
  }

  public static Overlay readOnly(List<Path> lower) {
    return new Overlay(lower, Optional.empty(), List.of());
  }

  public static Overlay writable(List<Path> lower, Path upper, Path work) {
    return new Overlay(lower, Optional.of(new Writable(upper, work)), List.of());
  }

  /** With one option more, {@code name} or {@code name=value}. */
  public Overlay option(String option) {
    List<String> more = new ArrayList<>(options);
    more.add(option);
    return new Overlay(lower, writable, more);
  }

  /** Nothing is forced to disk: for what is thrown away after a crash. The upper is marked so. */
  public Overlay volatileUpper() {
    return option("volatile");
  }
}
