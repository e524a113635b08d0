package dev.plimsoll.linux;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** Processes: starting them by {@code posix_spawn(3)}, telling them apart, ending them. */
public final class Processes {
  private Processes() {}

  /** What a short program said and how it ended. */
  public record Result(ExitStatus status, byte[] output, byte[] error) {}

  /** Starts {@code command}; its end is collected without anybody waiting. */
  public static ChildProcess start(Command command) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Runs a short program to its end: input in, at most {@code outputBytesMax} of each stream out. */
  public static Result run(Command command, byte[] input, Duration limit)
      throws IOException, InterruptedException {
    throw new UnsupportedOperationException();
  }

  /** Where {@code name} is in {@code PATH} and the sbin directories. */
  public static Optional<Path> find(String name) {
    throw new UnsupportedOperationException();
  }

  /** When a process started, in clock ticks since boot: with the pid and {@link #bootId} its identity. */
  public static OptionalLong startTime(long pid) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Another text after each boot. */
  public static String bootId() throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Sends a signal to whoever has {@code pid} now; false if nobody has. */
  public static boolean kill(long pid, Signal signal) throws IOException {
    throw new UnsupportedOperationException();
  }
}
