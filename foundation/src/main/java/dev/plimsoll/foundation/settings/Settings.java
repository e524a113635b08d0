package dev.plimsoll.foundation.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Every setting's value: flag, else environment variable, else file, else default. Immutable.
 *
 * <p>The file is YAML; {@code registry: {trash: {kept-for: 7d}}} and {@code
 * registry.trash.kept-for: 7d} mean the same.
 */
public final class Settings {
  private static final int FILE_MAX_BYTES = 1024 * 1024;
  private static final String ENVIRONMENT_PREFIX = "PLIMSOLL_";

  private final Map<String, Object> values;

  private Settings(Map<String, Object> values) {
    this.values = values;
  }

  /**
   * Reads and checks every setting at once, so that a mistake shows at the start and not at the
   * first use.
   *
   * @param flags by key, as given on the command line
   * @param known all settings of the program, so that one file can serve several commands
   * @throws SettingsException with a sentence for the user
   */
  public static Settings load(
      Optional<Path> yamlFile,
      Map<String, String> environment,
      Map<String, String> flags,
      Collection<Setting<?>> known) {
    Map<String, Setting<?>> byKey =
        known.stream().collect(Collectors.toMap(Setting::key, Function.identity()));
    Map<String, Object> values = new HashMap<>();
    byKey.forEach((key, setting) -> values.put(key, setting.defaultValue()));

    yamlFile.ifPresent(file ->
        read(file).forEach((key, text) -> take(values, byKey, key, text, file + ": " + key)));
    readEnvironment(environment, byKey, values);
    flags.forEach((key, text) -> take(values, byKey, key, text, key));
    return new Settings(values);
  }

  /** The defaults alone. */
  public static Settings defaults(Collection<Setting<?>> known) {
    return load(Optional.empty(), Map.of(), Map.of(), known);
  }

  /**
   * The value of one setting.
   *
   * @throws IllegalStateException if {@code setting} was not among the known ones: a defect of ours
   */
  @SuppressWarnings("unchecked") // put there by the setting's own parse
  public <T> T get(Setting<T> setting) {
    Object value = values.get(setting.key());
    if (value == null) {
      throw new IllegalStateException(setting.key() + " is not among the known settings");
    }
    return (T) value;
  }

  private static void readEnvironment(
      Map<String, String> environment, Map<String, Setting<?>> byKey, Map<String, Object> values) {
    Map<String, Setting<?>> byVariable =
        byKey.values().stream()
            .collect(Collectors.toMap(Setting::environmentVariable, Function.identity()));
    List<Setting<?>> named = byKey.values().stream().filter(Setting::isNamed).toList();
    environment.forEach((variable, text) -> {
      // Only our own prefix, and only names we know: PLIMSOLL_HOME and the like belong to the
      // launcher and to users' scripts.
      if (!variable.startsWith(ENVIRONMENT_PREFIX)) {
        return;
      }
      Setting<?> setting = byVariable.get(variable);
      if (setting != null && !setting.isNamed()) {
        values.put(setting.key(), parsed(setting, text, variable));
        return;
      }
      for (Setting<?> one : named) {
        one.nameInVariable(variable).ifPresent(name -> add(values, one, name, text, variable));
      }
    });
  }

  private static void take(
      Map<String, Object> values,
      Map<String, Setting<?>> byKey,
      String key,
      String text,
      String place) {
    Setting<?> setting = byKey.get(key);
    if (setting != null && !setting.isNamed()) {
      values.put(key, parsed(setting, text, place));
      return;
    }
    for (Setting<?> one : byKey.values()) {
      Optional<String> name = one.nameIn(key);
      if (name.isPresent()) {
        add(values, one, name.get(), text, place);
        return;
      }
    }
    throw new SettingsException(
        "%s is not a setting%s; see docs/configuration.md for all of them"
            .formatted(place, nearest(byKey, key)));
  }

  /** Puts the value of a named setting beside those of other names. */
  private static void add(
      Map<String, Object> values, Setting<?> setting, String name, String text, String place) {
    Map<Object, Object> all = new HashMap<>((Map<?, ?>) values.get(setting.key()));
    ((Map<?, ?>) parsed(setting, text, place)).values().forEach(value -> all.put(name, value));
    values.put(setting.key(), Map.copyOf(all));
  }

  private static Object parsed(Setting<?> setting, String text, String place) {
    try {
      return setting.parse().apply(text);
    } catch (IllegalArgumentException e) {
      throw new SettingsException(
          "%s cannot be \"%s\": %s".formatted(place, text, e.getMessage()), e);
    }
  }

  /** A likely meaning of a mistyped key: one with the same last word, or within two letters. */
  private static String nearest(Map<String, Setting<?>> byKey, String key) {
    return byKey.keySet().stream()
        .sorted()
        .map(candidate -> withNameOf(candidate, key))
        .filter(candidate -> distance(candidate, key) <= 2 || candidate.endsWith("." + key))
        .findFirst()
        .map(candidate ->
            candidate.equals(key)
                ? " (a name in it has lower-case letters, digits and dashes, 63 at most)"
                : " (did you mean %s?)".formatted(candidate))
        .orElse("");
  }

  /** A named setting's key with the name that stands in its place in {@code key}. */
  private static String withNameOf(String candidate, String key) {
    String[] words = candidate.split("\\.", -1);
    String[] given = key.split("\\.", -1);
    for (int i = 0; i < words.length && words.length == given.length; i++) {
      words[i] = words[i].equals(Setting.NAME) ? given[i] : words[i];
    }
    return String.join(".", words);
  }

  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }

  private static Map<String, String> read(Path file) {
    Map<String, String> flat = new HashMap<>();
    try {
      if (Files.size(file) > FILE_MAX_BYTES) {
        throw new SettingsException(
            "%s is larger than %d bytes; that is no settings file".formatted(file, FILE_MAX_BYTES));
      }
      Object document =
          new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
      switch (document) {
        case null -> {}
        case Map<?, ?> map -> flatten(file, "", map, flat);
        default ->
            throw new SettingsException(
                file + " must hold keys and values, such as registry.listen");
      }
      return flat;
    } catch (YamlEngineException e) {
      throw new SettingsException("%s is not YAML: %s".formatted(file, e.getMessage()), e);
    } catch (IOException e) {
      throw new SettingsException("%s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static void flatten(Path file, String prefix, Map<?, ?> map, Map<String, String> flat) {
    map.forEach((name, value) -> {
      String key = prefix + name;
      switch (value) {
        case null -> throw new SettingsException("%s: %s has no value".formatted(file, key));
        case Map<?, ?> inner -> flatten(file, key + ".", inner, flat);
        case List<?> list ->
            flat.put(key, list.stream().map(String::valueOf).collect(Collectors.joining(",")));
        default -> flat.put(key, value.toString());
      }
    });
  }
}
