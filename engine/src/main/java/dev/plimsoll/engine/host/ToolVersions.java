package dev.plimsoll.engine.host;

import dev.plimsoll.engine.host.EngineFacts.Tool;
import dev.plimsoll.linux.Command;
import dev.plimsoll.linux.Processes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks the programs that containers need which versions they are. */
public final class ToolVersions {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final Pattern VERSION = Pattern.compile("version:? ?([0-9][^\\s,]*)");

  private ToolVersions() {}

  /** The runtime, conmon, and the init program under the name that Docker gives it. */
  public static List<Tool> of(String runtime, Path program)
      throws IOException, InterruptedException {
    List<Tool> tools = new ArrayList<>();
    tools.add(new Tool(runtime, ask(program)));
    add(tools, "conmon", "conmon");
    add(tools, "docker-init", "catatonit");
    return tools;
  }

  private static void add(List<Tool> tools, String name, String program)
      throws IOException, InterruptedException {
    Optional<Path> found = Processes.find(program);
    if (found.isPresent()) {
      tools.add(new Tool(name, ask(found.get())));
    }
  }

  /** Empty if it does not tell: nothing depends on it. */
  private static String ask(Path program) throws IOException, InterruptedException {
    var result = Processes.run(Command.of(program, "--version"), LIMIT);
    String text = result.output() + result.error();
    Matcher version = VERSION.matcher(text);
    return version.find() ? version.group(1) : "";
  }
}
