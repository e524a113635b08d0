package dev.plimsoll.cli;

import java.util.Optional;

/** The commands by their first word, each made only when it is called. */
final class Commands {
  private Commands() {}

  static Optional<Object> named(String word) {
    return switch (word) {
      case "up" -> Optional.of(new UpCommand());
      case "down" -> Optional.of(new DownCommand());
      case "doctor" -> Optional.of(new DoctorCommand());
      case "registry" -> Optional.of(new RegistryCommand());
      case "engine" -> Optional.of(new EngineCommand());
      default -> Optional.empty();
    };
  }
}
