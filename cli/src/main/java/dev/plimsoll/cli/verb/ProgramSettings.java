package dev.plimsoll.cli.verb;

import dev.plimsoll.engine.EngineSettings;
import dev.plimsoll.foundation.log.LogFormat;
import dev.plimsoll.foundation.log.Logging;
import dev.plimsoll.foundation.settings.Setting;
import dev.plimsoll.foundation.settings.Settings;
import dev.plimsoll.registry.RegistrySettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The options that every server has, and the settings that follow from them. All settings of the
 * program are known to every server, so that one file can serve them all.
 */
public final class ProgramSettings {
  private static final Path DEFAULT_FILE = Path.of("/etc/plimsoll/plimsoll.yaml");

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings file (default: /etc/plimsoll/plimsoll.yaml, if there is one).")
  private @Nullable Path file;

  private final Map<String, String> flags = new LinkedHashMap<>();

  /** Takes a flag of the command line, if it was given. */
  public ProgramSettings flag(String key, @Nullable Object value) {
    if (value != null) {
      flags.put(key, value.toString());
    }
    return this;
  }

  /** The value of every setting. */
  public Settings load() {
    return Settings.load(file(), System.getenv(), flags, all());
  }

  /** The same for a server, whose log is as they say from then on. */
  public Settings serve() {
    Logging.toStandardError();
    Settings loaded = load();
    Logging.toStandardError(loaded.get(LogFormat.SETTING));
    return loaded;
  }

  private Optional<Path> file() {
    return Optional.ofNullable(file).or(() -> Optional.of(DEFAULT_FILE).filter(Files::exists));
  }

  /** Every setting there is, for the documentation too. */
  public static List<Setting<?>> all() {
    List<Setting<?>> all = new ArrayList<>(RegistrySettings.ALL);
    all.addAll(EngineSettings.ALL);
    all.add(LogFormat.SETTING);
    return all;
  }
}
