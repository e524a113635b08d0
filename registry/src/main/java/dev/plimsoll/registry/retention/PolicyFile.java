package dev.plimsoll.registry.retention;

import dev.plimsoll.foundation.Durations;
import dev.plimsoll.foundation.settings.YamlValue;
import dev.plimsoll.registry.auth.NamePattern;
import dev.plimsoll.registry.retention.Keep.Order;
import dev.plimsoll.registry.retention.Rule.Selection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a policy, docs/registry/retention.md. What it does not know, and a rule that would delete
 * everything or what was just pushed, is refused with the line and the reason.
 */
public final class PolicyFile {
  private static final int RULES_MAX = 1000;
  private static final int NAME_CHARS_MAX = 100;

  /** Less is a unit mistaken, such as 30m for 30 months, and would delete what was just pushed. */
  private static final Duration KEPT_MIN = Duration.ofHours(1);

  private final boolean trial;
  private final List<String> doubts = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  private PolicyFile(boolean trial) {
    this.trial = trial;
  }

  /**
   * Reads a policy that is to be carried out.
   *
   * @throws dev.plimsoll.foundation.settings.SettingsException with file, line and reason
   */
  public static Policy read(YamlValue root) {
    return new PolicyFile(false).policy(root);
  }

  /** Reads one for a dry run: what would delete too much is then only a doubt. */
  public static Policy readForTrial(YamlValue root) {
    return new PolicyFile(true).policy(root);
  }

  private Policy policy(YamlValue root) {
    YamlValue rules = required(root, root.fields("rules"), "rules");
    List<Rule> all = new ArrayList<>();
    for (YamlValue item : rules.items()) {
      if (all.size() == RULES_MAX) {
        throw item.wrong("a policy has at most %d rules".formatted(RULES_MAX));
      }
      all.add(rule(item));
    }
    return new Policy(all, doubts);
  }

  private Rule rule(YamlValue value) {
    Map<String, YamlValue> fields =
        value.fields("name", "repositories", "tags", "except", "untagged", "keep");
    YamlValue nameAt = required(value, fields, "name");
    String name = nameAt.text().strip();
    if (name.isEmpty() || name.length() > NAME_CHARS_MAX) {
      throw nameAt.wrong("a rule's name has 1 to %d characters".formatted(NAME_CHARS_MAX));
    }
    if (!names.add(name)) {
      throw nameAt.wrong("there is a rule \"%s\" already".formatted(name));
    }
    Selection selection = selection(value, name, fields);
    return new Rule(
        name,
        value.line(),
        patterns(required(value, fields, "repositories")),
        selection,
        keep(value, name, selection, fields.get("keep")));
  }

  private static Selection selection(YamlValue rule, String name, Map<String, YamlValue> fields) {
    YamlValue tags = fields.get("tags");
    YamlValue untagged = fields.get("untagged");
    YamlValue except = fields.get("except");
    if ((tags == null) == (untagged == null)) {
      throw rule.wrong(
          "rule \"%s\" must be about tags (tags: [PATTERN]) or about what has none (untagged: true)"
              .formatted(name));
    }
    if (tags != null) {
      return new Selection.Tags(patterns(tags), except == null ? List.of() : patterns(except));
    }
    if (except != null) {
      throw except.wrong("except takes tags out, and rule \"%s\" is about none".formatted(name));
    }
    if (!untagged.text().equals("true")) {
      throw untagged.wrong("untagged can only be true; leave it out otherwise");
    }
    return new Selection.Untagged();
  }

  private Keep keep(YamlValue rule, String name, Selection selection, @Nullable YamlValue value) {
    if (value == null) {
      return nothing(rule, name);
    }
    if (!value.isMap()) {
      if (!value.text().equals("everything")) {
        throw value.wrong(
            "keep is \"%s\"; it must be everything, or conditions such as newest: 10"
                .formatted(value.text()));
      }
      return new Keep.Everything();
    }
    Map<String, YamlValue> fields =
        selection instanceof Selection.Tags
            ? value.fields("newest", "order", "pushed-within", "pulled-within")
            : value.fields("untagged-within", "pushed-within", "pulled-within");
    YamlValue order = fields.get("order");
    YamlValue newest = fields.get("newest");
    if (order != null && newest == null) {
      throw order.wrong("order says which tags are the newest; it needs newest: N beside it");
    }
    if (fields.isEmpty()) {
      return nothing(rule, name);
    }
    return new Keep.These(
        newest == null ? OptionalInt.empty() : OptionalInt.of(newest.as(PolicyFile::count)),
        order == null ? Order.PUSHED : order.as(PolicyFile::order),
        duration(name, fields.get("pushed-within")),
        duration(name, fields.get("pulled-within")),
        duration(name, fields.get("untagged-within")));
  }

  private Keep nothing(YamlValue rule, String name) {
    String reason =
        "rule \"%s\" would delete everything that it is about: it keeps nothing; give it keep, such as keep: {newest: 10}"
            .formatted(name);
    if (!trial) {
      throw rule.wrong(reason);
    }
    doubts.add("line %d: %s".formatted(rule.line(), reason));
    return Keep.These.NOTHING;
  }

  private static List<NamePattern> patterns(YamlValue value) {
    List<YamlValue> items = value.items();
    if (items.isEmpty()) {
      throw value.wrong("this list is empty, so the rule is about nothing");
    }
    return items.stream().map(item -> item.as(NamePattern::parse)).toList();
  }

  private static int count(String text) {
    try {
      int count = Integer.parseInt(text);
      if (count >= 1) {
        return count;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException(
        "newest is \"%s\"; it must be a whole number, 1 or more".formatted(text));
  }

  private static Order order(String text) {
    return switch (text) {
      case "pushed" -> Order.PUSHED;
      case "version" -> Order.VERSION;
      default ->
          throw new IllegalArgumentException(
              "order is \"%s\"; it must be pushed or version".formatted(text));
    };
  }

  private Optional<Duration> duration(String rule, @Nullable YamlValue value) {
    if (value == null) {
      return Optional.empty();
    }
    Duration duration = value.as(Durations::parse);
    if (duration.compareTo(KEPT_MIN) < 0) {
      String reason =
          "rule \"%s\" would delete what was just pushed: \"%s\" is less than %s; write 30d for thirty days"
              .formatted(rule, value.text(), Durations.format(KEPT_MIN));
      if (!trial || !duration.isPositive()) {
        throw value.wrong(reason);
      }
      doubts.add("line %d: %s".formatted(value.line(), reason));
    }
    return Optional.of(duration);
  }

  private static YamlValue required(YamlValue at, Map<String, YamlValue> fields, String name) {
    YamlValue value = fields.get(name);
    if (value == null) {
      throw at.wrong("%s is missing here".formatted(name));
    }
    return value;
  }
}
