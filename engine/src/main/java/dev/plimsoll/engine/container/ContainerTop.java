package dev.plimsoll.engine.container;

import dev.plimsoll.docker.container.TopReply;
import dev.plimsoll.engine.refusal.EngineException;
import dev.plimsoll.linux.Command;
import dev.plimsoll.linux.Processes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** What {@code docker top} shows: the host's {@code ps}, of which the container's lines are taken. */
final class ContainerTop {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private ContainerTop() {}

  static TopReply of(Set<Long> pids, String arguments) throws IOException, InterruptedException {
    Path ps =
        Processes.find("ps")
            .orElseThrow(() ->
                new EngineException.Failed("top needs the program ps, which is not installed"));
    List<String> words =
        arguments.isBlank() ? List.of("-ef") : List.of(arguments.strip().split("\\s+"));
    var result = Processes.run(Command.of(ps, words), LIMIT);
    if (result.status().code() != 0) {
      String said = (result.error().isBlank() ? result.output() : result.error()).strip();
      // The rest is ps telling how it is used, which is no help to who typed docker top.
      throw new EngineException.BadParameter("ps: " + said.lines().findFirst().orElse("it failed"));
    }
    return parse(result.output(), pids);
  }

  /** Takes the container's lines out of what ps wrote. The last column keeps its spaces. */
  static TopReply parse(String output, Set<Long> pids) {
    String[] lines = output.split("\n", -1);
    List<String> titles = List.of(lines[0].strip().split("\\s+"));
    int pidColumn = titles.indexOf("PID");
    if (pidColumn < 0) {
      throw new EngineException.BadParameter("Couldn't find PID field in ps output");
    }
    List<List<String>> processes = new ArrayList<>();
    for (String line : Arrays.asList(lines).subList(1, lines.length)) {
      String[] fields = line.strip().split("\\s+", titles.size());
      if (fields.length > pidColumn && pids.contains(number(fields[pidColumn]))) {
        processes.add(List.of(fields));
      }
    }
    return new TopReply(titles, processes);
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
