package dev.plimsoll.engine.volume;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

/**
 * A volume of this machine, as it was when asked for.
 *
 * @param options of the driver {@code local}: what to mount there, empty for a plain directory
 * @param mountpoint the directory on the host that containers see
 */
public record Volume(
    String name,
    Map<String, String> options,
    Map<String, String> labels,
    Instant createdAt,
    Path mountpoint) {
  /** The one driver there is. */
  public static final String DRIVER = "local";

  /** The label by which Docker tells volumes that nobody has named. */
  public static final String ANONYMOUS = "com.docker.volume.anonymous";

  public Volume {
    options = Map.copyOf(options);
    labels = Map.copyOf(labels);
  }

  public boolean anonymous() {
    return labels.containsKey(ANONYMOUS);
  }
}
