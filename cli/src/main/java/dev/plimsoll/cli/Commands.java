package dev.plimsoll.cli;

import dev.plimsoll.cli.engine.EngineVerbs;
import dev.plimsoll.cli.registry.RegistryVerbs;
import dev.plimsoll.cli.verb.Verb;
import java.util.List;
import java.util.Optional;

/** Every command of the program. */
final class Commands {
  private static final List<Verb> MACHINE =
      List.of(
          new Verb("up", "start registry and engine, make and run a first image", UpCommand::new),
          new Verb("down", "stop what up started", DownCommand::new),
          new Verb("doctor", "what this machine can do, and what is missing", DoctorCommand::new));

  /** Commands that belong together. */
  record Group(String title, String word, List<Verb> verbs) {}

  /** As the help lists them; the first are called by one word, the others by two. */
  static final List<Group> ALL =
      List.of(
          new Group("This machine", "", MACHINE),
          new Group("Registry", "registry", RegistryVerbs.ALL),
          new Group("Engine", "engine", EngineVerbs.ALL));

  private Commands() {}

  /** The group whose commands begin with this word. */
  static Optional<Group> group(String word) {
    return ALL.stream().filter(group -> group.word().equals(word) && !word.isEmpty()).findFirst();
  }

  static Optional<Verb> named(String name) {
    return ALL.stream()
        .flatMap(group -> group.verbs().stream())
        .filter(verb -> verb.name().equals(name))
        .findFirst();
  }
}
