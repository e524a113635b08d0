package dev.plimsoll.engine.container;

import java.nio.file.Path;

/**
 * Where a container's files are: what must survive a power cut below the data directory, what dies
 * with the boot below the run directory, whose path is short because sockets lie in it.
 */
public record ContainerDirectory(Path data, Path run) {
  private static final int RUN_NAME_LENGTH = 24; // a socket's path has 107 bytes at most

  public static ContainerDirectory of(Path containers, Path run, ContainerId id) {
    return new ContainerDirectory(
        containers.resolve(id.value()),
        run.resolve("c").resolve(id.value().substring(0, RUN_NAME_LENGTH)));
  }

  Path description() {
    return data.resolve("container.json");
  }

  /** What the container changed of its image. */
  public Path upper() {
    return data.resolve("upper");
  }

  Path work() {
    return data.resolve("work");
  }

  /** Where the root filesystem is mounted while the container runs. */
  public Path rootfs() {
    return data.resolve("rootfs");
  }

  public Path log() {
    return data.resolve("log");
  }

  Path hostname() {
    return data.resolve("hostname");
  }

  Path hosts() {
    return data.resolve("hosts");
  }

  Path resolvConf() {
    return data.resolve("resolv.conf");
  }

  /** The {@code /dev/shm} of a container that shares it. */
  Path sharedMemory() {
    return data.resolve("shm");
  }
}
