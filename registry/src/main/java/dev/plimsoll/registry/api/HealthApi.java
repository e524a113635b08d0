package dev.plimsoll.registry.api;

import dev.plimsoll.foundation.metrics.Metrics;
import dev.plimsoll.http.Response;
import dev.plimsoll.oci.Json;
import dev.plimsoll.registry.repository.Space;
import dev.plimsoll.registry.repository.Transactions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** {@code /healthz}, {@code /readyz} and {@code /metrics}. */
public final class HealthApi {
  static final String METRICS = "/metrics";
  private static final byte[] OK = "ok\n".getBytes(StandardCharsets.UTF_8);

  /** Whoever asks more often is told what was seen last: anybody may ask. */
  private static final Duration ASKED_EVERY = Duration.ofSeconds(1);

  private final Transactions transactions;
  private final Space space;
  private final RegistryMetrics metrics;
  private final ReentrantLock asking = new ReentrantLock();
  private volatile Seen seen = new Seen(true, System.nanoTime() - ASKED_EVERY.toNanos());

  public HealthApi(Transactions transactions, Space space, RegistryMetrics metrics) {
    this.transactions = transactions;
    this.space = space;
    this.metrics = metrics;
  }

  /** Whether the database answered, and when it was asked. */
  private record Seen(boolean databaseAnswers, long atNanos) {
    boolean isFresh() {
      return System.nanoTime() - atNanos < ASKED_EVERY.toNanos();
    }
  }

  private record Ready(
      boolean ready,
      Optional<String> reason,
      boolean takesPushes,
      long usableBytes,
      long lowWaterBytes,
      long reservedBytes) {}

  /** Answers, and returns true, if the path is one of the two that anybody may ask. */
  boolean handle(String path, Response response) throws IOException {
    switch (path) {
      case "/healthz" -> response.header("Content-Type", "text/plain").send(OK);
      case "/readyz" -> {
        // A registry on a full disk still serves pulls: a balancer must not take it out.
        Ready ready = ready(databaseAnswers());
        if (!ready.ready()) {
          response.status(503);
        }
        response.header("Content-Type", "application/json").send(Json.write(ready));
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private Ready ready(boolean databaseAnswers) {
    return new Ready(
        databaseAnswers,
        databaseAnswers ? Optional.empty() : Optional.of("the database cannot be reached"),
        databaseAnswers && !space.isLow(),
        space.usableBytes(),
        space.lowWaterBytes(),
        space.reservedBytes());
  }

  /** Of many who ask at once one waits for the database, which may take long to say nothing. */
  private boolean databaseAnswers() {
    if (!seen.isFresh() && asking.tryLock()) {
      try {
        seen = new Seen(asked(), System.nanoTime());
      } finally {
        asking.unlock();
      }
    }
    return seen.databaseAnswers();
  }

  private boolean asked() {
    try {
      transactions.read(h -> h.select("SELECT 1").mapTo(int.class).one());
      return true;
    } catch (IOException e) {
      return false; // every request that needs the database says why
    }
  }

  /** Answers for {@link #METRICS}, which is not for everybody. */
  void metrics(Response response) throws IOException {
    response.header("Content-Type", Metrics.CONTENT_TYPE).send(metrics.text());
  }
}
