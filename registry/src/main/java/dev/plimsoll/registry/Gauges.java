package dev.plimsoll.registry;

import dev.plimsoll.content.ContentStore;
import dev.plimsoll.database.Database;
import dev.plimsoll.registry.api.RegistryMetrics;
import dev.plimsoll.registry.auth.AccessControl;
import dev.plimsoll.registry.check.Orphans;
import dev.plimsoll.registry.event.Webhooks;
import dev.plimsoll.registry.gc.Collector;
import dev.plimsoll.registry.gc.GcStatus;
import dev.plimsoll.registry.mirror.Mirrors;
import dev.plimsoll.registry.repository.Damage;
import dev.plimsoll.registry.repository.Inventory;
import dev.plimsoll.registry.repository.Space;
import dev.plimsoll.registry.repository.Transactions;
import dev.plimsoll.registry.repository.Uploads;
import dev.plimsoll.registry.retention.Pulls;
import dev.plimsoll.registry.retention.Retention;
import dev.plimsoll.registry.retention.RetentionSchedule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** What the parts have to tell to who measures them. */
final class Gauges {
  /** One look at the metrics asks for several of these, and costs one count. */
  private static final Duration COUNTED_FOR = Duration.ofSeconds(5);

  private final RegistryMetrics metrics;
  private final InstantSource clock;
  private Instant countedAt = Instant.EPOCH;
  private @Nullable Inventory counted;

  Gauges(RegistryMetrics metrics, InstantSource clock) {
    this.metrics = metrics;
    this.clock = clock;
  }

  Gauges of(Mirrors mirrors) {
    metrics.gauge(
        "mirror_followers",
        "Clients that are being served blobs that are still coming from an upstream.",
        mirrors::followers);
    metrics.gauge(
        "mirror_upstreams_down",
        "Upstreams that gave no answer when they were last asked.",
        () -> mirrors.all().stream().filter(mirror -> !mirror.isUp()).count());
    metrics.gauge(
        "mirror_upstreams_waited_for",
        "Upstreams that have said how long they want to be left alone, and are.",
        () -> mirrors.all().stream().filter(mirror -> mirror.pause().isPositive()).count());
    return this;
  }

  Gauges of(Transactions transactions) {
    stock("repositories", "Repositories.", transactions, Inventory::repositories);
    stock("manifests", "Manifests that are not deleted.", transactions, Inventory::manifests);
    stock("tags", "Tags.", transactions, Inventory::tags);
    stock("blobs", "Blobs whose bytes are there.", transactions, Inventory::blobs);
    stock("blob_bytes", "Bytes of all blobs.", transactions, Inventory::blobBytes);
    stock("trash_deletions", "Deletions to undo.", transactions, Inventory::trash);
    return this;
  }

  private void stock(
      String name, String help, Transactions transactions, ToLongFunction<Inventory> value) {
    metrics.gauge(name, help, () -> value.applyAsLong(inventory(transactions)));
  }

  private synchronized Inventory inventory(Transactions transactions) {
    Instant now = clock.instant();
    Inventory known = counted;
    if (known != null && now.isBefore(countedAt.plus(COUNTED_FOR))) {
      return known;
    }
    try {
      Inventory fresh = Inventory.count(transactions);
      counted = fresh;
      countedAt = now;
      return fresh;
    } catch (IOException e) {
      throw new UncheckedIOException("counting for the metrics", e);
    }
  }

  Gauges of(Database database) {
    metrics
        .counter("database_commits_total", "Commits since the start.", database::commits)
        .gauge("database_queued_writes", "Writes that wait.", database::queuedWrites);
    return this;
  }

  Gauges of(Space space) {
    metrics
        .gauge("disk_usable_bytes", "Bytes left on the disk.", space::usableBytes)
        .gauge(
            "disk_low_water_bytes",
            "With less than this left, pushes are refused.",
            space::lowWaterBytes)
        .gauge(
            "disk_reserved_bytes",
            "Kept back for deleting; 0 once that was given up.",
            space::reservedBytes)
        .gauge("takes_pushes", "1, or 0 while space is short.", () -> space.isLow() ? 0 : 1);
    return this;
  }

  Gauges of(ContentStore storage) {
    metrics.gauge(
        "storage_answers",
        "1, or 0 if the storage of blobs did not answer when it was last asked.",
        () -> storage.answers() ? 1 : 0);
    return this;
  }

  Gauges of(Uploads uploads) {
    metrics.gauge("uploads_open", "Uploads in progress.", uploads::openUploads);
    return this;
  }

  Gauges of(RetentionSchedule schedule) {
    metrics.gauge(
        "retention_policy_current",
        "1, or 0 while the rules' file cannot be used and the rules before are in force.",
        () -> schedule.trouble().isEmpty() ? 1 : 0);
    metrics.gauge(
        "retention_held_back",
        "1 while a run of the rules waits for somebody, for it would delete too large a share.",
        () -> schedule.heldBack().isPresent() ? 1 : 0);
    return this;
  }

  Gauges of(Retention retention) {
    metrics
        .counter("retention_runs_total", "Runs of the rules.", () -> retention.status().runs())
        .counter(
            "retention_deleted_tags_total",
            "Tags that rules deleted.",
            () -> retention.status().tagsDeleted())
        .counter(
            "retention_deleted_manifests_total",
            "Manifests that rules deleted.",
            () -> retention.status().manifestsDeleted())
        .counter(
            "retention_freed_bytes_total",
            "Bytes that go with them once the trash lets go.",
            () -> retention.status().freedBytes())
        .gauge(
            "retention_in_progress",
            "1 while the rules run.",
            () -> retention.status().inProgress() ? 1 : 0);
    return this;
  }

  Gauges of(Pulls pulls) {
    metrics
        .gauge("pulls_waiting", "Pulls that are not written yet.", pulls::waiting)
        .counter(
            "pulls_forgotten_total",
            "Pulls not remembered, for memory and disk were full.",
            pulls::forgotten);
    return this;
  }

  Gauges of(AccessControl access) {
    metrics
        .counter("auth_failures_total", "Sign-ins that failed.", access::failures)
        .counter("access_denied_total", "Requests refused because of who asked.", access::denials)
        .counter("rate_limited_total", "Requests refused for being too many.", access::limited)
        .gauge(
            "access_policy_current",
            "1, or 0 while the policy file cannot be used and the one before is in force.",
            () -> access.policyTrouble().isEmpty() ? 1 : 0);
    return this;
  }

  Gauges of(Webhooks webhooks) {
    metrics
        .gauges(
            "webhook_queued",
            "Events that wait for a webhook.",
            "webhook",
            () -> byName(webhooks, Webhooks.Status::queued))
        .gauges(
            "webhook_dead",
            "Events that were given up and can be sent again.",
            "webhook",
            () -> byName(webhooks, Webhooks.Status::dead));
    return this;
  }

  private static Map<String, Long> byName(
      Webhooks webhooks, ToLongFunction<Webhooks.Status> value) {
    Map<String, Long> values = new HashMap<>();
    try {
      webhooks.list().forEach(s -> values.put(s.webhook().name(), value.applyAsLong(s)));
    } catch (IOException e) {
      throw new UncheckedIOException("counting for the metrics", e);
    }
    return values;
  }

  Gauges of(Collector collector) {
    metrics
        .gauge(
            "gc_in_progress",
            "1 while the collector runs.",
            () -> collector.status().inProgress() ? 1 : 0)
        .gauge(
            "gc_off",
            "1 while nothing is collected: read-only, or an audit is due.",
            () -> asked(() -> collector.off().isPresent() ? 1 : 0))
        .gauge(
            "gc_queued_blobs",
            "Blobs that wait to be deleted.",
            () -> asked(() -> collector.waiting().blobs()))
        .gauge(
            "gc_queued_bytes", "Their bytes.", () -> asked(() -> collector.waiting().sizeBytes()))
        .counter(
            "gc_runs_total", "Collections that came to their end.", () -> collector.status().runs())
        .counter(
            "gc_freed_bytes_total",
            "Bytes that collections deleted.",
            () -> collector.status().freedBytes())
        .gauge(
            "gc_last_run_timestamp_seconds",
            "When the latest ended; 0: none has.",
            () -> lastRunSeconds(collector.status()));
    return this;
  }

  private static double lastRunSeconds(GcStatus status) {
    return status.last().map(run -> run.ended().toEpochMilli() / 1000.0).orElse(0.0);
  }

  Gauges of(Orphans orphans, Damage damage) {
    metrics
        .gauge("damaged_blobs", "Blobs marked damaged.", () -> asked(damage::count))
        .gauge(
            "orphan_objects",
            "Bytes without a row that wait to be deleted.",
            () -> asked(() -> orphans.waiting().objects()))
        .gauge("orphan_bytes", "Their bytes.", () -> asked(() -> orphans.waiting().sizeBytes()))
        .counter(
            "orphan_deleted_bytes_total",
            "Bytes without a row that were deleted.",
            orphans::deletedBytes);
    return this;
  }

  private interface Question {
    long ask() throws IOException;
  }

  private static long asked(Question question) {
    try {
      return question.ask();
    } catch (IOException e) {
      throw new UncheckedIOException("counting for the metrics", e);
    }
  }
}
