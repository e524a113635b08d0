package dev.plimsoll.foundation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.foundation.settings.Setting;
import dev.plimsoll.foundation.settings.Settings;
import dev.plimsoll.foundation.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
  private static final Setting<Duration> KEPT_FOR =
      Setting.duration("registry.trash.kept-for", Duration.ofDays(7), "How long.");
  private static final Setting<Integer> WORKERS =
      Setting.number("registry.workers", 4, 1, 64, "How many.");
  private static final Setting<List<String>> MIRRORS = Setting.texts("engine.mirrors", "Which.");
  private static final Setting<Map<String, Duration>> HOOK_TIMEOUT =
      Setting.named(
          Setting.duration("registry.hook.<name>.timeout", Duration.ofSeconds(1), "How long."));
  private static final List<Setting<?>> KNOWN = List.of(KEPT_FOR, WORKERS, MIRRORS, HOOK_TIMEOUT);

  @TempDir private Path directory;

  @Test
  void withoutAnythingEverySettingHasItsDefault() {
    assertThat(Settings.defaults(KNOWN).get(KEPT_FOR)).isEqualTo(Duration.ofDays(7));
  }

  @Test
  void aFlagBeatsTheEnvironmentWhichBeatsTheFile() throws IOException {
    Path file = file("registry: {trash: {kept-for: 1d}, workers: 2}\nengine.mirrors: [a, b]\n");

    Settings settings =
        Settings.load(
            Optional.of(file),
            Map.of("PLIMSOLL_REGISTRY_WORKERS", "3", "PLIMSOLL_REGISTRY_TRASH_KEPT_FOR", "2d"),
            Map.of("registry.trash.kept-for", "3d"),
            KNOWN);

    assertThat(settings.get(KEPT_FOR)).isEqualTo(Duration.ofDays(3));
    assertThat(settings.get(WORKERS)).isEqualTo(3);
    assertThat(settings.get(MIRRORS)).containsExactly("a", "b");
  }

  @Test
  void aNamedSettingHasAValueForEachNameThatAnybodyGives() throws IOException {
    Path file = file("registry: {hook: {ci: {timeout: 1d}, my-bot: {timeout: 2d}}}\n");

    Settings settings =
        Settings.load(
            Optional.of(file),
            Map.of("PLIMSOLL_REGISTRY_HOOK_MY_BOT_TIMEOUT", "3d"),
            Map.of("registry.hook.chat.timeout", "4d"),
            KNOWN);

    assertThat(settings.get(HOOK_TIMEOUT))
        .containsOnly(
            Map.entry("ci", Duration.ofDays(1)),
            Map.entry("my-bot", Duration.ofDays(3)),
            Map.entry("chat", Duration.ofDays(4)));
    assertThat(Settings.defaults(KNOWN).get(HOOK_TIMEOUT)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "registry.worker: 3 | registry.worker is not a setting (did you mean registry.workers?)",
        "registry.workers: 0 | cannot be \"0\": \"0\" is not a whole number from 1 to 64",
        "registry.trash.kept-for: soon | cannot be \"soon\": not a duration",
        "registry.hook.ci.timeuot: 1s | (did you mean registry.hook.ci.timeout?)",
        "registry.hook.My_CI.timeout: 1s | (a name in it has lower-case letters, digits and dashes",
        "registry.hook.ci.timeout: soon | registry.hook.ci.timeout cannot be \"soon\"",
        "registry.workers: | has no value",
        "[1, 2] | must hold keys and values",
        "a: [ | is not YAML",
      })
  void aMistakeStopsTheStartWithASentence(String yaml, String sentence) throws IOException {
    Path file = file(yaml);

    assertThatThrownBy(() -> Settings.load(Optional.of(file), Map.of(), Map.of(), KNOWN))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(sentence);
  }

  @Test
  void aMissingFileIsNamed() {
    Path missing = directory.resolve("none.yaml");

    assertThatThrownBy(() -> Settings.load(Optional.of(missing), Map.of(), Map.of(), KNOWN))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(missing.toString());
  }

  private Path file(String yaml) throws IOException {
    return Files.writeString(directory.resolve("plimsoll.yaml"), yaml);
  }
}
