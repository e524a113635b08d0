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
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks the programs that containers need which versions they are: the runtime, conmon, and the init
 * program under the name that Docker gives it. Each is started once, when somebody first wants to
 * know, and an engine's start is not held up by them. Safe for many threads.
 */
public final class ToolVersions implements Supplier<List<Tool>> {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final Pattern VERSION = Pattern.compile("version:? ?([0-9][^\\s,]*)");

  private final String runtime;
  private final Path program;
  private final ReentrantLock asking = new ReentrantLock();
  private List<Tool> known = List.of();

  /** @param runtime the name of the program that makes containers */
  public ToolVersions(String runtime, Path program) {
    this.runtime = runtime;
    this.program = program;
  }

  @Override
  public List<Tool> get() {
    asking.lock();
    try {
      if (known.isEmpty()) {
        known = ask();
      }
      return known;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    } finally {
      asking.unlock();
    }
  }

  private List<Tool> ask() throws InterruptedException {
    List<Tool> tools = new ArrayList<>();
    tools.add(new Tool(runtime, version(program)));
    add(tools, "conmon", "conmon");
    add(tools, "docker-init", "catatonit");
    return List.copyOf(tools);
  }

  private static void add(List<Tool> tools, String name, String program)
      throws InterruptedException {
    Optional<Path> found = Processes.find(program);
    if (found.isPresent()) {
      tools.add(new Tool(name, version(found.get())));
    }
  }

  /** Empty if it does not tell: nothing depends on it. */
  private static String version(Path program) throws InterruptedException {
    try {
      var result = Processes.run(Command.of(program, "--version"), LIMIT);
      Matcher version = VERSION.matcher(result.output() + result.error());
      return version.find() ? version.group(1) : "";
    } catch (IOException e) {
      return "";
    }
  }
}
