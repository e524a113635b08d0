package dev.plimsoll.linux;

import static dev.plimsoll.linux.ffi.SystemCall.KILL;

import dev.plimsoll.linux.ffi.Scratch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Processes: starting them by {@code posix_spawn(3)}, telling them apart, ending them. Safe for many
 * threads.
 */
public final class Processes {
  private static final int START_TIME_FIELD = 22; // proc(5), /proc/PID/stat

  private Processes() {}

  /**
   * Starts {@code command}. Its end is collected without anybody waiting.
   *
   * @throws LinuxException if it cannot be executed; nothing was started
   */
  public static ChildProcess start(Command command) throws IOException {
    try (var spawn = new Spawn(command)) {
      long pid = spawn.start();
      // Until its end is collected, which is done through this very hold, the pid stays its own.
      ProcessHold hold =
          ProcessHold.of(pid)
              .orElseThrow(() -> new LinuxException("pidfd_open", pid, Errno.ESRCH.number()));
      return new ChildProcess(pid, hold, ProcessReaper.shared().collect(hold));
    }
  }

  /** Runs a short program to its end, with no input, as {@link ShortRun} says. */
  public static ShortRun.Result run(Command command, Duration limit)
      throws IOException, InterruptedException {
    return new ShortRun(command, new byte[0], limit).call();
  }

  /** Runs a short program to its end, with {@code input}, as {@link ShortRun} says. */
  public static ShortRun.Result run(Command command, byte[] input, Duration limit)
      throws IOException, InterruptedException {
    return new ShortRun(command, input, limit).call();
  }

  /** Where the program {@code name} is: in {@code PATH}, or where Debian has what is root's. */
  public static Optional<Path> find(String name) {
    List<String> directories = new ArrayList<>();
    String path = System.getenv("PATH");
    if (path != null) {
      directories.addAll(List.of(path.split(":", -1)));
    }
    directories.addAll(
        List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"));
    return directories.stream()
        .filter(directory -> directory.startsWith("/")) // an empty part means the working directory
        .map(directory -> Path.of(directory, name))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }

  /**
   * When a process started, in clock ticks since boot. A pid comes back, a pid with its start time and
   * {@link #bootId} does not.
   *
   * @return empty if there is no such process, or only its remains that nobody collected yet
   */
  public static OptionalLong startTime(long pid) throws IOException {
    String stat;
    try {
      stat =
          new String(
              Files.readAllBytes(Path.of("/proc/" + pid + "/stat")), StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      return OptionalLong.empty();
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("No such process")) { // ended while being read
        return OptionalLong.empty();
      }
      throw e;
    }
    return startTime(stat);
  }

  // The name of the program comes second, in brackets, and may hold brackets and spaces itself.
  static OptionalLong startTime(String stat) throws IOException {
    int end = stat.lastIndexOf(')');
    String[] fields = end < 0 ? new String[0] : stat.substring(end + 1).strip().split(" ", -1);
    if (fields.length < START_TIME_FIELD - 2) {
      throw new IOException("no line of /proc/PID/stat: \"" + stat + "\"");
    }
    if (fields[0].equals("Z") || fields[0].equals("X")) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(Long.parseLong(fields[START_TIME_FIELD - 3]));
  }

  /** Another text after each boot of the machine. */
  public static String bootId() throws IOException {
    return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
  }

  /**
   * Sends a signal to whoever has {@code pid} now; {@link ProcessHold} is surer.
   *
   * @return false if nobody has it
   */
  public static boolean kill(long pid, Signal signal) throws IOException {
    if (pid <= 0) {
      throw new IllegalArgumentException("no pid: " + pid);
    }
    return send(pid, signal);
  }

  /**
   * Sends a signal to all processes of a group.
   *
   * @return false if there are none
   */
  public static boolean killGroup(long group, Signal signal) throws IOException {
    if (group <= 1) {
      throw new IllegalArgumentException("no process group to signal: " + group);
    }
    return send(-group, signal);
  }

  private static boolean send(long target, Signal signal) throws LinuxException {
    try (Scratch s = Scratch.take()) {
      long result = KILL.call(s, target, signal.number());
      if (result == -Errno.ESRCH.number()) {
        return false;
      }
      if (result < 0) {
        throw LinuxException.of(KILL, target + " " + signal, result);
      }
      return true;
    }
  }
}
