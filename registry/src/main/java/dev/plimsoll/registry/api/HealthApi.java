package dev.plimsoll.registry.api;

import dev.plimsoll.foundation.metrics.Metrics;
import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import dev.plimsoll.oci.Json;
import dev.plimsoll.registry.auth.ReadOnly;
import dev.plimsoll.registry.gc.Collector;
import dev.plimsoll.registry.gc.GcStatus;
import dev.plimsoll.registry.repository.Space;
import dev.plimsoll.registry.repository.Transactions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** {@code /healthz}, {@code /readyz} and {@code /metrics}. */
public final class HealthApi {
  static final String METRICS = "/metrics";
  private static final byte[] OK = "ok\n".getBytes(StandardCharsets.UTF_8);

  /** Whoever asks more often is told what was seen last: anybody may ask. */
  private static final Duration ASKED_EVERY = Duration.ofSeconds(1);

  private final Transactions transactions;
  private final Space space;
  private final BooleanSupplier storageAnswers;
  private final Collector collector;
  private final ReadOnly readOnly;
  private final RegistryMetrics metrics;
  private final ReentrantLock asking = new ReentrantLock();
  private volatile Seen seen =
      new Seen(true, false, false, System.nanoTime() - ASKED_EVERY.toNanos());

  public HealthApi(
      Transactions transactions,
      Space space,
      BooleanSupplier storageAnswers,
      Collector collector,
      ReadOnly readOnly,
      RegistryMetrics metrics) {
    this.transactions = transactions;
    this.space = space;
    this.storageAnswers = storageAnswers;
    this.collector = collector;
    this.readOnly = readOnly;
    this.metrics = metrics;
  }

  /** Whether the database answered, what it says of changes, and when that was asked. */
  private record Seen(
      boolean databaseAnswers, boolean isReadOnly, boolean collectorOff, long atNanos) {
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
      long reservedBytes,
      boolean collects,
      Optional<Instant> collectedAt) {}

  /** Answers, and returns true, if the path is one of the two that anybody may ask. */
  boolean handle(String path, Request request, Response response) throws IOException {
    switch (path) {
      case "/healthz", "/readyz" -> {
        if (!refused(request, response)) {
          answer(path, response);
        }
        return true;
      }
      default -> {
        return false;
      }
    }
  }

  /** Nothing is deleted here, and nothing is posted. */
  private static boolean refused(Request request, Response response) throws IOException {
    if (request.method().equals("GET") || request.method().equals("HEAD")) {
      return false;
    }
    Methods.refuse(response, "GET, HEAD");
    return true;
  }

  private void answer(String path, Response response) throws IOException {
    if (path.equals("/healthz")) {
      response.header("Content-Type", "text/plain").send(OK);
      return;
    }
    // A registry on a full disk, one that is read-only, or one that collects nothing still serves
    // pulls: a balancer must not take it out.
    Ready ready = ready(seenLately());
    if (!ready.ready()) {
      response.status(503);
    }
    response.header("Content-Type", "application/json").send(Json.write(ready));
  }

  /** Why nothing may be changed or is collected is not for everybody: the administration tells it. */
  private Ready ready(Seen lately) {
    boolean databaseAnswers = lately.databaseAnswers();
    boolean storage = storageAnswers.getAsBoolean();
    return new Ready(
        databaseAnswers,
        trouble(databaseAnswers, storage),
        databaseAnswers && storage && !lately.isReadOnly() && !space.isLow(),
        space.usableBytes(),
        space.lowWaterBytes(),
        space.reservedBytes(),
        databaseAnswers && !lately.collectorOff(),
        collector.status().last().map(GcStatus.Run::ended));
  }

  /** Without its storage a registry still tells of manifests, and other replicas have no more. */
  private static Optional<String> trouble(boolean databaseAnswers, boolean storageAnswers) {
    if (!databaseAnswers) {
      return Optional.of("the database cannot be reached");
    }
    return storageAnswers
        ? Optional.empty()
        : Optional.of("the storage did not answer when it was last asked");
  }

  /** Of many who ask at once one waits for the database, which may take long to say nothing. */
  private Seen seenLately() {
    if (!seen.isFresh() && asking.tryLock()) {
      try {
        seen = asked();
      } finally {
        asking.unlock();
      }
    }
    return seen;
  }

  private Seen asked() {
    try {
      transactions.read(h -> h.select("SELECT 1").mapTo(int.class).one());
      boolean isReadOnly = readOnly.reason().isPresent();
      return new Seen(true, isReadOnly, collector.off().isPresent(), System.nanoTime());
    } catch (IOException e) {
      return new Seen(
          false, false, false, System.nanoTime()); // every request that needs the database says why
    }
  }

  /** Answers for {@link #METRICS}, which is not for everybody. */
  void metrics(Request request, Response response) throws IOException {
    if (refused(request, response)) {
      return;
    }
    response.header("Content-Type", Metrics.CONTENT_TYPE).send(metrics.text());
  }
}
