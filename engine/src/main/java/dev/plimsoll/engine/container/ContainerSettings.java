package dev.plimsoll.engine.container;

import dev.plimsoll.docker.container.ContainerConfig;
import dev.plimsoll.docker.container.HostConfig;
import dev.plimsoll.docker.container.NetworkingConfig;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What a container was created with. All but {@code host}, which an update may change, stays as it is
 * for the container's life. It stands in the container's directory as {@code container.json}.
 *
 * @param image its id, {@code sha256:…}
 * @param config what was asked for with what the image says merged in; {@code config.image()} is the
 *     image as the user named it
 * @param platform the image's operating system
 */
public record ContainerSettings(
    int format,
    ContainerId id,
    Instant created,
    String image,
    ContainerConfig config,
    HostConfig host,
    NetworkingConfig networking,
    List<MountSettings> mounts,
    String platform) {
  /** The version of this record as a file. */
  public static final int FORMAT = 1;

  public ContainerSettings {
    mounts = List.copyOf(mounts);
  }

  ContainerSettings with(HostConfig changed) {
    return new ContainerSettings(
        format, id, created, image, config, changed, networking, mounts, platform);
  }

  /** The command line: entry point, then command. */
  public List<String> commandLine() {
    List<String> all = new ArrayList<>();
    if (config.entrypoint() != null) {
      all.addAll(config.entrypoint());
    }
    if (config.cmd() != null) {
      all.addAll(config.cmd());
    }
    return all;
  }

  /** The network mode with {@code default} and nothing resolved: {@code bridge}. */
  public String networkMode() {
    String mode = host.networkMode();
    if (config.networkDisabled()) {
      return "none";
    }
    return mode.isEmpty() || mode.equals("default") ? "bridge" : mode;
  }
}
