package dev.plimsoll.engine.filter;

import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.oci.Json;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * What a list, a prune or an event stream is limited to: names of filters, each with values.
 * Different names are combined by "and", values of one name by "or" unless a method says otherwise;
 * a name that is absent limits nothing.
 *
 * <p>The methods are those of dockerd, so that a filter means here what it means there.
 */
public final class Filters {
  public static final Filters NONE = new Filters(Map.of());

  private static final Set<String> TRUTHS = Set.of("1", "true");
  private static final Set<String> FALSEHOODS = Set.of("0", "false");

  private final Map<String, Set<String>> values;

  private Filters(Map<String, Set<String>> values) {
    this.values = values;
  }

  public static Filters of(Map<String, ? extends Collection<String>> values) {
    Map<String, Set<String>> copy = new LinkedHashMap<>();
    values.forEach((name, these) -> copy.put(name, new TreeSet<>(these)));
    return new Filters(copy);
  }

  /**
   * Reads both forms that clients send: {@code {"label":["a=b"]}} and {@code
   * {"label":{"a=b":true}}}. The empty text is no filter.
   *
   * @throws BadParameter if it is neither
   */
  public static Filters parse(String json) {
    if (json.isBlank()) {
      return NONE;
    }
    JsonNode tree;
    try {
      tree = Json.tree(json.getBytes(StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw new BadParameter("invalid filter: " + e.getMessage(), e);
    }
    if (!tree.isObject()) {
      throw new BadParameter("invalid filter");
    }
    Map<String, Set<String>> values = new TreeMap<>();
    for (Map.Entry<String, JsonNode> field : tree.properties()) {
      values.put(field.getKey(), valuesOf(field.getKey(), field.getValue()));
    }
    return new Filters(values);
  }

  private static Set<String> valuesOf(String name, JsonNode node) {
    Set<String> found = new TreeSet<>();
    if (node.isArray()) {
      for (JsonNode value : node) {
        if (!value.isString()) {
          throw invalid(name);
        }
        found.add(value.stringValue());
      }
    } else if (node.isObject()) {
      for (Map.Entry<String, JsonNode> value : node.properties()) {
        if (!value.getValue().isBoolean()) {
          throw invalid(name);
        }
        found.add(value.getKey());
      }
    } else if (!node.isNull()) {
      throw invalid(name);
    }
    return found;
  }

  /** The refusal of a value, in dockerd's words, for owners of filters with values of their own. */
  public static BadParameter invalid(String name, Collection<String> these) {
    return new BadParameter("invalid filter '%s=[%s]'".formatted(name, String.join(" ", these)));
  }

  private static BadParameter invalid(String name) {
    return new BadParameter("invalid filter '" + name + "'");
  }

  /** Refuses names that this list does not know. */
  public Filters allowOnly(Set<String> known) {
    for (String name : values.keySet()) {
      if (!known.contains(name)) {
        throw invalid(name);
      }
    }
    return this;
  }

  public boolean isEmpty() {
    return values.isEmpty();
  }

  public boolean has(String name) {
    return values.containsKey(name);
  }

  /** All values of this name, sorted; empty if there is none. */
  public List<String> all(String name) {
    return List.copyOf(values.getOrDefault(name, Set.of()));
  }

  /** These filters with one value more. */
  public Filters with(String name, String value) {
    Map<String, Set<String>> copy = new LinkedHashMap<>(values);
    Set<String> these = new TreeSet<>(copy.getOrDefault(name, Set.of()));
    these.add(value);
    copy.put(name, these);
    return new Filters(copy);
  }

  public Filters without(String name) {
    return new Filters(
        values.entrySet().stream()
            .filter(entry -> !entry.getKey().equals(name))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
  }

  /** Whether the value is among those asked for. */
  public boolean matchesExactly(String name, String value) {
    Set<String> these = values.get(name);
    return these == null || these.isEmpty() || these.contains(value);
  }

  /** Whether the value is one of those asked for, or begins with one. */
  public boolean matchesPrefix(String name, String value) {
    return matchesExactly(name, value) || all(name).stream().anyMatch(value::startsWith);
  }

  /**
   * Whether the value is one of those asked for, or contains a match of one as a regular
   * expression.
   *
   * @throws BadParameter if what was asked for is no regular expression
   */
  public boolean matchesPattern(String name, String value) {
    if (matchesExactly(name, value)) {
      return true;
    }
    for (String pattern : all(name)) {
      try {
        if (Pattern.compile(pattern).matcher(value).find()) {
          return true;
        }
      } catch (PatternSyntaxException e) {
        throw new BadParameter(
            "invalid filter '%s=%s': %s".formatted(name, pattern, e.getDescription()), e);
      }
    }
    return false;
  }

  /**
   * Whether every {@code key} or {@code key=value} asked for is among these pairs; unlike elsewhere
   * all values must match.
   */
  public boolean matchesPairs(String name, Map<String, String> pairs) {
    return values.getOrDefault(name, Set.of()).stream().allMatch(wanted -> holds(pairs, wanted));
  }

  /** The label filter, together with its negative {@code label!}. */
  public boolean matchesLabels(Map<String, String> labels) {
    return matchesPairs("label", labels) && (!has("label!") || !matchesPairs("label!", labels));
  }

  private static boolean holds(Map<String, String> pairs, String wanted) {
    int equals = wanted.indexOf('=');
    if (equals < 0) {
      return pairs.containsKey(wanted);
    }
    return wanted.substring(equals + 1).equals(pairs.get(wanted.substring(0, equals)));
  }

  /**
   * The value of a yes-or-no filter, empty if it is not there.
   *
   * @throws BadParameter if it is neither, or both
   */
  public Optional<Boolean> flag(String name) {
    Set<String> these = values.get(name);
    if (these == null) {
      return Optional.empty();
    }
    boolean no = these.stream().anyMatch(FALSEHOODS::contains);
    boolean yes = these.stream().anyMatch(TRUTHS::contains);
    if (no == yes) {
      throw these.isEmpty() ? invalid(name) : invalid(name, these);
    }
    return Optional.of(yes);
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
