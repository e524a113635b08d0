package dev.plimsoll.cli;

import dev.plimsoll.cli.verb.ProgramSettings;
import dev.plimsoll.foundation.Durations;
import dev.plimsoll.foundation.settings.Setting;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Every setting as a line of the table in docs/configuration.md. */
final class SettingsTable {
  private SettingsTable() {}

  static String markdown() {
    return ProgramSettings.all().stream()
        .sorted(Comparator.comparing(Setting::key))
        .map(SettingsTable::row)
        .collect(Collectors.joining("\n"));
  }

  private static String row(Setting<?> setting) {
    return "| `%s` | %s | `%s` | %s |"
        .formatted(
            setting.key(),
            shown(setting.defaultValue()),
            setting.environmentVariable(),
            setting.description());
  }

  private static String shown(Object value) {
    return switch (value) {
      case Duration duration -> "`" + Durations.format(duration) + "`";
      case Optional<?> optional -> optional.map(SettingsTable::shown).orElse("");
      case Map<?, ?> _ -> "";
      case List<?> list -> list.isEmpty() ? "" : "`" + list + "`";
      default -> "`" + value + "`";
    };
  }
}
