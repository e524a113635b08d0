package dev.plimsoll.engine.exec;

import dev.plimsoll.docker.container.ExecCreateRequest;
import dev.plimsoll.engine.container.DetachKeys;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import java.util.List;
import java.util.Optional;

/**
 * What an exec runs, and who listens.
 *
 * @param command not empty
 * @param env as {@code KEY=value}; a name alone takes a variable away
 * @param user as {@code docker exec -u} takes it; empty is the container's
 * @param workingDirectory empty is the container's
 */
public record ExecSettings(
    List<String> command,
    List<String> env,
    String user,
    String workingDirectory,
    boolean privileged,
    boolean terminal,
    boolean stdin,
    boolean stdout,
    boolean stderr,
    String detachKeys,
    Optional<Size> size) {

  /** The size of a terminal in characters. */
  public record Size(int height, int width) {
    private static final int SIDE_MAX = 0xFFFF;

    public Size {
      if (height < 0 || width < 0 || height > SIDE_MAX || width > SIDE_MAX) {
        throw new BadParameter("invalid terminal size: %d x %d".formatted(height, width));
      }
    }

    /** As the API has it: height and width, or nothing; zeros mean nothing too. */
    public static Optional<Size> of(List<Integer> sides) {
      return sides.size() == 2 && sides.get(0) > 0 && sides.get(1) > 0
          ? Optional.of(new Size(sides.get(0), sides.get(1)))
          : Optional.empty();
    }
  }

  public ExecSettings {
    command = List.copyOf(command);
    env = List.copyOf(env);
  }

  /**
   * Reads what a client asks for.
   *
   * @throws BadParameter in dockerd's words
   */
  public static ExecSettings of(ExecCreateRequest request) {
    if (request.cmd().isEmpty()) {
      throw new BadParameter("No exec command specified");
    }
    DetachKeys.parse(request.detachKeys());
    if (!request.workingDir().isEmpty() && !request.workingDir().startsWith("/")) {
      throw new BadParameter(
          "OCI runtime exec failed: exec failed: Cwd must be an absolute path: "
              + request.workingDir());
    }
    return new ExecSettings(
        request.cmd(),
        request.env(),
        request.user(),
        request.workingDir(),
        request.privileged(),
        request.tty(),
        request.attachStdin(),
        request.attachStdout(),
        request.attachStderr(),
        request.detachKeys(),
        Size.of(request.consoleSize()));
  }

  ExecSettings sized(Optional<Size> wanted) {
    return new ExecSettings(
        command,
        env,
        user,
        workingDirectory,
        privileged,
        terminal,
        stdin,
        stdout,
        stderr,
        detachKeys,
        wanted.or(() -> size));
  }

  /** The command line as events show it. */
  String commandLine() {
    return String.join(" ", command);
  }
}
