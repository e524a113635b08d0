package dev.plimsoll.registry.mirror;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;

/** Lets one of those who ask the same at the same time find out, and tells the others. */
final class SingleFlight<K, V> {
  private final ConcurrentMap<K, CompletableFuture<V>> inFlight = new ConcurrentHashMap<>();

  /** Finds the answer out. */
  interface Task<V> {
    V run() throws IOException;
  }

  /** Runs the task, or waits for somebody who is running it; a failure is everybody's failure. */
  V run(K key, Task<V> task) throws IOException {
    var mine = new CompletableFuture<V>();
    CompletableFuture<V> other = inFlight.putIfAbsent(key, mine);
    if (other != null) {
      return await(other);
    }
    try {
      V answer = task.run();
      mine.complete(answer);
      return answer;
    } catch (IOException | RuntimeException | Error e) {
      mine.completeExceptionally(e);
      throw e;
    } finally {
      inFlight.remove(key, mine);
    }
  }

  private V await(CompletableFuture<V> other) throws IOException {
    try {
      return other.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException refusal -> throw refusal;
        case null, default -> throw new IOException(e.getMessage(), e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while another request was asking");
    }
  }
}
