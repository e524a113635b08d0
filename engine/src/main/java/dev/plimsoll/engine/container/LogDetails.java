package dev.plimsoll.engine.container;

import dev.plimsoll.docker.container.ContainerConfig;
import dev.plimsoll.engine.image.ImageId;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/**
 * What {@code docker logs --details} writes before each line: the labels and environment variables
 * that the log options {@code labels}, {@code labels-regex}, {@code env} and {@code env-regex} name,
 * and the {@code tag}.
 */
public final class LogDetails {
  private static final Pattern FIELD = Pattern.compile("\\{\\{\\s*(.*?)\\s*}}");
  private static final int SHORT_ID = 12;
  private static final List<String> FIELDS =
      List.of(".ID", ".FullID", ".Name", ".ImageID", ".ImageFullID", ".ImageName", ".DaemonName");

  private LogDetails() {}

  /** As {@code a=1,b=2}, sorted; empty where no option names anything. */
  public static String of(ContainerSnapshot container) {
    Map<String, String> options = container.settings().host().logConfig().config();
    ContainerConfig config = container.settings().config();
    Map<String, String> details = new TreeMap<>();
    select(options, "labels", config.labels(), details);
    Map<String, String> variables = new TreeMap<>();
    for (String variable : config.env()) {
      int equals = variable.indexOf('=');
      if (equals > 0) {
        variables.put(variable.substring(0, equals), variable.substring(equals + 1));
      }
    }
    select(options, "env", variables, details);
    String tag = options.getOrDefault("tag", "");
    if (!tag.isEmpty()) {
      details.put("tag", tag(tag, container));
    }
    return details.entrySet().stream()
        .map(each -> escaped(each.getKey()) + "=" + escaped(each.getValue()))
        .collect(Collectors.joining(","));
  }

  private static void select(
      Map<String, String> options, String name, Map<String, String> from, Map<String, String> to) {
    List<String> names = Arrays.asList(options.getOrDefault(name, "").split(",", -1));
    String regex = options.getOrDefault(name + "-regex", "");
    Pattern pattern = regex.isEmpty() ? null : Pattern.compile(regex);
    from.forEach((key, value) -> {
      if (names.contains(key) || (pattern != null && pattern.matcher(key).find())) {
        to.put(key, value);
      }
    });
  }

  private static String escaped(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String tag(String template, ContainerSnapshot container) {
    Matcher fields = FIELD.matcher(template);
    return fields.replaceAll(found -> Matcher.quoteReplacement(field(found.group(1), container)));
  }

  private static String field(String name, ContainerSnapshot container) {
    String imageId = ImageId.parse(container.settings().image()).digest().hex();
    return switch (name) {
      case ".ID" -> container.id().shortForm();
      case ".FullID" -> container.id().value();
      case ".Name" -> container.name().value();
      case ".ImageID" -> imageId.substring(0, SHORT_ID);
      case ".ImageFullID" -> imageId;
      case ".ImageName" -> container.settings().config().image();
      case ".DaemonName" -> "docker";
      default -> "";
    };
  }

  /** Refuses options that {@link #of} could not follow. */
  static void check(Map<String, String> options) {
    for (String name : List.of("labels-regex", "env-regex")) {
      try {
        Pattern.compile(options.getOrDefault(name, ""));
      } catch (PatternSyntaxException e) {
        throw new BadParameter("invalid log opt %s: %s".formatted(name, options.get(name)), e);
      }
    }
    Matcher fields = FIELD.matcher(options.getOrDefault("tag", ""));
    while (fields.find()) {
      if (!FIELDS.contains(fields.group(1))) {
        throw new BadParameter(
            "invalid log opt tag: {{%s}} is none of %s".formatted(fields.group(1), FIELDS));
      }
    }
  }
}
