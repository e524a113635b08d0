package dev.plimsoll.engine.layer;

import java.util.ArrayList;
import java.util.List;

/**
 * Where in a layer a member goes: the parts of its name, without {@code .}, {@code ..} and leading
 * slashes. The root of the layer has no parts.
 */
record EntryPath(List<String> parts) {
  private static final int PART_BYTES_MAX = 255; // NAME_MAX

  static final EntryPath ROOT = new EntryPath(List.of());

  /**
   * Reads a member's name. {@code a/../b} is {@code b}; a relative name that climbs above its
   * beginning is refused, an absolute one stays at the root as {@code /..} does.
   */
  static EntryPath parse(String name) throws LayerFormatException {
    List<String> parts = new ArrayList<>();
    for (String part : name.split("/", -1)) {
      if (part.equals("..")) {
        if (!parts.isEmpty()) {
          parts.removeLast();
        } else if (!name.startsWith("/")) {
          throw new LayerFormatException("\"%s\" is outside of the layer".formatted(name));
        }
      } else if (!part.isEmpty() && !part.equals(".")) {
        if (part.length() > PART_BYTES_MAX) {
          throw new LayerFormatException(
              "\"%s\" has a part of more than %d bytes".formatted(name, PART_BYTES_MAX));
        }
        parts.add(part);
      }
    }
    return new EntryPath(List.copyOf(parts));
  }

  boolean isRoot() {
    return parts.isEmpty();
  }

  EntryPath parent() {
    return new EntryPath(parts.subList(0, parts.size() - 1));
  }

  String name() {
    return parts.getLast();
  }

  EntryPath child(String name) {
    List<String> longer = new ArrayList<>(parts);
    longer.add(name);
    return new EntryPath(longer);
  }

  @Override
  public String toString() {
    return String.join("/", parts);
  }
}
