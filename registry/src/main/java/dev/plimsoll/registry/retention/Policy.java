package dev.plimsoll.registry.retention;

import dev.plimsoll.oci.RepositoryName;
import java.util.List;

/**
 * The rules, in the order of their strength.
 *
 * @param doubts what is allowed in a dry run only, a sentence each
 */
public record Policy(List<Rule> rules, List<String> doubts) {
  /** No rule: everything stays. */
  public static final Policy NONE = new Policy(List.of(), List.of());

  public Policy {
    rules = List.copyOf(rules);
    doubts = List.copyOf(doubts);
  }

  /** The rules that have a say in this repository. */
  List<Rule> about(RepositoryName repository) {
    return rules.stream().filter(rule -> rule.isAbout(repository)).toList();
  }
}
