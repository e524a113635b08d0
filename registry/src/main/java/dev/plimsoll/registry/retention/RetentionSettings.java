package dev.plimsoll.registry.retention;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether and how retention runs by itself.
 *
 * @param policy the file of rules; empty: it is off
 * @param every the time between two runs
 * @param percentMax a run that would delete a larger share waits for somebody to run it
 */
public record RetentionSettings(Optional<Path> policy, Duration every, int percentMax) {
  public static final RetentionSettings OFF =
      new RetentionSettings(Optional.empty(), Duration.ofDays(1), 50);

  public RetentionSettings {
    if (!every.isPositive()) {
      throw new IllegalArgumentException(
          "registry.retention.every is %s; it must be positive".formatted(every));
    }
  }

  /** These, with rules from that file. */
  public RetentionSettings withPolicy(Path file) {
    return new RetentionSettings(Optional.of(file), every, percentMax);
  }

  public RetentionSettings withEvery(Duration time) {
    return new RetentionSettings(policy, time, percentMax);
  }
}
