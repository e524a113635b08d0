package dev.plimsoll.linux;

import static dev.plimsoll.linux.ffi.SystemCall.PRCTL;
import static dev.plimsoll.linux.ffi.SystemCall.WAITID;

import dev.plimsoll.linux.ffi.Scratch;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This program as the parent of processes whose own parent has left: a "child subreaper", {@code
 * PR_SET_CHILD_SUBREAPER} of {@code prctl(2)}. Only a parent learns how a process ended, and a
 * container runtime that starts a process inside a container and leaves hands it over this way.
 *
 * <p>From then on every descendant that loses its parent comes here, wanted or not. Those that
 * nobody {@linkplain Expectation#claim claims} are collected after their end by a slow sweep, so that
 * no zombie stays. If this program dies, they become the children of {@code init} and run on.
 */
public final class Orphans {
  private static final Logger log = LoggerFactory.getLogger(Orphans.class);

  private static final int PR_SET_CHILD_SUBREAPER = 36; // linux/prctl.h
  private static final int P_ALL = 0; // linux/wait.h
  private static final int P_PID = 1;
  private static final int WNOHANG = 1;
  private static final int WEXITED = 4;
  private static final int WNOWAIT = 0x01000000;
  private static final int SIGINFO_BYTES = 128;
  private static final Duration SWEEP = Duration.ofSeconds(3);

  private static final class Shared {
    static final Orphans ORPHANS = new Orphans();
  }

  private final Map<Long, Long> seen = new HashMap<>(); // zombies: when each was first seen
  private final Set<Expectation> open = ConcurrentHashMap.newKeySet();

  private Orphans() {
    try (Scratch s = Scratch.take()) {
      long result = PRCTL.call(s, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
      if (result < 0) {
        throw new IllegalStateException(LinuxException.of(PRCTL, "child subreaper", result));
      }
    }
    Thread.ofPlatform().name("orphan-reaper").daemon().start(this::loop);
  }

  /**
   * Announces that a process will be handed over. Taken before its parent is started, closed when it
   * is claimed or will not come: meanwhile no end of such a process is lost.
   */
  public static Expectation expect() {
    var expectation = new Expectation(Shared.ORPHANS);
    Shared.ORPHANS.open.add(expectation);
    return expectation;
  }

  /** A process to come. */
  public static final class Expectation implements AutoCloseable {
    private final Orphans orphans;
    private final long since = System.nanoTime();

    private Expectation(Orphans orphans) {
      this.orphans = orphans;
    }

    /**
     * Takes over a process as if this program had started it, running or ended already.
     *
     * @throws LinuxException {@link Errno#ESRCH} if there is no such process
     */
    public ChildProcess claim(long pid) throws IOException {
      ProcessHold hold =
          ProcessHold.of(pid)
              .orElseThrow(() -> new LinuxException("pidfd_open", pid, Errno.ESRCH.number()));
      return new ChildProcess(pid, hold, ProcessReaper.shared().collect(hold));
    }

    @Override
    public void close() {
      orphans.open.remove(this);
    }
  }

  private void loop() {
    while (true) {
      try {
        Thread.sleep(SWEEP);
        if (zombieThere()) {
          sweep();
        } else {
          seen.clear();
        }
      } catch (IOException e) {
        log.warn("collecting ended orphans failed cause={}", e.getMessage());
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static boolean zombieThere() throws LinuxException {
    try (Scratch s = Scratch.take()) {
      MemorySegment info = s.zeros(SIGINFO_BYTES);
      long result = WAITID.restarting(s, P_ALL, 0, info.address(), WEXITED | WNOHANG | WNOWAIT);
      if (result == -Errno.ECHILD.number()) {
        return false;
      }
      if (result < 0) {
        throw LinuxException.of(WAITID, "children", result);
      }
      return info.get(java.lang.foreign.ValueLayout.JAVA_INT, 16) != 0; // si_pid
    }
  }

  // A child that this program started itself is collected within milliseconds by the reaper, and
  // one
  // that is expected must wait for its claim. So only what was a zombie in an earlier sweep goes,
  // and
  // only if it was one before the oldest open expectation.
  private void sweep() throws IOException {
    long now = System.nanoTime();
    long oldest = open.stream().mapToLong(e -> e.since - now).min().orElse(1) + now;
    Set<Long> zombies = zombies();
    seen.keySet().retainAll(zombies);
    for (long pid : zombies) {
      Long first = seen.putIfAbsent(pid, now);
      if (first != null && first - oldest < 0) {
        collect(pid);
        seen.remove(pid);
      }
    }
  }

  private static Set<Long> zombies() throws IOException {
    Set<Long> zombies = new TreeSet<>();
    for (long pid : children()) {
      if (Processes.startTime(pid).isEmpty()) {
        zombies.add(pid);
      }
    }
    return zombies;
  }

  private static List<Long> children() throws IOException {
    List<Long> children = new ArrayList<>();
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
      for (Path thread : threads) {
        String text;
        try {
          text = Files.readString(thread.resolve("children"), StandardCharsets.US_ASCII);
        } catch (IOException e) {
          continue; // the thread has ended
        }
        for (String pid : text.strip().split(" ", -1)) {
          if (!pid.isEmpty()) {
            children.add(Long.parseLong(pid));
          }
        }
      }
    }
    return children;
  }

  private static void collect(long pid) {
    try (Scratch s = Scratch.take()) {
      MemorySegment info = s.zeros(SIGINFO_BYTES);
      WAITID.restarting(s, P_PID, pid, info.address(), WEXITED | WNOHANG);
    }
  }
}
