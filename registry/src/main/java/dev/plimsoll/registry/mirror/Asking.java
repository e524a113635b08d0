package dev.plimsoll.registry.mirror;

import static java.util.Objects.requireNonNull;

import dev.plimsoll.foundation.Durations;
import dev.plimsoll.registry.mirror.UpstreamTrouble.Kind;
import dev.plimsoll.transfer.TransferException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Puts questions to upstreams, and tells by what went wrong with them what that means. */
final class Asking implements AutoCloseable {
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int UNAVAILABLE = 503;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** Waits for the answer, but not longer than {@code limit}; the question is then taken back. */
  <T> T within(Upstream upstream, Duration limit, Callable<T> question)
      throws UpstreamTrouble, IOException {
    Future<T> answer = threads.submit(question);
    try {
      return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new UpstreamTrouble(
          Kind.DOWN,
          "%s did not answer within %s".formatted(upstream.url(), Durations.format(limit)),
          e);
    } catch (ExecutionException e) {
      throw trouble(upstream, requireNonNull(e.getCause()));
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while asking " + upstream.url());
    }
  }

  /** Runs what takes its time, on a thread of its own. */
  void begin(Runnable task) {
    threads.execute(task);
  }

  static UpstreamTrouble trouble(Upstream upstream, Throwable failure) {
    // What was tried several times ends in an IOException about the last answer.
    Throwable cause =
        failure.getCause() instanceof TransferException.Rejected answer ? answer : failure;
    Duration pause =
        cause instanceof TransferException.Rejected answer ? answer.retryAfter() : Duration.ZERO;
    Kind kind =
        switch (cause) {
          case TransferException.NotFound _ -> Kind.ABSENT;
          case TransferException.Unauthorized _, TransferException.Denied _ -> Kind.REFUSED;
          case TransferException.Rejected e ->
              e.status() == TOO_MANY_REQUESTS || e.status() == UNAVAILABLE && !pause.isZero()
                  ? Kind.BUSY
                  : e.status() >= 500 ? Kind.DOWN : Kind.REFUSED;
          case TransferException _ -> Kind.GARBAGE;
          case IOException _ -> Kind.DOWN;
          case RuntimeException e -> throw e; // a defect of ours, not of the upstream
          default -> throw new IllegalStateException(cause);
        };
    String said = String.valueOf(cause.getMessage());
    String sentence =
        switch (kind) {
          case DOWN -> "%s cannot be asked: %s".formatted(upstream.url(), said);
          case BUSY -> "%s asks us to wait: %s".formatted(upstream.url(), said);
          case REFUSED -> "%s refuses: %s".formatted(upstream.url(), said);
          case GARBAGE -> "%s sent something wrong: %s".formatted(upstream.url(), said);
          case ABSENT -> "%s does not have it: %s".formatted(upstream.url(), said);
        };
    return new UpstreamTrouble(kind, sentence, failure, pause);
  }

  /** Takes back every question that is open. */
  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
  }
}
