package dev.plimsoll.engine.layer;

import dev.plimsoll.engine.tar.TarEntry;
import dev.plimsoll.linux.Errno;
import dev.plimsoll.linux.LinuxException;
import java.io.IOException;
import java.util.Map;

/** Sets the extended attributes of a member. */
final class EntryAttributes {
  private static final String CAPABILITY = "security.capability";
  private static final byte[] NONE = {};

  interface Setter {
    void set(String name, byte[] value) throws IOException;
  }

  private EntryAttributes() {}

  /**
   * Sets all but those of overlayfs itself: an archive that could write {@code
   * trusted.overlay.redirect} could show a container any directory of the layers.
   *
   * <p>What the file system does not have (such as attributes of macOS) is left out, as dockerd
   * does; {@code security} and {@code trusted} must work.
   *
   * @return the capabilities of the file, empty if it has none
   */
  static byte[] set(TarEntry entry, Setter setter) throws IOException {
    byte[] capabilities = NONE;
    for (Map.Entry<String, byte[]> each : entry.xattrs().entrySet()) {
      String name = each.getKey();
      if (name.startsWith("trusted.overlay.") || name.startsWith("user.overlay.")) {
        continue;
      }
      try {
        setter.set(name, each.getValue());
      } catch (LinuxException e) {
        boolean needed = name.startsWith("security.") || name.startsWith("trusted.");
        if (needed || (!e.is(Errno.EOPNOTSUPP) && !e.is(Errno.EPERM))) {
          throw e;
        }
      }
      if (name.equals(CAPABILITY)) {
        capabilities = each.getValue();
      }
    }
    return capabilities;
  }
}
