package dev.plimsoll.registry.retention;

import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.auth.NamePattern;
import dev.plimsoll.registry.retention.Rule.Selection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Finds the patterns of a policy that match nothing, and the rules that others leave nothing to:
 * most often they are mistyped, or in the wrong order.
 */
final class PatternsUsed {
  private record Place(String rule, String kind, NamePattern pattern) {}

  private final Policy policy;
  private final Set<Place> matched = new HashSet<>();
  private final Set<String> about = new HashSet<>(); // rules, by name
  private final Set<String> decided = new HashSet<>();

  PatternsUsed(Policy policy) {
    this.policy = policy;
  }

  void saw(RepositoryName repository) {
    for (Rule rule : policy.rules()) {
      note(rule, "repositories", rule.repositories(), repository.value());
    }
  }

  void saw(Inventory inventory) {
    for (Rule rule : policy.about(inventory.repository())) {
      if (rule.selection()
          instanceof Selection.Tags(List<NamePattern> tags, List<NamePattern> ex)) {
        inventory
            .tags()
            .forEach(line -> {
              note(rule, "tags", tags, line.tag().value());
              note(rule, "except", ex, line.tag().value());
            });
      }
    }
  }

  /** Sees who is about what, and who decides it: the first. */
  void sawRules(Inventory inventory) {
    List<Rule> rules = policy.about(inventory.repository());
    inventory.tags().forEach(line -> first(rules, rule -> rule.isAboutTag(line.tag().value())));
    first(rules, Rule::isAboutUntagged);
  }

  private void first(List<Rule> rules, Predicate<Rule> isAbout) {
    boolean isFirst = true;
    for (Rule rule : rules) {
      if (isAbout.test(rule)) {
        about.add(rule.name());
        if (isFirst) {
          decided.add(rule.name());
        }
        isFirst = false;
      }
    }
  }

  private void note(Rule rule, String kind, List<NamePattern> patterns, String name) {
    for (NamePattern pattern : patterns) {
      Place place = new Place(rule.name(), kind, pattern);
      if (!matched.contains(place) && pattern.matches(name)) {
        matched.add(place);
      }
    }
  }

  /** A sentence for each pattern of repositories that matched none. */
  List<String> unusedRepositories() {
    List<String> warnings = new ArrayList<>();
    for (Rule rule : policy.rules()) {
      unused(rule, "repositories", rule.repositories(), "no repository", warnings);
    }
    return warnings;
  }

  /** A sentence for each pattern that matched nothing at all. */
  List<String> unused() {
    List<String> warnings = unusedRepositories();
    for (Rule rule : policy.rules()) {
      if (rule.selection()
          instanceof Selection.Tags(List<NamePattern> tags, List<NamePattern> ex)) {
        unused(rule, "tags", tags, "no tag", warnings);
        unused(rule, "except", ex, "no tag", warnings);
      }
    }
    for (Rule rule : policy.rules()) {
      if (about.contains(rule.name()) && !decided.contains(rule.name())) {
        warnings.add(
            "line %d: rule \"%s\" decides nothing: rules before it are about all that it is about"
                .formatted(rule.line(), rule.name()));
      }
    }
    return warnings;
  }

  private void unused(
      Rule rule, String kind, List<NamePattern> patterns, String what, List<String> warnings) {
    for (NamePattern pattern : patterns) {
      if (!matched.contains(new Place(rule.name(), kind, pattern))) {
        warnings.add(
            "line %d: rule \"%s\": %s \"%s\" matches %s"
                .formatted(rule.line(), rule.name(), kind, pattern, what));
      }
    }
  }
}
