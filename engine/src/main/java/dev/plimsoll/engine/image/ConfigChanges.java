package dev.plimsoll.engine.image;

import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.foundation.Durations;
import dev.plimsoll.oci.ImageConfig.Defaults;
import dev.plimsoll.oci.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Changes to an image's configuration as {@code docker import --change} and {@code docker commit
 * --change} take them: single instructions of a Dockerfile.
 */
public final class ConfigChanges {
  private static final Pattern PAIR =
      Pattern.compile("([^\\s=]+)=(\"(?:[^\"\\\\]|\\\\.)*\"|'[^']*'|(?:[^\\s\\\\]|\\\\.)*)");

  private static final Pattern FLAG = Pattern.compile("--([a-z-]+)=(\\S+)\\s+");
  private static final Map<String, String> HEALTH_FLAGS =
      Map.of(
          "interval", "Interval",
          "timeout", "Timeout",
          "start-period", "StartPeriod",
          "start-interval", "StartInterval",
          "retries", "Retries");

  private final Map<String, Object> fields;

  private ConfigChanges(Defaults before) {
    this.fields = asMap(before);
  }

  /**
   * The configuration with the changes, in order.
   *
   * @throws BadParameter if one of them is no instruction, or one that cannot be a change
   */
  public static Defaults apply(Defaults before, List<String> changes) {
    var result = new ConfigChanges(before);
    changes.stream().map(String::strip).filter(c -> !c.isEmpty()).forEach(result::change);
    return Json.read(Json.write(result.fields), Defaults.class);
  }

  /** A configuration that says nothing. */
  public static Defaults empty() {
    return Json.read("{}".getBytes(StandardCharsets.UTF_8), Defaults.class);
  }

  @SuppressWarnings("unchecked") // a JSON object is a map of text
  private static Map<String, Object> asMap(Defaults before) {
    return new LinkedHashMap<>(Json.read(Json.write(before), Map.class));
  }

  private void change(String text) {
    String[] parts = text.split("\\s+", 2);
    String rest = parts.length == 2 ? parts[1].strip() : "";
    String instruction = parts[0].toUpperCase(Locale.ROOT);
    switch (instruction) {
      case "CMD" -> fields.put("Cmd", command(rest));
      case "ENTRYPOINT" -> fields.put("Entrypoint", command(rest));
      case "USER" -> fields.put("User", one(instruction, rest));
      case "WORKDIR" -> fields.put("WorkingDir", one(instruction, rest));
      case "STOPSIGNAL" -> fields.put("StopSignal", one(instruction, rest));
      case "ENV" -> env(rest);
      case "LABEL" -> pairs(instruction, rest).forEach((k, v) -> map("Labels").put(k, v));
      case "EXPOSE" ->
          words(instruction, rest).forEach(port -> map("ExposedPorts").put(port(port), Map.of()));
      case "VOLUME" -> volumes(rest).forEach(volume -> map("Volumes").put(volume, Map.of()));
      case "HEALTHCHECK" -> fields.put("Healthcheck", healthcheck(rest));
      case "ONBUILD" -> list("OnBuild").add(one(instruction, rest));
      default ->
          throw new BadParameter(
              "%s is not a valid change command".formatted(parts[0].toLowerCase(Locale.ROOT)));
    }
  }

  private static Map<String, Object> healthcheck(String rest) {
    Map<String, Object> check = new LinkedHashMap<>();
    String left = rest;
    for (Matcher flag = FLAG.matcher(left); flag.lookingAt(); flag = FLAG.matcher(left)) {
      String name = flag.group(1);
      String field = HEALTH_FLAGS.get(name);
      if (field == null) {
        throw new BadParameter("unknown flag: --" + name);
      }
      check.put(
          field,
          name.equals("retries")
              ? retries(flag.group(2))
              : duration(name, flag.group(2)).toNanos());
      left = left.substring(flag.end());
    }
    String[] kind = left.split("\\s+", 2);
    String command = kind.length == 2 ? kind[1].strip() : "";
    switch (kind[0].toUpperCase(Locale.ROOT)) {
      case "NONE" -> {
        if (!command.isEmpty() || !check.isEmpty()) {
          throw new BadParameter("HEALTHCHECK NONE takes no arguments");
        }
        check.put("Test", List.of("NONE"));
      }
      case "CMD" -> {
        if (command.isEmpty()) {
          throw new BadParameter("Missing command after HEALTHCHECK CMD");
        }
        check.put(
            "Test",
            json(command)
                .map(words -> Stream.concat(Stream.of("CMD"), words.stream()).toList())
                .orElse(List.of("CMD-SHELL", command)));
      }
      default ->
          throw new BadParameter("Unknown type \"%s\" in HEALTHCHECK (try CMD)".formatted(kind[0]));
    }
    return check;
  }

  private static int retries(String text) {
    try {
      int retries = Integer.parseInt(text);
      if (retries >= 1) {
        return retries;
      }
    } catch (NumberFormatException e) {
      throw new BadParameter("HEALTHCHECK --retries=%s is not a number".formatted(text), e);
    }
    throw new BadParameter("--retries must be at least 1 (not %s)".formatted(text));
  }

  private static Duration duration(String flag, String text) {
    try {
      Duration duration = Durations.parse(text);
      if (duration.toMillis() >= 1) {
        return duration;
      }
    } catch (IllegalArgumentException e) {
      throw new BadParameter("HEALTHCHECK --%s: %s".formatted(flag, e.getMessage()), e);
    }
    throw new BadParameter("Interval %s=%s cannot be less than 1ms".formatted(flag, text));
  }

  private static String one(String instruction, String rest) {
    if (rest.isEmpty()) {
      throw new BadParameter(instruction + " requires exactly one argument");
    }
    return rest;
  }

  private static List<String> words(String instruction, String rest) {
    return List.of(one(instruction, rest).split("\\s+", -1));
  }

  private static String port(String text) {
    return text.contains("/") ? text : text + "/tcp";
  }

  /** The JSON form as it stands, the shell form for a shell. */
  private static List<String> command(String rest) {
    return json(rest).orElseGet(() -> List.of("/bin/sh", "-c", rest));
  }

  private static List<String> volumes(String rest) {
    return json(rest).orElseGet(() -> words("VOLUME", rest));
  }

  private static java.util.Optional<List<String>> json(String rest) {
    if (!rest.startsWith("[")) {
      return java.util.Optional.empty();
    }
    try {
      return java.util.Optional.of(
          List.of(Json.read(rest.getBytes(StandardCharsets.UTF_8), String[].class)));
    } catch (IllegalArgumentException e) {
      return java.util.Optional.empty();
    }
  }

  private void env(String rest) {
    pairs("ENV", rest)
        .forEach((name, value) -> {
          List<String> env = list("Env");
          env.removeIf(each -> each.startsWith(name + "="));
          env.add(name + "=" + value);
        });
  }

  /** {@code a=b c="d e"}, or the old {@code a b c} for one name. */
  private static Map<String, String> pairs(String instruction, String rest) {
    Map<String, String> pairs = new LinkedHashMap<>();
    String[] old = one(instruction, rest).split("\\s+", 2);
    if (!old[0].contains("=")) {
      if (old.length < 2) {
        throw new BadParameter(instruction + " must have two arguments");
      }
      return Map.of(old[0], old[1]);
    }
    Matcher matcher = PAIR.matcher(rest);
    int end = 0;
    while (matcher.find() && rest.substring(end, matcher.start()).isBlank()) {
      pairs.put(matcher.group(1), unquoted(matcher.group(2)));
      end = matcher.end();
    }
    if (!rest.substring(end).isBlank()) {
      throw new BadParameter(
          "Syntax error - can't find = in \"%s\". Must be of the form: name=value"
              .formatted(rest.substring(end).strip()));
    }
    return pairs;
  }

  private static String unquoted(String value) {
    if (value.startsWith("'") && value.endsWith("'") && value.length() > 1) {
      return value.substring(1, value.length() - 1);
    }
    String inner =
        value.startsWith("\"") && value.endsWith("\"") && value.length() > 1
            ? value.substring(1, value.length() - 1)
            : value;
    return inner.replaceAll("\\\\(.)", "$1");
  }

  @SuppressWarnings("unchecked") // made here, or read from JSON as such
  private Map<String, Object> map(String field) {
    @Nullable Object before = fields.get(field);
    Map<String, Object> copy =
        new LinkedHashMap<>((Map<String, Object>) Objects.requireNonNullElse(before, Map.of()));
    fields.put(field, copy);
    return copy;
  }

  @SuppressWarnings("unchecked") // made here, or read from JSON as such
  private List<String> list(String field) {
    @Nullable Object before = fields.get(field);
    List<String> copy =
        new ArrayList<>((List<String>) Objects.requireNonNullElse(before, List.of()));
    fields.put(field, copy);
    return copy;
  }
}
