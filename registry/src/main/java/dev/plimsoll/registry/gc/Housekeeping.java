package dev.plimsoll.registry.gc;

import dev.plimsoll.database.DatabaseCopies;
import dev.plimsoll.foundation.NoSpaceException;
import dev.plimsoll.foundation.UnavailableException;
import dev.plimsoll.registry.check.Schedule;
import dev.plimsoll.registry.repository.ManifestObjects;
import dev.plimsoll.registry.repository.Space;
import dev.plimsoll.registry.repository.Uploads;
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
 * What a registry does by itself: collects, gives up idle uploads, audits, keeps its reserve,
 * measures itself, copies its database. {@link
 * #round} is one turn of it, for tests with a clock of their own; {@link #start} has a thread take
 * turns.
 */
public final class Housekeeping {
  private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);
  private static final Duration BETWEEN_LOOKS = Duration.ofDays(1);
  private static final Duration BETWEEN_TIDYINGS = Duration.ofDays(1);
  private static final Duration BETWEEN_COPIES = Duration.ofHours(1);
  private static final Duration BETWEEN_MEASURES = Duration.ofDays(1);
  private static final int OBJECTS_BATCH = 200;
  private static final Duration STOP_MAX = Duration.ofSeconds(30);

  private final Collector collector;
  private final StrayStaging staging;
  private final Schedule audits;
  private final Deadlines deadlines;
  private final Uploads uploads;
  private final ManifestObjects manifests;
  private final Space space;
  private final DatabaseCopies copies;
  private final Duration every;
  private final InstantSource clock;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private @Nullable Thread thread;
  private @Nullable Instant stagingAt;
  private @Nullable Instant tidiedAt;
  private @Nullable Instant measuredAt;
  private volatile @Nullable Instant nextAt;
  private BooleanSupplier leads = () -> true;
  private Measure measure = _ -> {};
  private Duration unfinishedFor = Duration.ofDays(7);

  public Housekeeping(
      Collector collector,
      StrayStaging staging,
      Schedule audits,
      Deadlines deadlines,
      Uploads uploads,
      ManifestObjects manifests,
      Space space,
      DatabaseCopies copies,
      Duration every,
      InstantSource clock) {
    this.collector = collector;
    this.staging = staging;
    this.audits = audits;
    this.deadlines = deadlines;
    this.uploads = uploads;
    this.manifests = manifests;
    this.space = space;
    this.copies = copies;
    this.every = every;
    this.clock = clock;
  }

  /**
   * Leaves to one of several replicas what one is enough for. To be called before the first turn.
   *
   * @param leads whether it is this one; nothing is unsafe if two believe so
   * @param unfinishedFor what crashes left unfinished in the stores is removed after so long
   */
  public void beside(BooleanSupplier leads, Duration unfinishedFor) {
    this.leads = leads;
    this.unfinishedFor = unfinishedFor;
  }

  /** Writes down how much is stored. */
  @FunctionalInterface
  public interface Measure {
    void at(Instant now) throws IOException;
  }

  /** Has the size measured every day, since it looks at every blob. To be called before the first turn. */
  public void measuring(Measure newMeasure) {
    measure = newMeasure;
  }

  /** Picks up what the last process left. To be called before the first request. */
  public void recover() throws IOException {
    deadlines.look();
    collector.recover();
    staging.discard();
  }

  /** Takes the disk's reserve, and then a turn every so often until {@link #close}. */
  public void start() {
    thread = Thread.ofVirtual().name("registry-housekeeping").start(this::turns);
  }

  /** One turn. */
  public void round() throws IOException {
    deadlines.look();
    uploads.giveUpIdle();
    space.replenish();
    if (!leads.getAsBoolean()) {
      staging.askTheSilent();
      return;
    }
    collector.turn();
    space.replenish(); // with what that has freed
    writeMissingObjects();
    Instant now = clock.instant();
    if (stagingAt == null || !stagingAt.plus(BETWEEN_LOOKS).isAfter(now)) {
      stagingAt = now;
      staging.discard();
    }
    if (tidiedAt == null || !tidiedAt.plus(BETWEEN_TIDYINGS).isAfter(now)) {
      tidiedAt = now;
      audits.tidy(now.minus(unfinishedFor));
    }
    staging.askTheSilent();
    audits.turn();
    measure(now);
    copyDatabase(now);
  }

  private void measure(Instant now) throws IOException {
    boolean due = measuredAt == null || !measuredAt.plus(BETWEEN_MEASURES).isAfter(now);
    if (due && !space.isLow()) {
      measure.at(now);
      measuredAt = now;
    }
  }

  private void writeMissingObjects() throws IOException {
    while (!space.isLow() && manifests.writeMissing(OBJECTS_BATCH) == OBJECTS_BATCH) {
      // until a batch is not full
    }
  }

  /** What a copy takes on a disk that is nearly full is missed by more than the copy is good for. */
  private void copyDatabase(Instant now) throws IOException {
    boolean due =
        copies.lastTaken().map(last -> !last.plus(BETWEEN_COPIES).isAfter(now)).orElse(true);
    if (due && !space.isLow()) {
      log.info("database copied file={}", copies.take(now));
    }
  }

  /** When it takes its next turn; empty while it takes one, and when it does not run. */
  public Optional<Instant> nextTurn() {
    return Optional.ofNullable(nextAt);
  }

  private void turns() {
    try {
      takeReserve(); // seconds on a slow disk: not while somebody waits for the first answer
      nextAt = clock.instant().plus(every);
      while (!stopping.await(every.toMillis(), TimeUnit.MILLISECONDS)) {
        nextAt = null;
        turn();
        nextAt = clock.instant().plus(every);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void takeReserve() {
    try {
      space.replenish();
    } catch (NoSpaceException e) {
      log.warn(
          "reserve not taken reason={}; it is tried again in {} s",
          e.getMessage(),
          every.toSeconds());
    } catch (IOException | RuntimeException e) {
      log.warn("reserve not taken; it is tried again in {} s", every.toSeconds(), e);
    }
  }

  /** A turn that fails is no reason not to take the next one. */
  private void turn() {
    try {
      round();
    } catch (NoSpaceException e) { // its sentence says all there is to say
      log.warn(
          "housekeeping has no space reason={}; it goes on in {} s",
          e.getMessage(),
          every.toSeconds());
    } catch (UnavailableException e) {
      log.warn(
          "housekeeping has to wait reason={}; it goes on in {} s",
          e.getMessage(),
          every.toSeconds());
    } catch (IOException | RuntimeException e) {
      log.warn("housekeeping failed; it goes on in {} s", every.toSeconds(), e);
    }
  }

  /** Takes no further turn, and waits for the one in progress. */
  public void close() throws InterruptedException {
    stopping.countDown();
    collector.stop();
    Thread running = thread;
    if (running != null) {
      running.join(STOP_MAX);
    }
  }
}
