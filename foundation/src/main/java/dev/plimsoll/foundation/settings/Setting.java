package dev.plimsoll.foundation.settings;

import dev.plimsoll.foundation.ByteSize;
import dev.plimsoll.foundation.Durations;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * One thing that can be set: its key, what it is when nobody sets it, and how its text is read.
 *
 * @param key lower-case words joined by dots and dashes, such as {@code registry.trash.kept-for}
 * @param parse throws {@link IllegalArgumentException} with the reason on text that it cannot read
 * @param description one sentence for the documentation
 */
public record Setting<T>(
    String key, T defaultValue, Function<String, T> parse, String description) {
  /** Stands in a key for a name of the user's own choice. */
  static final String NAME = "<name>";

  private static final Pattern NAMES = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

  /** The environment variable that sets this: {@code PLIMSOLL_REGISTRY_TRASH_KEPT_FOR}. */
  public String environmentVariable() {
    return "PLIMSOLL_" + key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
  }

  public static Setting<String> text(String key, String defaultValue, String description) {
    return new Setting<>(key, defaultValue, text -> text, description);
  }

  public static Setting<Optional<String>> optionalText(String key, String description) {
    return new Setting<>(
        key,
        Optional.empty(),
        text -> text.isEmpty() ? Optional.empty() : Optional.of(text),
        description);
  }

  public static Setting<Path> path(String key, String defaultValue, String description) {
    return new Setting<>(key, Path.of(defaultValue), Path::of, description);
  }

  public static Setting<Duration> duration(String key, Duration defaultValue, String description) {
    return new Setting<>(key, defaultValue, Durations::parse, description);
  }

  public static Setting<ByteSize> size(String key, ByteSize defaultValue, String description) {
    return new Setting<>(key, defaultValue, ByteSize::parse, description);
  }

  public static Setting<Integer> number(
      String key, int defaultValue, int least, int most, String description) {
    return new Setting<>(key, defaultValue, text -> number(text, least, most), description);
  }

  public static Setting<Boolean> flag(String key, boolean defaultValue, String description) {
    return new Setting<>(key, defaultValue, Setting::flag, description);
  }

  /** Several texts: a list in the file, joined by commas in the environment and in flags. */
  public static Setting<List<String>> texts(String key, String description) {
    return new Setting<>(
        key,
        List.of(),
        text ->
            Arrays.stream(text.split(",")).map(String::strip).filter(t -> !t.isEmpty()).toList(),
        description);
  }

  /**
   * A setting that there may be many of, one for each name that the user gives in the place of
   * {@code <name>}: a map from those names.
   *
   * @param one such a setting, with {@code <name>} in its key; its default goes for nobody
   */
  public static <T> Setting<Map<String, T>> named(Setting<T> one) {
    return new Setting<>(
        one.key(), Map.of(), text -> Map.of(NAME, one.parse().apply(text)), one.description());
  }

  boolean isNamed() {
    return key.contains(NAME);
  }

  /** The name that {@code given} has where this key has {@code <name>}. */
  Optional<String> nameIn(String given) {
    return between(key, given).filter(name -> NAMES.matcher(name).matches());
  }

  /** The same for an environment variable, where {@code MY_CI} stands for {@code my-ci}. */
  Optional<String> nameInVariable(String given) {
    return between(environmentVariable().replace("<NAME>", NAME), given)
        .map(name -> name.toLowerCase(Locale.ROOT).replace('_', '-'))
        .filter(name -> NAMES.matcher(name).matches());
  }

  private static Optional<String> between(String key, String given) {
    int at = key.indexOf(NAME);
    if (at < 0) {
      return Optional.empty();
    }
    String before = key.substring(0, at);
    String after = key.substring(at + NAME.length());
    return given.length() > before.length() + after.length()
            && given.startsWith(before)
            && given.endsWith(after)
        ? Optional.of(given.substring(before.length(), given.length() - after.length()))
        : Optional.empty();
  }

  private static int number(String text, int least, int most) {
    try {
      int number = Integer.parseInt(text.strip());
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below, with the range
    }
    throw new IllegalArgumentException(
        "\"%s\" is not a whole number from %d to %d".formatted(text, least, most));
  }

  private static boolean flag(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on", "1" -> true;
      case "false", "no", "off", "0" -> false;
      default ->
          throw new IllegalArgumentException("\"%s\" is neither true nor false".formatted(text));
    };
  }
}
