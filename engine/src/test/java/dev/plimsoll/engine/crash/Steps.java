package dev.plimsoll.engine.crash;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The steps of this process that change something outside of it: counted, and the last of them, if
 * one was given, not taken any more. {@link StepAgent} has them call here before each.
 */
public final class Steps {
  /** System calls that only look, or that every answer of the API is full of. */
  private static final Set<String> LOOKING =
      Set.of(
          "OPENAT",
          "OPENAT2",
          "CLOSE",
          "READ",
          "PREAD64",
          "LSEEK",
          "STATX",
          "GETDENTS64",
          "FSTATFS",
          "STATFS",
          "FCNTL",
          "READLINKAT",
          "FGETXATTR",
          "FLISTXATTR",
          "LGETXATTR",
          "LLISTXATTR",
          "PPOLL",
          "EPOLL_PWAIT",
          "RECVFROM",
          "RECVMSG",
          "WAITID",
          "GETSOCKNAME",
          "PIDFD_OPEN",
          "PIPE2",
          "DUP3",
          "SOCKET",
          "PRCTL",
          "ACCEPT4",
          "LISTEN",
          "EPOLL_CREATE1",
          "EPOLL_CTL",
          "SETSOCKOPT",
          "FCHMOD",
          "FCHOWN",
          "UTIMENSAT",
          "WRITE",
          "FCHMODAT",
          "FCHOWNAT",
          "SYMLINKAT",
          "IOCTL");

  private static final int NONE = Integer.MAX_VALUE;
  private static final AtomicInteger TAKEN = new AtomicInteger();
  private static final List<String> NAMES = new CopyOnWriteArrayList<>();
  private static volatile int last = NONE;

  private Steps() {}

  /** Called before a step; does not return from the one that was given as the last. */
  public static void step(String name) {
    if (last == NONE || LOOKING.contains(name)) {
      return;
    }
    // Under the lock of commands: while a machine halts, its other threads still get some way.
    synchronized (Steps.class) {
      NAMES.add(name);
      if (TAKEN.incrementAndGet() >= last) {
        Runtime.getRuntime().halt(137);
      }
    }
  }

  /**
   * {@code die N}: the N-th step from now is not taken, the process is gone. Anything else: all are.
   * The answer is how many there were since the last command, and which.
   */
  static synchronized String command(String text) {
    int taken = TAKEN.getAndSet(0);
    String names = String.join(" ", NAMES);
    NAMES.clear();
    last = text.startsWith("die ") ? Integer.parseInt(text.substring(4)) : NONE;
    return taken + " " + names;
  }
}
