package dev.plimsoll.registry.retention;

import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.auth.NamePattern;
import dev.plimsoll.registry.retention.Rule.Selection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Finds the patterns of a policy that match nothing: most often they are mistyped. */
final class PatternsUsed {
  private record Place(String rule, String kind, NamePattern pattern) {}

  private final Policy policy;
  private final Set<Place> matched = new HashSet<>();

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
