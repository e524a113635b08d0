package dev.plimsoll.engine.exec;

import dev.plimsoll.docker.StreamFrames.Stream;
import dev.plimsoll.engine.container.ContainerState;
import dev.plimsoll.engine.container.Containers;
import dev.plimsoll.engine.exec.ExecTalk.ExecStreams;
import dev.plimsoll.engine.exec.ExecTalk.ExecStreams.Output;
import dev.plimsoll.engine.refusal.EngineException.Conflict;
import dev.plimsoll.engine.runtime.ExecFiles;
import dev.plimsoll.engine.runtime.RuntimeExec;
import dev.plimsoll.engine.runtime.RuntimeFailure;
import dev.plimsoll.linux.ChildProcess;
import dev.plimsoll.linux.Directory;
import dev.plimsoll.linux.FileDescriptor;
import dev.plimsoll.linux.Pipe;
import dev.plimsoll.linux.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Brings an exec to life: its file, its streams, the runtime. What it needed on disk goes at once. */
final class ExecStart {
  private static final int CANNOT_RUN = 126; // as a shell says it

  private final Containers containers;
  private final Path files;
  private final Collection<String> capabilities;
  private final RuntimeExec runtime;

  ExecStart(Containers containers, Path files, Collection<String> capabilities) {
    this.containers = containers;
    this.files = files;
    this.capabilities = capabilities;
    this.runtime = new RuntimeExec(containers.runtime());
  }

  /** Whether a client listens. */
  enum Attached {
    YES,
    NO
  }

  record Started(ChildProcess process, ExecStreams streams, Optional<Terminal> terminal) {}

  Started start(Exec exec, ExecSettings settings, Attached attached)
      throws IOException, InterruptedException {
    var place = new ExecFiles(Files.createDirectory(files.resolve(exec.id().fileName())));
    try {
      ContainerState.Running container =
          exec.container()
              .snapshot()
              .running()
              .orElseThrow(() ->
                  new Conflict("container %s is not running".formatted(exec.container().id())));
      Path rootfs = Path.of("/proc", Long.toString(container.process().pid()), "root");
      new ExecProcessFile(containers.bundle(exec.container().id()), rootfs, capabilities)
          .write(place.process(), exec.container(), settings);
      String id = exec.container().id().value();
      return settings.terminal()
          ? onTerminal(id, place, settings, attached)
          : onPipes(id, place, settings, attached);
    } finally {
      remove(place);
    }
  }

  private void remove(ExecFiles place) throws IOException {
    try (Directory parent = Directory.open(files)) {
      parent.removeTree(place.directory().getFileName().toString());
    }
  }

  private Started onTerminal(String id, ExecFiles place, ExecSettings settings, Attached attached)
      throws IOException, InterruptedException {
    RuntimeExec.OnTerminal started = runtime.startOnTerminal(id, place);
    Terminal terminal = started.terminal();
    FileDescriptor master = terminal.descriptor();
    boolean heard = attached == Attached.YES;
    var streams =
        new ExecStreams(
            heard && settings.stdin() ? Optional.of(master) : Optional.empty(),
            List.of(new Output(Stream.STDOUT, master)),
            List.of(terminal));
    return new Started(started.process(), streams, Optional.of(terminal));
  }

  private Started onPipes(String id, ExecFiles place, ExecSettings settings, Attached attached)
      throws IOException, InterruptedException {
    Map<Integer, FileDescriptor> given = new HashMap<>();
    List<Output> outputs = new ArrayList<>();
    Optional<FileDescriptor> input = Optional.empty();
    List<AutoCloseable> ours = new ArrayList<>();
    boolean heard = attached == Attached.YES;
    try {
      if (heard && settings.stdin()) {
        Pipe pipe = Pipe.open();
        given.put(0, pipe.reader());
        ours.add(pipe.writer());
        input = Optional.of(pipe.writer());
      }
      if (heard && settings.stdout()) {
        outputs.add(new Output(Stream.STDOUT, output(1, given, ours)));
      }
      if (heard && settings.stderr()) {
        outputs.add(new Output(Stream.STDERR, output(2, given, ours)));
      }
      var streams = new ExecStreams(input, outputs, ours);
      return new Started(runtime.start(id, place, given), streams, Optional.empty());
    } catch (IOException | InterruptedException | RuntimeException e) {
      new ExecStreams(input, outputs, ours).close();
      throw e;
    } finally {
      given.values().forEach(FileDescriptor::close); // else the ends would never be heard
    }
  }

  private static FileDescriptor output(
      int target, Map<Integer, FileDescriptor> given, List<AutoCloseable> ours) throws IOException {
    Pipe pipe = Pipe.open();
    given.put(target, pipe.writer());
    ours.add(pipe.reader());
    return pipe.reader();
  }

  /** What the exit code of an exec is said to be that could not be started. */
  static int exitCode(Exception cause) {
    return cause instanceof RuntimeFailure failure && failure.exitCode() == 127
        ? failure.exitCode()
        : CANNOT_RUN;
  }
}
