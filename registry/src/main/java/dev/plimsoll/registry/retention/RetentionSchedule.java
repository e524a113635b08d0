package dev.plimsoll.registry.retention;

import dev.plimsoll.foundation.NoSpaceException;
import dev.plimsoll.foundation.settings.SettingsException;
import dev.plimsoll.foundation.settings.WatchedFile;
import dev.plimsoll.registry.event.AuditLog;
import dev.plimsoll.registry.event.AuditNote;
import dev.plimsoll.registry.repository.Transactions;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the policy every so often, counted from the end of the last run, also if another process made
 * it. {@link #turn} is one look at the calendar, for tests with a clock of their own.
 */
public final class RetentionSchedule {
  private static final Logger log = LoggerFactory.getLogger(RetentionSchedule.class);
  private static final Duration LOOK_EVERY_MAX = Duration.ofMinutes(1);
  private static final Duration STOP_MAX = Duration.ofSeconds(30);

  /** So few may go whatever their share: a registry that has hardly anything is no reason to wait. */
  private static final int FEW = 10;

  private final Retention retention;
  private final RetentionSettings settings;
  private final Transactions transactions;
  private final InstantSource clock;
  private final Optional<WatchedFile<Policy>> rules;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private @Nullable Thread thread;
  private BooleanSupplier leads = () -> true;
  private Optional<String> toldOff = Optional.empty();
  private volatile @Nullable HeldBack heldBack;

  /** A run that was due and was not made. */
  private record HeldBack(Instant at, String reason) {}

  /**
   * Reads the rules, and looks at their file again before each use.
   *
   * @throws SettingsException if they cannot be used, with file, line and reason
   */
  public RetentionSchedule(
      Retention retention,
      RetentionSettings settings,
      Transactions transactions,
      InstantSource clock) {
    this.retention = retention;
    this.settings = settings;
    this.transactions = transactions;
    this.clock = clock;
    this.rules =
        settings
            .policy()
            .map(file ->
                new WatchedFile<>("retention policy", file, PolicyFile::read, System::nanoTime));
  }

  /**
   * Leaves the runs to one of several replicas. To be called before the start.
   *
   * @param newLeads whether it is this one; nothing is unsafe if two believe so
   */
  public void beside(BooleanSupplier newLeads) {
    this.leads = newLeads;
  }

  /** The policy in force. */
  public Optional<Policy> policy() {
    return rules.map(WatchedFile::current);
  }

  /**
   * Reads the file again now.
   *
   * @return the policy in force; empty while retention is off
   * @throws SettingsException if the file cannot be used; the policy in force stays
   */
  public Optional<Policy> reload() {
    return rules.map(WatchedFile::reload);
  }

  /** Why the file as it is now is not in force; empty if it is. */
  public Optional<String> trouble() {
    return rules.flatMap(WatchedFile::trouble);
  }

  /** Warns of what matches nothing, and looks at the calendar from now on. */
  public void start() {
    if (rules.isPresent()) {
      thread = Thread.ofVirtual().name("registry-retention").start(this::turns);
    }
  }

  /** When the next run is due; empty while retention is off. */
  public Optional<Instant> next() throws IOException {
    if (rules.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        lastEnded().map(ended -> ended.plus(settings.every())).orElseGet(clock::instant));
  }

  /** Runs the policy if it is due and nothing speaks against it; returns whether it ran. */
  public boolean turn() throws IOException {
    Optional<Policy> policy = policy();
    if (policy.isEmpty()
        || next().orElseThrow().isAfter(clock.instant())
        || !leads.getAsBoolean()) {
      return false;
    }
    Optional<String> off = retention.off();
    if (!off.equals(toldOff)) {
      toldOff = off;
      off.ifPresent(reason -> log.warn("retention is due and off: {}", reason));
    }
    if (off.isPresent()) {
      return false;
    }
    boolean runs = isModest(policy.get());
    if (runs) {
      AuditLog.record(
          new AuditNote("retention", "-", "-", "scheduled retention"),
          () -> retention.run(policy.get(), Retention.Mode.REAL, Optional.empty(), _ -> {}));
    }
    remember(clock.instant());
    return runs;
  }

  /**
   * Whether a run by itself deletes no more than the share that is allowed to it. Otherwise a person
   * has to look: such rules are more often mistaken than meant.
   */
  private boolean isModest(Policy policy) throws IOException {
    RetentionReport would = retention.run(policy, Retention.Mode.COUNT, Optional.empty(), _ -> {});
    if (!would.deletesMoreThan(settings.percentMax(), FEW)) {
      heldBack = null;
      return true;
    }
    String reason =
        ("the rules would delete %d of %d tags and %d of %d manifests, more than %d %%; look with"
                + " plimsoll registry retain --dry-run, and run it without --dry-run if it is meant")
            .formatted(
                would.tagsDeleted(),
                would.tagsDeleted() + would.tagsKept(),
                would.manifestsDeleted(),
                would.manifestsDeleted() + would.manifestsKept(),
                settings.percentMax());
    heldBack = new HeldBack(clock.instant(), reason);
    log.warn("retention held back: {}", reason);
    return false;
  }

  /** Why the last run that was due was not made; empty if it was, or if somebody has run it since. */
  public Optional<String> heldBack() {
    HeldBack last = heldBack;
    return Optional.ofNullable(last)
        .filter(held ->
            retention.status().last().stream().noneMatch(run -> !run.ended().isBefore(held.at())))
        .map(HeldBack::reason);
  }

  private Optional<Instant> lastEnded() throws IOException {
    return transactions.read(h ->
        h.createQuery("SELECT ended_at FROM retention_runs WHERE id = 1")
            .mapTo(Long.class)
            .findOne()
            .map(Instant::ofEpochMilli));
  }

  private void remember(Instant ended) throws IOException {
    transactions.free(h ->
        h.createUpdate(
                """
                INSERT INTO retention_runs (id, ended_at) VALUES (1, :ended)
                ON CONFLICT (id) DO UPDATE SET ended_at = excluded.ended_at
                """)
            .bind("ended", ended.toEpochMilli())
            .execute());
  }

  private void turns() {
    Duration look =
        settings.every().compareTo(LOOK_EVERY_MAX) < 0 ? settings.every() : LOOK_EVERY_MAX;
    Policy warnedOf = policy().orElse(Policy.NONE);
    try {
      warn(warnedOf);
      while (!stopping.await(look.toMillis(), TimeUnit.MILLISECONDS)) {
        Policy now = policy().orElse(Policy.NONE);
        if (!now.equals(warnedOf)) {
          warn(now);
          warnedOf = now;
        }
        turnOrWarn(look);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void warn(Policy policy) {
    try {
      retention
          .unusedPatterns(policy)
          .forEach(warning -> log.warn("retention policy, {}", warning));
    } catch (IOException | RuntimeException e) {
      log.warn("the patterns of the retention policy could not be tried", e);
    }
  }

  private void turnOrWarn(Duration look) {
    try {
      turn();
    } catch (NoSpaceException e) {
      log.warn(
          "retention has no space reason={}; it is tried again in {} s",
          e.getMessage(),
          look.toSeconds());
    } catch (IOException | RuntimeException e) {
      log.warn("retention failed; it is tried again in {} s", look.toSeconds(), e);
    }
  }

  /** Begins no further run, and waits for the one in progress. */
  public void close() throws InterruptedException {
    stopping.countDown();
    Thread running = thread;
    if (running != null) {
      running.join(STOP_MAX);
    }
  }
}
