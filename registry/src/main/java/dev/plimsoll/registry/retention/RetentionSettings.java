package dev.plimsoll.registry.retention;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether and how retention runs by itself.
 *
 * @param policy the file of rules; empty: it is off
 * @param every the time between two runs
 */
public record RetentionSettings(Optional<Path> policy, Duration every) {
  public static final RetentionSettings OFF =
      new RetentionSettings(Optional.empty(), Duration.ofDays(1));

  public RetentionSettings {
    if (!every.isPositive()) {
      throw new IllegalArgumentException(
          "registry.retention.every is %s; it must be positive".formatted(every));
    }
  }
}
