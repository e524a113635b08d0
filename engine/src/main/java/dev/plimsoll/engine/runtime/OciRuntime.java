package dev.plimsoll.engine.runtime;

import dev.plimsoll.linux.Command;
import dev.plimsoll.linux.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * crun or runc: the program that makes containers. Each call runs it once; it keeps what it knows of
 * a container below {@code state}, which dies with the boot.
 *
 * @param name {@code crun} or {@code runc}
 */
public record OciRuntime(String name, Path program, Path state) {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Lets a created container's process go. */
  public void start(String id) throws IOException, InterruptedException {
    call("start", "start", id);
  }

  /** Ends every process of the container and forgets it. One that is unknown is no failure. */
  public void delete(String id) throws IOException, InterruptedException {
    var result = run("delete", "--force", id);
    if (result.status().code() != 0 && !isUnknown(result.error())) {
      throw RuntimeFailure.of("delete", result.error());
    }
  }

  private static boolean isUnknown(String error) {
    return error.contains("does not exist") || error.contains("No such file");
  }

  public void pause(String id) throws IOException, InterruptedException {
    call("pause", "pause", id);
  }

  public void resume(String id) throws IOException, InterruptedException {
    call("resume", "resume", id);
  }

  /** Changes limits of a running container; {@code resources} is a file as the runtime reads it. */
  public void update(String id, Path resources) throws IOException, InterruptedException {
    call("update", "update", "--resources", resources.toString(), id);
  }

  /** What a further process said, both streams, and how it ended. */
  public record ExecResult(int code, String output) {}

  /**
   * Runs a further process in the container to its end.
   *
   * @param process a file as the runtime reads it; its pid is written beside it
   * @throws IOException if it does not end in time; it has been ended then, with all it started
   */
  public ExecResult exec(String id, Path process, Duration limit)
      throws IOException, InterruptedException {
    Path pidFile = process.resolveSibling(process.getFileName() + ".pid");
    Files.deleteIfExists(pidFile);
    boolean ended = false;
    try {
      var result =
          Processes.run(
              Command.of(
                  program,
                  arguments(
                      "exec",
                      "--process",
                      process.toString(),
                      "--pid-file",
                      pidFile.toString(),
                      id)),
              limit);
      ended = true;
      return new ExecResult(result.status().code(), result.output() + result.error());
    } finally {
      if (!ended && Files.exists(pidFile)) {
        // The runtime's end is not that of the process it has put into the container.
        endWithDescendants(Long.parseLong(Files.readString(pidFile).strip()));
      }
    }
  }

  private static void endWithDescendants(long pid) {
    ProcessHandle.of(pid)
        .ifPresent(process -> {
          List<ProcessHandle> all = process.descendants().collect(Collectors.toList());
          all.add(process);
          all.forEach(ProcessHandle::destroyForcibly);
        });
  }

  private void call(String what, String... arguments) throws IOException, InterruptedException {
    var result = run(arguments);
    if (result.status().code() != 0) {
      throw RuntimeFailure.of(what, result.error());
    }
  }

  private dev.plimsoll.linux.ShortRun.Result run(String... arguments)
      throws IOException, InterruptedException {
    return Processes.run(Command.of(program, arguments(arguments)), LIMIT);
  }

  private List<String> arguments(String... arguments) {
    List<String> all = new ArrayList<>(globalArguments());
    all.addAll(List.of(arguments));
    return all;
  }

  /** What stands before the word of every call. */
  List<String> globalArguments() {
    return List.of("--root", state.toString());
  }
}
