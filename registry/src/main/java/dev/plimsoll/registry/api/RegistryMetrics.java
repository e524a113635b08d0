package dev.plimsoll.registry.api;

import dev.plimsoll.foundation.metrics.Metrics;
import dev.plimsoll.http.RequestMetrics;
import dev.plimsoll.registry.event.WebhookCounts;
import dev.plimsoll.registry.mirror.MirrorCounts;
import dev.plimsoll.registry.mirror.Upstream;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/**
 * What {@code /metrics} tells, by the names that docs/registry/metrics.md explains. Labels take few
 * values, whatever clients send. Safe for many threads.
 */
public final class RegistryMetrics implements RequestMetrics, MirrorCounts, WebhookCounts {
  private static final String PREFIX = "plimsoll_registry_";
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE");
  private static final Set<String> UPKEEP = Set.of("health", "admin", "other");
  private static final Duration SERVING = Duration.ofSeconds(1);
  private static final double[] DURATION_BOUNDS = {0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60, 600};

  private final Metrics metrics;
  private final Counter requests;
  private final Histogram durations;
  private final Counter receivedBytes;
  private final Counter sentBytes;
  private final Counter mirrorServed;
  private final Counter mirrorFailures;
  private final Counter mirrorBytes;
  private final Counter webhookDelivered;
  private final Counter webhookFailed;
  private final Counter webhookDropped;
  private final Counter webhookDiscarded;
  private volatile long servedAtNanos = System.nanoTime() - SERVING.toNanos();

  public RegistryMetrics(Metrics metrics) {
    this.metrics = metrics;
    PrometheusRegistry registry = metrics.registry();
    this.requests =
        Counter.builder()
            .name(PREFIX + "http_requests_total")
            .help("Requests that have ended; status 499: the client left before it was answered.")
            .labelNames("method", "route", "status")
            .register(registry);
    this.durations =
        Histogram.builder()
            .name(PREFIX + "http_request_duration_seconds")
            .help("From the end of a request's header to the end of its answer.")
            .labelNames("route")
            .classicOnly()
            .classicUpperBounds(DURATION_BOUNDS)
            .register(registry);
    this.receivedBytes =
        Counter.builder()
            .name(PREFIX + "http_received_bytes_total")
            .help("Bytes of requests' bodies.")
            .labelNames("route")
            .register(registry);
    this.sentBytes =
        Counter.builder()
            .name(PREFIX + "http_sent_bytes_total")
            .help("Bytes of answers' bodies.")
            .labelNames("route")
            .register(registry);
    this.mirrorServed =
        Counter.builder()
            .name(PREFIX + "mirror_manifests_total")
            .help("Manifests of upstreams that were served: kept, fetched, or stale.")
            .labelNames("upstream", "result")
            .register(registry);
    this.mirrorFailures =
        Counter.builder()
            .name(PREFIX + "mirror_failures_total")
            .help("Questions that an upstream gave no good answer to.")
            .labelNames("upstream")
            .register(registry);
    this.mirrorBytes =
        Counter.builder()
            .name(PREFIX + "mirror_received_bytes_total")
            .help("Bytes of blobs fetched from upstreams.")
            .labelNames("upstream")
            .register(registry);
    this.webhookDelivered = ofWebhooks("webhook_delivered_total", "Events that webhooks took.");
    this.webhookFailed =
        ofWebhooks("webhook_failed_total", "Attempts to deliver an event that failed.");
    this.webhookDropped =
        ofWebhooks("webhook_dropped_total", "Events that were too many and that nobody got.");
    this.webhookDiscarded =
        ofWebhooks("webhook_discarded_total", "Events that were given up, and then forgotten.");
  }

  private Counter ofWebhooks(String name, String help) {
    return Counter.builder()
        .name(PREFIX + name)
        .help(help)
        .labelNames("webhook")
        .register(metrics.registry());
  }

  /** A series that appears with its first event has no rise that an alert could see. */
  @Override
  public void begun(String webhook) {
    for (Counter counter :
        List.of(webhookDelivered, webhookFailed, webhookDropped, webhookDiscarded)) {
      counter.initLabelValues(webhook);
    }
  }

  @Override
  public void delivered(String webhook) {
    webhookDelivered.labelValues(webhook).inc();
  }

  @Override
  public void failed(String webhook) {
    webhookFailed.labelValues(webhook).inc();
  }

  @Override
  public void dropped(String webhook, long events) {
    webhookDropped.labelValues(webhook).inc(events);
  }

  @Override
  public void discarded(String webhook, long events) {
    webhookDiscarded.labelValues(webhook).inc(events);
  }

  @Override
  public void begun(Upstream upstream) {
    for (Result result : Result.values()) {
      mirrorServed.initLabelValues(upstream.prefix().value(), word(result));
    }
    mirrorFailures.initLabelValues(upstream.prefix().value());
    mirrorBytes.initLabelValues(upstream.prefix().value());
  }

  @Override
  public void served(Upstream upstream, Result result) {
    mirrorServed.labelValues(upstream.prefix().value(), word(result)).inc();
  }

  private static String word(Result result) {
    return result.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void failed(Upstream upstream) {
    mirrorFailures.labelValues(upstream.prefix().value()).inc();
  }

  @Override
  public void received(Upstream upstream, long bytes) {
    mirrorBytes.labelValues(upstream.prefix().value()).inc(bytes);
  }

  /** A value that is asked for when somebody looks. */
  public RegistryMetrics gauge(String name, String help, DoubleSupplier value) {
    GaugeWithCallback.builder()
        .name(PREFIX + name)
        .help(help)
        .callback(callback -> callback.call(value.getAsDouble()))
        .register(metrics.registry());
    return this;
  }

  /** The same for several, told apart by a label. */
  public RegistryMetrics gauges(
      String name, String help, String label, Supplier<Map<String, Long>> values) {
    GaugeWithCallback.builder()
        .name(PREFIX + name)
        .help(help)
        .labelNames(label)
        .callback(callback -> values.get().forEach((is, value) -> callback.call(value, is)))
        .register(metrics.registry());
    return this;
  }

  /** The same for a value that only rises. */
  public RegistryMetrics counter(String name, String help, DoubleSupplier value) {
    CounterWithCallback.builder()
        .name(PREFIX + name)
        .help(help)
        .callback(callback -> callback.call(value.getAsDouble()))
        .register(metrics.registry());
    return this;
  }

  byte[] text() {
    return metrics.text();
  }

  @Override
  public void finished(Finished request) {
    String route = route(request.path());
    if (!UPKEEP.contains(route)) {
      servedAtNanos = System.nanoTime();
    }
    String method = METHODS.contains(request.method()) ? request.method() : "other";
    requests.labelValues(method, route, Integer.toString(request.status())).inc();
    durations.labelValues(route).observe(request.duration().toNanos() / 1e9);
    if (request.receivedBytes() > 0) {
      receivedBytes.labelValues(route).inc(request.receivedBytes());
    }
    if (request.sentBytes() > 0) {
      sentBytes.labelValues(route).inc(request.sentBytes());
    }
  }

  /** Whether a client was answered within the last second; probes and administrators are none. */
  public boolean isServing() {
    return System.nanoTime() - servedAtNanos < SERVING.toNanos();
  }

  /** The kind of endpoint, read from the path's end as {@link Endpoint} does. */
  static String route(String path) {
    int slash = path.lastIndexOf('/');
    if (slash < 0) {
      return "other";
    }
    String last = path.substring(slash + 1);
    String before = path.substring(path.lastIndexOf('/', slash - 1) + 1, Math.max(slash, 0));
    return switch (before) {
      case "manifests", "referrers", "tags" -> before;
      case "uploads" -> "uploads";
      case "blobs" -> last.equals("uploads") ? "uploads" : "blobs";
      default ->
          switch (last) {
            case "healthz", "readyz", "metrics" -> "health";
            case "_catalog" -> "catalog";
            case "v2" -> "base";
            default ->
                before.equals("v2") && last.isEmpty()
                    ? "base"
                    : path.contains("/plimsoll/v1/") ? "admin" : "other";
          };
    };
  }
}
