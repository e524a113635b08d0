package dev.plimsoll.transfer;

import java.io.IOException;
import java.util.Collection;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;

/** Does something for each of several things at once, and waits for all. */
final class Parallel {
  interface Action<T> {
    void run(T item) throws IOException, InterruptedException;
  }

  private Parallel() {}

  /** The first failure interrupts the others and is thrown when they have ended. */
  static <T> void forEach(Collection<T> items, Action<T> action)
      throws IOException, InterruptedException {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var finished = new ExecutorCompletionService<Boolean>(threads);
      for (T item : items) {
        var _ =
            finished.submit(() -> {
              action.run(item);
              return true;
            });
      }
      try {
        for (int i = 0; i < items.size(); i++) {
          finished.take().get(); // in order of completion: the first failure decides
        }
      } catch (ExecutionException e) {
        rethrow(e.getCause());
      } finally {
        threads.shutdownNow(); // interrupts what still runs; close() then waits for it to end
      }
    }
  }

  private static void rethrow(@org.jspecify.annotations.Nullable Throwable cause)
      throws IOException, InterruptedException {
    switch (cause) {
      case IOException e -> throw e;
      case InterruptedException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case null, default -> throw new IllegalStateException(cause);
    }
  }
}
