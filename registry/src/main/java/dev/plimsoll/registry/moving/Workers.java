package dev.plimsoll.registry.moving;

import dev.plimsoll.registry.job.Progress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A few threads that copy, for a store across a network answers late; each thing that is done counts
 * as progress.
 */
final class Workers implements AutoCloseable {
  private static final int THREADS = 4;

  private final Progress progress;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(THREADS, Thread.ofVirtual().name("copy-", 0).factory());

  Workers(Progress progress) {
    this.progress = progress;
  }

  /** One thing to be done; answers the bytes it took. */
  interface Step<T> {
    long run(T each) throws IOException;
  }

  /** Does all, and returns when each is done; the first trouble ends the others. */
  <T> void each(List<T> all, Step<T> step) throws IOException, InterruptedException {
    List<Future<Boolean>> running = new ArrayList<>();
    for (T each : all) {
      Callable<Boolean> task =
          () -> {
            progress.done(step.run(each));
            return true;
          };
      running.add(threads.submit(task));
    }
    try {
      for (Future<Boolean> one : running) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw trouble(e);
    } finally {
      running.forEach(one -> one.cancel(true));
    }
  }

  private static IOException trouble(ExecutionException e) {
    return switch (e.getCause()) {
      case IOException trouble -> trouble;
      case RuntimeException trouble -> throw trouble;
      case Error trouble -> throw trouble;
      case null, default -> new IOException(e);
    };
  }

  @Override
  public void close() {
    threads.close();
  }
}
