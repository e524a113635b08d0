package dev.plimsoll.database;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * A work and its caller, who waits. What the work returned or threw is kept until it is told: a
 * caller must not hear of a result that a failed commit would take back.
 */
final class Job<T extends @Nullable Object> {

  /** Whether the reserve may be spent on it. */
  enum Kind {
    ORDINARY,
    FREEING
  }

  private final Work<T> work;
  private final Kind kind;
  private final CompletableFuture<T> told = new CompletableFuture<>();
  private @Nullable Throwable refusal;
  private @Nullable T result;

  Job(Work<T> work, Kind kind) {
    this.work = work;
    this.kind = kind;
  }

  Kind kind() {
    return kind;
  }

  /** Runs the work and keeps the result. */
  void run(Handle handle) throws IOException {
    refusal = null;
    result = work.run(handle);
  }

  /** Keeps what the work threw. */
  void refuse(Throwable failure) {
    refusal = failure;
  }

  /** Tells the caller what was kept. */
  @SuppressWarnings("NullAway") // a result is null only where T allows it
  void tell() {
    if (refusal == null) {
      told.complete(result);
    } else {
      told.completeExceptionally(refusal);
    }
  }

  /** Tells the caller that it failed, whatever was kept. */
  void fail(Throwable failure) {
    told.completeExceptionally(failure);
  }

  /** Waits until told. */
  T await() throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return told.get();
        } catch (InterruptedException e) {
          interrupted = true; // the work goes on: its caller has to learn how it ends
        } catch (ExecutionException e) {
          throw Trouble.rethrown(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
