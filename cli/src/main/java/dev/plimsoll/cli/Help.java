package dev.plimsoll.cli;

import dev.plimsoll.cli.Commands.Group;
import java.util.List;

/** What {@code plimsoll --help} prints, and {@code plimsoll registry --help} and its like. */
final class Help {
  private Help() {}

  static String all() {
    return text(
        "COMMAND",
        "A container platform: a registry and an engine that speak Docker's protocols.",
        Commands.ALL);
  }

  static String of(Group group) {
    return text(
        group.word() + " VERB", "The %s of Plimsoll.".formatted(group.word()), List.of(group));
  }

  private static String text(String synopsis, String about, List<Group> groups) {
    StringBuilder text = new StringBuilder();
    text.append("Usage: plimsoll %s [OPTIONS]%n%n%s%n".formatted(synopsis, about));
    for (Group group : groups) {
      text.append("%n%s:%n".formatted(group.title()));
      group
          .verbs()
          .forEach(verb -> text.append("  %-18s %s%n".formatted(verb.name(), verb.summary())));
    }
    return text.append(
            """

            Each command explains itself: plimsoll COMMAND --help
            Exit codes: 0 done, 1 failed, 2 wrong usage
            """)
        .toString();
  }
}
