package dev.plimsoll.linux;

import static dev.plimsoll.linux.ffi.SystemCall.EPOLL_CREATE1;
import static dev.plimsoll.linux.ffi.SystemCall.EPOLL_CTL;
import static dev.plimsoll.linux.ffi.SystemCall.EPOLL_PWAIT;
import static dev.plimsoll.linux.ffi.SystemCall.FCNTL;
import static dev.plimsoll.linux.ffi.SystemCall.WAITID;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.plimsoll.linux.ffi.Machine;
import dev.plimsoll.linux.ffi.Scratch;
import dev.plimsoll.linux.ffi.SystemCall;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for the ends of processes on one named platform thread, by {@code epoll} over pidfds, so that
 * a thousand waits cost no thousand threads. There is one per program, since the children of a program
 * are the program's.
 *
 * <p>Futures are completed on virtual threads: what hangs on one cannot hold up the others.
 */
final class ProcessReaper {
  private static final Logger log = LoggerFactory.getLogger(ProcessReaper.class);

  private static final int CLOSE_ON_EXEC = 0x80000; // EPOLL_CLOEXEC
  private static final int F_DUPFD_CLOEXEC = 1030; // linux/fcntl.h
  private static final int ADD = 1;
  private static final int DELETE = 2;
  private static final int READABLE = 1; // EPOLLIN
  private static final int EVENT_BYTES = Machine.pick(12, 16); // packed on x86_64 only
  private static final int DATA_OFFSET = Machine.pick(4, 8);
  private static final int EVENTS_MAX = 64;
  private static final int P_PIDFD = 3; // linux/wait.h
  private static final int WEXITED = 4;
  private static final int CLD_EXITED = 1; // asm-generic/siginfo.h
  private static final int SIGINFO_BYTES = 128;

  private static final class Shared {
    static final ProcessReaper REAPER = new ProcessReaper();
  }

  /** What to do once: with the process as its descriptor. */
  private record Watch(FileDescriptor process, Ending ending) {}

  private interface Ending {
    void with(FileDescriptor process);
  }

  private final Map<Long, Watch> watches = new ConcurrentHashMap<>();
  private final AtomicLong lastId = new AtomicLong();
  private final FileDescriptor epoll;

  private ProcessReaper() {
    try (Scratch s = Scratch.take()) {
      long fd = EPOLL_CREATE1.call(s, CLOSE_ON_EXEC);
      if (fd < 0) {
        throw new IllegalStateException(LinuxException.of(EPOLL_CREATE1, "process ends", fd));
      }
      epoll = new FileDescriptor((int) fd, "epoll for process ends");
    }
    Thread.ofPlatform().name("process-reaper").daemon().start(this::loop);
  }

  static ProcessReaper shared() {
    return Shared.REAPER;
  }

  /** Completed with its pid when the process has ended. */
  CompletableFuture<Long> watch(ProcessHold hold) throws IOException {
    var ended = new CompletableFuture<Long>();
    long pid = hold.pid();
    add(
        copyOf(hold.descriptor()),
        process -> ended.completeAsync(() -> pid, Thread::startVirtualThread));
    return ended;
  }

  /** Completed with how the child ended, after its end is collected; {@code hold} is closed then. */
  CompletableFuture<ExitStatus> collect(ProcessHold hold) throws IOException {
    var exit = new CompletableFuture<ExitStatus>();
    add(
        copyOf(hold.descriptor()),
        process -> {
          ExitStatus status = status(process);
          hold.close();
          exit.completeAsync(() -> status, Thread::startVirtualThread);
        });
    return exit;
  }

  private static FileDescriptor copyOf(FileDescriptor process) throws LinuxException {
    try (Scratch s = Scratch.take()) {
      long copy = FCNTL.call(s, process.number(), F_DUPFD_CLOEXEC, 0);
      if (copy < 0) {
        throw LinuxException.of(FCNTL, process, copy);
      }
      return new FileDescriptor((int) copy, process);
    }
  }

  private void add(FileDescriptor process, Ending ending) throws LinuxException {
    long id = lastId.incrementAndGet();
    watches.put(id, new Watch(process, ending)); // before the kernel may report it
    try (Scratch s = Scratch.take()) {
      MemorySegment event = s.zeros(16);
      event.set(JAVA_INT, 0, READABLE);
      event.set(JAVA_LONG_UNALIGNED, DATA_OFFSET, id);
      long result = EPOLL_CTL.call(s, epoll.number(), ADD, process.number(), event.address());
      if (result < 0) {
        watches.remove(id);
        process.close();
        throw LinuxException.of(EPOLL_CTL, process, result);
      }
    }
  }

  private void loop() {
    try (Scratch s = Scratch.take()) {
      MemorySegment events = s.dirty((long) EVENTS_MAX * EVENT_BYTES);
      while (true) {
        long count = EPOLL_PWAIT.restarting(s, epoll.number(), events.address(), EVENTS_MAX, -1, 0);
        if (count < 0) {
          log.error(
              "waiting for processes stopped: {}",
              LinuxException.of(EPOLL_PWAIT, epoll, count).getMessage());
          return;
        }
        for (int i = 0; i < count; i++) {
          finish(events.get(JAVA_LONG_UNALIGNED, (long) i * EVENT_BYTES + DATA_OFFSET));
        }
      }
    }
  }

  private void finish(long id) {
    Watch watch = watches.remove(id);
    if (watch == null) {
      return;
    }
    try (Scratch s = Scratch.take()) {
      // Removed by hand: a fork elsewhere may keep the pidfd open for a moment, and then the closed
      // descriptor would be reported for ever.
      EPOLL_CTL.call(s, epoll.number(), DELETE, watch.process.number(), 0);
    }
    try {
      watch.ending.with(watch.process);
    } catch (RuntimeException e) {
      log.error("a process' end could not be told", e);
    } finally {
      watch.process.close();
    }
  }

  private static ExitStatus status(FileDescriptor process) {
    try (Scratch s = Scratch.take()) {
      MemorySegment info = s.zeros(SIGINFO_BYTES);
      SystemCall wait = WAITID;
      long result = wait.restarting(s, P_PIDFD, process.number(), info.address(), WEXITED);
      if (result < 0) {
        // Somebody else in this program collected it: how it ended is lost.
        log.error("the end of {} was collected elsewhere", process);
        return new ExitStatus.Exited(255);
      }
      int how = info.get(JAVA_INT, 8);
      int value = info.get(JAVA_INT, 24);
      return how == CLD_EXITED
          ? new ExitStatus.Exited(value)
          : new ExitStatus.Killed(new Signal(value));
    }
  }
}
