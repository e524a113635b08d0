package dev.plimsoll.foundation.settings;

import dev.plimsoll.foundation.ByteSize;
import dev.plimsoll.foundation.Durations;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * One thing that can be set: its key, what it is when nobody sets it, and how its text is read.
 *
 * @param key lower-case words joined by dots and dashes, such as {@code registry.trash.kept-for}
 * @param parse throws {@link IllegalArgumentException} with the reason on text that it cannot read
 * @param description one sentence for the documentation
 */
public record Setting<T>(
    String key, T defaultValue, Function<String, T> parse, String description) {

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
