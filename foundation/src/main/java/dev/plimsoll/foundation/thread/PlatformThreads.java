package dev.plimsoll.foundation.thread;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A few named platform threads for native calls that may wait: forced writes, the database, system
 * calls. On a virtual thread such a call would hold one of the few carriers, and with two cores two
 * such calls stop every other request.
 *
 * <p>Safe for many threads. At most {@code waitingMax} calls wait for a thread; more are refused
 * with an {@link IOException}. {@link #close()} lets running calls end and refuses new ones.
 */
public final class PlatformThreads implements AutoCloseable {
  private static final int WAITING_MAX = 4096;

  private final String name;
  private final ThreadPoolExecutor threads;

  /** Threads are made when first needed, up to {@code threadsMax}, and end after a minute idle. */
  public PlatformThreads(String name, int threadsMax) {
    this.name = name;
    this.threads =
        new ThreadPoolExecutor(
            threadsMax,
            threadsMax,
            1,
            TimeUnit.MINUTES,
            new ArrayBlockingQueue<>(WAITING_MAX),
            Thread.ofPlatform().daemon().name(name + "-", 1).factory());
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * Runs {@code task} on one of the threads and waits for it. An exception of the task reaches the
   * caller as it was thrown, with the caller's own frames added.
   *
   * @throws InterruptedException if the caller was interrupted while waiting; the task then still
   *     runs to its end, because a native call cannot be taken back
   */
  public <T> T call(Task<T> task) throws IOException, InterruptedException {
    Future<T> result;
    try {
      result = threads.submit(task::run);
    } catch (RejectedExecutionException e) {
      throw new IOException(
          threads.isShutdown()
              ? name + " is closed"
              : "%d calls wait for %s already".formatted(WAITING_MAX, name),
          e);
    }
    try {
      return result.get();
    } catch (ExecutionException e) {
      throw rethrown(Objects.requireNonNullElse(e.getCause(), e));
    } catch (CancellationException e) {
      throw new IOException(name + " is closed", e);
    }
  }

  private static RuntimeException rethrown(Throwable cause) throws IOException {
    cause.addSuppressed(new CalledFrom());
    switch (cause) {
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IOException(cause);
    }
  }

  @Override
  public void close() {
    threads.close();
  }

  /** Carries the stack of the caller; it is not a failure of its own. */
  private static final class CalledFrom extends Exception {
    private static final long serialVersionUID = 1L;

    CalledFrom() {
      super("called from");
    }
  }
}
