package dev.plimsoll.registry.check;

import dev.plimsoll.foundation.ByteSize;
import dev.plimsoll.foundation.settings.Setting;
import dev.plimsoll.foundation.settings.Settings;
import java.time.Duration;
import java.util.List;

/**
 * How the registry looks after what it holds.
 *
 * @param every an audit runs so often; 0: never by itself
 * @param rate bytes that a check reads in a second; 0: as fast as it can
 */
public record CheckSettings(Duration every, ByteSize rate) {
  public static final CheckSettings DEFAULT =
      new CheckSettings(Duration.ofDays(30), ByteSize.parse("64MiB"));

  private static final Setting<Duration> EVERY =
      Setting.duration(
          "registry.check.every",
          DEFAULT.every(),
          "How often an audit looks for rows without bytes and bytes without rows; 0 never.");
  private static final Setting<ByteSize> RATE =
      Setting.size(
          "registry.check.rate",
          DEFAULT.rate(),
          "Bytes that a check reads in a second; 0 as fast as it can.");

  public static final List<Setting<?>> ALL = List.of(EVERY, RATE);

  public static CheckSettings from(Settings settings) {
    return new CheckSettings(settings.get(EVERY), settings.get(RATE));
  }
}
