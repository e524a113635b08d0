package dev.plimsoll.engine.runtime;

import java.nio.file.Path;

/**
 * The directory that one further process of a container needs while it is started. Its path is
 * short, because a socket lies in it. Nothing in it is needed once the process runs.
 */
public record ExecFiles(Path directory) {
  /** What is to run, as the runtime reads it. */
  public Path process() {
    return directory.resolve("process.json");
  }

  Path pidFile() {
    return directory.resolve("pid");
  }

  Path log() {
    return directory.resolve("log");
  }

  Path consoleSocket() {
    return directory.resolve("tty");
  }
}
