package dev.plimsoll.linux.cgroup;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;

/** Where the recorded kernel files are. */
final class Recorded {
  private Recorded() {}

  static Path directory(String name) {
    URL url = Objects.requireNonNull(Recorded.class.getResource(name), name);
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
