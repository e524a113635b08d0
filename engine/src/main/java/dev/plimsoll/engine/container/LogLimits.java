package dev.plimsoll.engine.container;

import dev.plimsoll.docker.container.LogConfig;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.foundation.ByteSize;

/**
 * How much of a container's output is kept: so many files of so many bytes, the oldest going first.
 * Where neither the container nor the engine's settings tell, 3 files of 10 MiB, so that no log fills
 * the disk.
 */
public record LogLimits(long fileBytes, int filesMax) {
  public static final LogLimits DEFAULT = new LogLimits(ByteSize.ofMebi(10).bytes(), 3);

  public LogLimits {
    if (fileBytes <= 0) {
      throw new IllegalArgumentException("a log file needs more than 0 bytes");
    }
  }

  /** What a container asks for; what it leaves out is as these limits have it. */
  LogLimits with(LogConfig config) {
    String size = config.config().get("max-size");
    String files = config.config().get("max-file");
    long bytes = fileBytes;
    if (size != null) {
      bytes = size.equals("-1") ? Long.MAX_VALUE : bytes(size);
    }
    int count = files == null ? filesMax : count(files);
    return new LogLimits(bytes, count);
  }

  private static long bytes(String text) {
    try {
      long bytes = ByteSize.parse(text).bytes();
      if (bytes > 0) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      throw new BadParameter(
          "failed to initialize logging driver: invalid size: '%s'".formatted(text), e);
    }
    throw new BadParameter(
        "failed to initialize logging driver: max-size must be a positive number");
  }

  private static int count(String text) {
    try {
      int count = Integer.parseInt(text);
      if (count >= 1) {
        return count;
      }
    } catch (NumberFormatException e) {
      throw new BadParameter(
          "failed to initialize logging driver: max-file: \"%s\" is not a number".formatted(text),
          e);
    }
    throw new BadParameter("failed to initialize logging driver: max-file cannot be less than 1");
  }
}
