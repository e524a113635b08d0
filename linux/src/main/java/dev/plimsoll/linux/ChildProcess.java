package dev.plimsoll.linux;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A process that this one started. Its end is collected by itself, once, on a thread of this module,
 * whether or not anybody waits: no zombie stays.
 *
 * <p>Safe for many threads. Waiting parks a virtual thread and does not hold its carrier.
 */
public final class ChildProcess {
  private final long pid;
  private final ProcessHold hold;
  private final CompletableFuture<ExitStatus> exit;

  ChildProcess(long pid, ProcessHold hold, CompletableFuture<ExitStatus> exit) {
    this.pid = pid;
    this.hold = hold;
    this.exit = exit;
  }

  public long pid() {
    return pid;
  }

  /** How it ended, once it has. Completing it oneself changes nothing. */
  public CompletableFuture<ExitStatus> exit() {
    return exit.copy();
  }

  public boolean isAlive() {
    return !exit.isDone();
  }

  public ExitStatus waitFor() throws InterruptedException {
    return Waiting.on(exit);
  }

  /** As {@link #waitFor()}, or empty if it still runs after {@code limit}. */
  public Optional<ExitStatus> waitFor(Duration limit) throws InterruptedException {
    return Waiting.on(exit, limit);
  }

  /**
   * Sends a signal to exactly this process; its pid cannot have become another's.
   *
   * @return false if it has ended
   */
  public boolean kill(Signal signal) throws IOException {
    return hold.kill(signal);
  }

  @Override
  public String toString() {
    return "process " + pid;
  }
}
