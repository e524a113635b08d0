package dev.plimsoll.engine.runtime;

import dev.plimsoll.linux.ChildProcess;
import dev.plimsoll.linux.Command;
import dev.plimsoll.linux.ConsoleSocket;
import dev.plimsoll.linux.ExitStatus;
import dev.plimsoll.linux.FileDescriptor;
import dev.plimsoll.linux.Orphans;
import dev.plimsoll.linux.Processes;
import dev.plimsoll.linux.Signal;
import dev.plimsoll.linux.Terminal;
import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Starts further processes in a container. The runtime starts one, tells its pid and leaves; the
 * process becomes a child of this program, which so learns its exit code, and its streams are its own
 * from the first byte: no program stands between. Safe for many threads.
 */
public final class RuntimeExec {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration TERMINAL_LIMIT = Duration.ofSeconds(5);
  private static final String FAILED = "exec failed: ";

  private final OciRuntime runtime;

  public RuntimeExec(OciRuntime runtime) {
    this.runtime = runtime;
  }

  /**
   * Starts one on the given descriptors, by their numbers in the process; the others of 0, 1 and 2
   * are {@code /dev/null}.
   *
   * @throws RuntimeFailure if the runtime refuses; nothing runs then
   */
  public ChildProcess start(String id, ExecFiles files, Map<Integer, FileDescriptor> streams)
      throws IOException, InterruptedException {
    return launch(id, files, List.of(), streams);
  }

  /** A process and the terminal it is on, which the caller closes. */
  public record OnTerminal(ChildProcess process, Terminal terminal) {}

  /** As {@link #start}, on a terminal of its own. Holds its thread for a moment. */
  public OnTerminal startOnTerminal(String id, ExecFiles files)
      throws IOException, InterruptedException {
    try (ConsoleSocket console = ConsoleSocket.listen(files.consoleSocket())) {
      ChildProcess process =
          launch(
              id, files, List.of("--console-socket", files.consoleSocket().toString()), Map.of());
      // The runtime has sent it before it left.
      Optional<Terminal> terminal = console.receive(TERMINAL_LIMIT);
      if (terminal.isEmpty()) {
        process.kill(Signal.KILL);
        throw new IOException("the runtime handed over no terminal");
      }
      return new OnTerminal(process, terminal.get());
    }
  }

  private ChildProcess launch(
      String id, ExecFiles files, List<String> more, Map<Integer, FileDescriptor> streams)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(runtime.globalArguments());
    arguments.addAll(List.of("--log", files.log().toString(), "--log-format", "json"));
    arguments.addAll(
        List.of(
            "exec",
            "--detach",
            "--process",
            files.process().toString(),
            "--pid-file",
            files.pidFile().toString()));
    arguments.addAll(more);
    arguments.add(id);
    Command command = Command.of(runtime.program(), arguments).ownSession();
    for (Map.Entry<Integer, FileDescriptor> stream : streams.entrySet()) {
      command = command.descriptor(stream.getKey(), stream.getValue());
    }
    try (Orphans.Expectation orphan = Orphans.expect()) {
      ExitStatus status = run(command);
      if (status.code() != 0) {
        throw RuntimeFailure.of("exec", refusal(files));
      }
      return orphan.claim(pid(files));
    }
  }

  private static ExitStatus run(Command command) throws IOException, InterruptedException {
    ChildProcess starter = Processes.start(command);
    var status = starter.waitFor(LIMIT);
    if (status.isEmpty()) {
      starter.kill(Signal.KILL);
      throw new IOException("a process was not started within " + LIMIT);
    }
    return status.get();
  }

  private static long pid(ExecFiles files) throws IOException {
    String text = Files.readString(files.pidFile(), StandardCharsets.US_ASCII).strip();
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IOException("the runtime told no pid: \"" + text + "\"", e);
    }
  }

  /** The last error in the runtime's log, said as runc says it. */
  private static String refusal(ExecFiles files) throws IOException {
    String last = "";
    try {
      for (String line : Files.readAllLines(files.log(), StandardCharsets.UTF_8)) {
        if (!line.isBlank()) {
          var entry = Json.tree(line.getBytes(StandardCharsets.UTF_8));
          if (List.of("error", "fatal").contains(entry.path("level").asString("error"))) {
            last = entry.path("msg").asString("");
          }
        }
      }
    } catch (NoSuchFileException e) {
      return "";
    }
    String sentence = RuntimeFailure.sentence(last);
    return sentence.startsWith(FAILED) ? sentence : FAILED + sentence;
  }
}
