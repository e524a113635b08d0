package dev.plimsoll.cli.machine;

import dev.plimsoll.linux.Processes;
import dev.plimsoll.linux.Signal;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * A server that {@code up} started, as it is written down.
 *
 * @param pid as long as boot and start time agree
 * @param startTime in clock ticks since boot
 * @param address what it said it listens on, such as {@code http://127.0.0.1:5000}
 */
public record RunningServer(long pid, long startTime, String bootId, String address) {
  private static final Duration LOOK_EVERY = Duration.ofMillis(20);

  static RunningServer of(long pid, String address) throws IOException {
    OptionalLong started = Processes.startTime(pid);
    return new RunningServer(pid, started.orElse(-1), Processes.bootId(), address);
  }

  /** Whether exactly this process still runs. */
  public boolean isAlive() throws IOException {
    OptionalLong started = Processes.startTime(pid);
    return bootId.equals(Processes.bootId())
        && started.isPresent()
        && started.getAsLong() == startTime;
  }

  /**
   * Asks the server to end, and waits for it.
   *
   * @throws IOException if it still runs after {@code grace}; it is left running, because killing a
   *     server in the middle of its clean end is for a person to decide
   */
  public void stop(Duration grace) throws IOException, InterruptedException {
    if (!isAlive()) {
      return;
    }
    Processes.kill(pid, Signal.TERM);
    long deadline = System.nanoTime() + grace.toNanos();
    while (isAlive()) {
      if (System.nanoTime() > deadline) {
        throw new IOException(
            "process %d (%s) has not ended within %d s; look at its log, or kill it"
                .formatted(pid, address, grace.toSeconds()));
      }
      Thread.sleep(LOOK_EVERY);
    }
  }
}
