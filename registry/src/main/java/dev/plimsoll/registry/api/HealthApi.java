package dev.plimsoll.registry.api;

import dev.plimsoll.foundation.metrics.Metrics;
import dev.plimsoll.http.Response;
import dev.plimsoll.oci.Json;
import dev.plimsoll.registry.repository.Space;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** {@code /healthz}, {@code /readyz} and {@code /metrics}. */
public final class HealthApi {
  static final String METRICS = "/metrics";
  private static final byte[] OK = "ok\n".getBytes(StandardCharsets.UTF_8);

  private final Space space;
  private final RegistryMetrics metrics;

  public HealthApi(Space space, RegistryMetrics metrics) {
    this.space = space;
    this.metrics = metrics;
  }

  private record Ready(
      boolean ready,
      boolean takesPushes,
      long usableBytes,
      long lowWaterBytes,
      long reservedBytes) {}

  /** Answers, and returns true, if the path is one of the two that anybody may ask. */
  boolean handle(String path, Response response) throws IOException {
    switch (path) {
      case "/healthz" -> response.header("Content-Type", "text/plain").send(OK);
      case "/readyz" ->
          // A registry on a full disk still serves pulls: a balancer must not take it out.
          response.header("Content-Type", "application/json").send(Json.write(ready()));
      default -> {
        return false;
      }
    }
    return true;
  }

  private Ready ready() {
    return new Ready(
        true, !space.isLow(), space.usableBytes(), space.lowWaterBytes(), space.reservedBytes());
  }

  /** Answers for {@link #METRICS}, which is not for everybody. */
  void metrics(Response response) throws IOException {
    response.header("Content-Type", Metrics.CONTENT_TYPE).send(metrics.text());
  }
}
