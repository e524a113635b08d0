package dev.plimsoll.engine.runtime;

import java.nio.file.Path;

/**
 * The directory that a runtime and a conmon share for one container, below the run directory. Its
 * path is short: a socket in it is named by at most 107 bytes.
 */
public record Bundle(Path directory) {
  public Path config() {
    return directory.resolve("config.json");
  }

  /** Where output can be heard and input said while the container runs. */
  public Path attachSocket() {
    return directory.resolve("attach");
  }

  /** A fifo that takes {@code 1 H W} to resize and {@code 2 0 0} to reopen the log. */
  public Path control() {
    return directory.resolve("ctl");
  }

  /** There if the kernel killed one of the container's processes for its memory. */
  public Path oomMark() {
    return directory.resolve("oom");
  }

  Path pidFile() {
    return directory.resolve("pid");
  }

  Path conmonPidFile() {
    return directory.resolve("conmon.pid");
  }
}
