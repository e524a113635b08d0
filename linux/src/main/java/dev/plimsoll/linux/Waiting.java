package dev.plimsoll.linux;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for futures that this module itself completes, and never with a failure. */
final class Waiting {
  private Waiting() {}

  static <T> T on(CompletableFuture<T> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new AssertionError("completed with a failure", e);
    }
  }

  static <T> Optional<T> on(CompletableFuture<T> future, Duration limit)
      throws InterruptedException {
    try {
      return Optional.of(future.get(limit.toNanos(), TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      throw new AssertionError("completed with a failure", e);
    }
  }
}
