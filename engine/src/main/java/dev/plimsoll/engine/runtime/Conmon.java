package dev.plimsoll.engine.runtime;

import dev.plimsoll.linux.Command;
import dev.plimsoll.linux.ExitStatus;
import dev.plimsoll.linux.Pipe;
import dev.plimsoll.linux.Processes;
import dev.plimsoll.linux.cgroup.Refuge;
import dev.plimsoll.oci.Json;
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Starts conmons: each makes one container through the runtime and then stays with it, keeps its
 * output, hands out its terminal and writes its exit code down. A conmon leaves this process at once
 * and outlives it.
 *
 * <p>Habits of conmon 2.1 that this class lives with: it exits before the runtime is done, so the
 * outcome comes through a pipe; without an existing {@code --persist-dir} it writes no exit file at
 * all; without {@code --full-attach} it wants to make links below {@code /var/run/crio}; a conmon
 * for an exec that is given an exit directory overwrites the container's own exit file.
 */
public final class Conmon implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Path program;
  private final OciRuntime runtime;
  private final Path exits;
  private final Refuge refuge;

  /**
   * @param exits the directory in which exit files appear, one per container that ended
   * @param refuge where conmons go, so that they stay when a service manager kills the engine's group
   */
  public Conmon(Path program, OciRuntime runtime, Path exits, Refuge refuge) {
    this.program = program;
    this.runtime = runtime;
    this.exits = exits;
    this.refuge = refuge;
  }

  /**
   * Makes the container of the bundle, up to but not including its first instruction: {@link
   * OciRuntime#start} lets it go.
   *
   * @return its first process
   * @throws RuntimeFailure if the runtime refuses; its conmon has ended then
   */
  public HostProcess create(ConmonRequest request) throws IOException, InterruptedException {
    Files.deleteIfExists(exits.resolve(request.id()));
    List<String> arguments = new ArrayList<>(common(request));
    arguments.addAll(
        List.of(
            "--exit-dir", exits.toString(),
            "--container-pidfile", request.bundle().pidFile().toString(),
            "--conmon-pidfile", request.bundle().conmonPidFile().toString()));
    try (Pipe pipe = Pipe.open()) {
      Command command =
          Command.of(program, arguments)
              .directory(request.bundle().directory())
              .ownSession()
              .environment("_OCI_SYNCPIPE", "3")
              .descriptor(3, pipe.writer());
      ExitStatus status =
          Processes.start(command)
              .waitFor(LIMIT)
              .orElseThrow(() -> new IOException("conmon did not begin within " + LIMIT));
      pipe.writer().close();
      if (status.code() != 0) {
        throw new IOException("conmon ended with code " + status.code());
      }
      shelter(request.bundle());
      try (BufferedReader answers = reader(pipe)) {
        return identity(pid(answers.readLine(), "create"));
      }
    }
  }

  // The program that was started writes this file and ends; the conmon that stays has just begun.
  private void shelter(Bundle bundle) throws IOException {
    refuge.take(Long.parseLong(Files.readString(bundle.conmonPidFile()).strip()));
  }

  /**
   * The pipe as a stream whose reads may hold a virtual thread without its carrier. Through a
   * platform's own file, because a blocking call of the linux module holds the carrier.
   */
  static BufferedReader reader(Pipe pipe) throws IOException {
    var stream = new FileInputStream(pipe.reader().link().toFile());
    pipe.reader().close();
    return new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
  }

  /** The arguments that a container and a further process in it share. */
  List<String> common(ConmonRequest request) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--api-version",
                "1",
                "--cid",
                request.id(),
                "--cuuid",
                request.id(),
                "--name",
                request.name(),
                "--runtime",
                runtime.program().toString(),
                "--bundle",
                request.bundle().directory().toString(),
                "--persist-dir",
                request.bundle().directory().toString(),
                "--full-attach",
                "--log-level",
                "error",
                "--log-path",
                request.log().map(path -> "k8s-file:" + path).orElse("k8s-file:/dev/null")));
    for (String argument : runtime.globalArguments()) {
      arguments.add("--runtime-arg=" + argument);
    }
    if (request.terminal()) {
      arguments.add("--terminal");
    }
    if (request.stdin()) {
      arguments.add("--stdin");
    }
    if (request.stdin() && request.stdinStaysOpen()) {
      arguments.add("--leave-stdin-open");
    }
    return arguments;
  }

  /** Reads {@code {"data": 4711}}, or {@code {"data": -1, "message": "…"}} and throws. */
  static long pid(@org.jspecify.annotations.Nullable String answer, String what)
      throws IOException {
    if (answer == null) {
      throw new IOException("conmon ended without telling why");
    }
    JsonNode tree = Json.tree(answer.getBytes(StandardCharsets.UTF_8));
    long data = tree.path("data").asLong(-1);
    if (data <= 0) {
      throw RuntimeFailure.of(what, tree.path("message").asString(""));
    }
    return data;
  }

  private static HostProcess identity(long pid) throws IOException {
    // A process that has ended already has no start time; its exit file tells the rest.
    return new HostProcess(pid, Processes.startTime(pid).orElse(0), Processes.bootId());
  }

  /** Whether that very process still runs. */
  public static boolean isAlive(HostProcess process) throws IOException {
    return process.bootId().equals(Processes.bootId())
        && process.startTicks() != 0
        && Processes.startTime(process.pid()).orElse(-1) == process.startTicks();
  }

  /**
   * A container's first process, if it runs, found without anything but its bundle: by the file that
   * conmon wrote and by the group that the kernel has it in.
   */
  public static Optional<HostProcess> processOf(Bundle bundle, String id) throws IOException {
    try {
      long pid = Long.parseLong(Files.readString(bundle.pidFile()).strip());
      HostProcess process = identity(pid);
      String groups = Files.readString(Path.of("/proc", Long.toString(pid), "cgroup"));
      return groups.contains(id) && isAlive(process) ? Optional.of(process) : Optional.empty();
    } catch (NoSuchFileException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** When a container was started whose process {@link #processOf} has found. */
  public static Instant startedAt(Bundle bundle) throws IOException {
    return Files.getLastModifiedTime(bundle.pidFile()).toInstant();
  }

  /** Tells a container's conmon to write to a new log file: the old one has been renamed. */
  public void reopenLog(Bundle bundle) throws IOException {
    control(bundle, "2 0 0\n");
  }

  /** Changes the size of the container's terminal. */
  public void resize(Bundle bundle, int height, int width) throws IOException {
    control(bundle, "1 %d %d\n".formatted(height, width));
  }

  /** Leaves the conmons alone; where none is left, nothing stays on the host. */
  @Override
  public void close() throws IOException {
    refuge.removeIfEmpty();
  }

  private static void control(Bundle bundle, String line) throws IOException {
    if (!Files.exists(bundle.control())) {
      throw new NoSuchFileException(bundle.control().toString());
    }
    // Opened for reading too: a fifo whose conmon has died would hold a writer for ever.
    try (var fifo = new java.io.RandomAccessFile(bundle.control().toFile(), "rw")) {
      fifo.write(line.getBytes(StandardCharsets.US_ASCII));
    }
  }
}
