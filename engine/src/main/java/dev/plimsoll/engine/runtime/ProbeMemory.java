package dev.plimsoll.engine.runtime;

import dev.plimsoll.linux.Processes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Remembers which runtime works, so that only the first engine after a boot tries them out. What is
 * remembered counts as long as the same kernel runs and no candidate was installed, upgraded or
 * removed.
 */
final class ProbeMemory {
  private final Path file;

  /** @param run a directory of this engine that dies with the boot */
  ProbeMemory(Path run) {
    this.file = run.resolve("runtime-probe");
  }

  /** The name of the runtime that worked, if all is as it was then. */
  Optional<String> recall(List<String> candidates) throws IOException {
    try {
      List<String> lines = Files.readAllLines(file);
      boolean same =
          lines.size() > 1 && lines.subList(1, lines.size()).equals(circumstances(candidates));
      return same ? Optional.of(lines.getFirst()) : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Remembers a success; a failure is tried again every time. */
  void keep(String name, List<String> candidates) throws IOException {
    String text = name + "\n" + String.join("\n", circumstances(candidates)) + "\n";
    Path draft = file.resolveSibling(file.getFileName() + ".draft");
    Files.write(draft, text.getBytes(StandardCharsets.UTF_8));
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static List<String> circumstances(List<String> candidates) throws IOException {
    List<String> facts = new ArrayList<>(List.of("boot " + Processes.bootId()));
    for (String name : candidates) {
      Optional<Path> program = Processes.find(name);
      facts.add(program.isPresent() ? identity(program.get()) : name + " not installed");
    }
    return facts;
  }

  private static String identity(Path program) throws IOException {
    return "%s %s %d bytes"
        .formatted(program, Files.getLastModifiedTime(program), Files.size(program));
  }
}
