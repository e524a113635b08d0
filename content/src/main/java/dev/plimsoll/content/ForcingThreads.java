package dev.plimsoll.content;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Platform threads that force files for virtual ones. The caller waits to the end, interrupted or
 * not: the outcome of a force is told once, and who does not listen has lost it.
 */
final class ForcingThreads {
  private static final int FORCES_MAX = 16;

  private final ThreadPoolExecutor threads;

  ForcingThreads() {
    threads =
        new ThreadPoolExecutor(
            FORCES_MAX,
            FORCES_MAX,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(), // each caller waits, so callers bound it
            Thread.ofPlatform().daemon().name("disk-force-", 0).factory());
    threads.allowCoreThreadTimeOut(true);
  }

  void force(FileChannel channel) throws IOException {
    if (!Thread.currentThread().isVirtual()) {
      channel.force(true);
      return;
    }
    Future<?> forced =
        threads.submit(() -> {
          channel.force(true);
          return null;
        });
    boolean interrupted = false;
    try {
      while (true) {
        try {
          forced.get();
          return;
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw new IOException(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
