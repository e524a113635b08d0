package dev.plimsoll.linux;

import static dev.plimsoll.linux.ffi.SystemCall.PIDFD_OPEN;
import static dev.plimsoll.linux.ffi.SystemCall.PIDFD_SEND_SIGNAL;

import dev.plimsoll.linux.ffi.Scratch;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A hold on a process, anybody's: a {@code pidfd}. While it is held, a signal reaches this process or
 * nobody, never a later one with the same pid.
 *
 * <p>Safe for many threads. Whoever opened it closes it; {@link #ended} is completed also after
 * closing.
 */
public final class ProcessHold implements AutoCloseable {
  private final long pid;
  private final FileDescriptor descriptor;

  private ProcessHold(long pid, FileDescriptor descriptor) {
    this.pid = pid;
    this.descriptor = descriptor;
  }

  /** The process of this pid, or empty if there is none. */
  public static Optional<ProcessHold> of(long pid) throws IOException {
    try (Scratch s = Scratch.take()) {
      long fd = PIDFD_OPEN.call(s, pid, 0);
      if (fd == -Errno.ESRCH.number()) {
        return Optional.empty();
      }
      if (fd < 0) {
        throw LinuxException.of(PIDFD_OPEN, "process " + pid, fd);
      }
      return Optional.of(new ProcessHold(pid, new FileDescriptor((int) fd, "process " + pid)));
    }
  }

  public long pid() {
    return pid;
  }

  FileDescriptor descriptor() {
    return descriptor;
  }

  /**
   * Sends a signal.
   *
   * @return false if the process is gone; one whose parent has not yet collected its end still counts
   */
  public synchronized boolean kill(Signal signal) throws IOException {
    try (Scratch s = Scratch.take()) {
      long result = PIDFD_SEND_SIGNAL.call(s, descriptor.number(), signal.number(), 0, 0);
      // EBADF: closed, as the holder of a child does once the child's end is collected
      if (result == -Errno.ESRCH.number() || result == -Errno.EBADF.number()) {
        return false;
      }
      if (result < 0) {
        throw LinuxException.of(PIDFD_SEND_SIGNAL, this + " " + signal, result);
      }
      return true;
    }
  }

  /** Completed with the pid when the process has ended; how it ended only its parent learns. */
  public CompletableFuture<Long> ended() throws IOException {
    return ProcessReaper.shared().watch(this);
  }

  @Override
  public synchronized void close() {
    descriptor.close();
  }

  @Override
  public String toString() {
    return "process " + pid;
  }
}
