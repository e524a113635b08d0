package dev.plimsoll.registry.gc;

import dev.plimsoll.content.ContentStore;
import dev.plimsoll.registry.gc.GarbageRows.Doomed;
import dev.plimsoll.registry.gc.GarbageRows.DueLink;
import dev.plimsoll.registry.repository.BackupLeases;
import dev.plimsoll.registry.repository.BlobRows;
import dev.plimsoll.registry.repository.ManifestObjects;
import dev.plimsoll.registry.repository.ReadCache;
import dev.plimsoll.registry.repository.RegistryException.CollectorOff;
import dev.plimsoll.registry.repository.Transactions;
import dev.plimsoll.registry.repository.Trash;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects garbage, one run at a time, beside any number of pushes and pulls. Its safety lies in the
 * checks inside its transactions, not in waiting: the waits spare clients a second upload.
 */
public final class Collector {
  private static final Logger log = LoggerFactory.getLogger(Collector.class);

  /** How eager a run is. */
  public enum Mode {
    /** Trash and leases are respected. */
    WHEN_DUE,
    /**
     * Nothing is waited for: the trash is emptied and leases are void, so a push in progress may be
     * told that a blob is unknown. It is never told that it succeeded when it did not.
     */
    NOW
  }

  /** The parts of a run. Each finds its work in the database, so each can run without the others. */
  public enum Phase {
    /** Makes old deletions final. */
    PURGE,
    /** Takes away links that nothing holds, and condemns blobs without links. */
    UNLINK,
    /** Sentences condemned blobs whose wait is over. */
    DOOM,
    /** Deletes the bytes of doomed blobs and manifests, and what a crash left of that. */
    ERASE
  }

  /** What can keep the collector from running. */
  public interface Brake {
    Brake NONE = Optional::empty;

    /** Why it must not run now; empty if it may. */
    Optional<String> reason() throws IOException;
  }

  private final Transactions transactions;
  private final ContentStore content;
  private final ManifestObjects manifests;
  private final BlobRows blobs;
  private final Trash trash;
  private final ReadCache cache;
  private final Brake brake;
  private final GcPolicy policy;
  private final InstantSource clock;
  private final GarbageRows garbage = new GarbageRows();
  private final ReentrantLock oneRun = new ReentrantLock();
  private volatile GcStatus status = GcStatus.NEW; // written under oneRun
  private Pace pace = new Pace(() -> false, System::nanoTime);

  public Collector(
      Transactions transactions,
      ContentStore content,
      ManifestObjects manifests,
      BlobRows blobs,
      Trash trash,
      ReadCache cache,
      Brake brake,
      GcPolicy policy,
      InstantSource clock) {
    this.transactions = transactions;
    this.content = content;
    this.manifests = manifests;
    this.blobs = blobs;
    this.trash = trash;
    this.cache = cache;
    this.brake = brake;
    this.policy = policy;
    this.clock = clock;
  }

  /**
   * Has runs step aside while others are served, if that is the policy. To be called before the first run.
   *
   * @param served whether they are at this moment
   */
  public void beside(BooleanSupplier served) {
    pace = new Pace(() -> policy.stepsAside() && served.getAsBoolean(), System::nanoTime);
  }

  /** Ends the run in progress after the step it is at; the next process goes on with it. */
  public void stop() {
    pace.end();
  }

  /** Why nothing is collected at present; empty if it is. */
  public Optional<String> off() throws IOException {
    return brake.reason();
  }

  /** Collects what is due, as nobody asked for; nothing while it is off. */
  public void turn() throws IOException {
    if (off().isEmpty()) {
      run(Mode.WHEN_DUE);
    }
  }

  /**
   * Collects what is due. A second run waits for the first.
   *
   * @throws CollectorOff with the reason, while nothing is collected
   */
  public GcReport run(Mode mode) throws IOException {
    return run(mode, EnumSet.allOf(Phase.class));
  }

  /** Runs some phases, in their order. */
  public GcReport run(Mode mode, Set<Phase> phases) throws IOException {
    refuseIfOff();
    oneRun.lock();
    try {
      Instant begin = clock.instant();
      GcReport.Tally tally = new GcReport.Tally();
      for (Phase phase : EnumSet.copyOf(phases)) {
        do {
          status = status.at(tally.progress(begin, phase, 0, 0));
        } while (batch(phase, mode, begin, tally) && !pace.hasEnded()); // until one is not full
      }
      GcReport report = tally.report();
      status = status.ended(new GcStatus.Run(begin, clock.instant(), report));
      if (report.purged() + report.unlinked() + report.deletedBlobs() + report.failed() > 0) {
        log.info(
            "garbage collected mode={} purged={} unlinked={} condemned={} deleted={} freedBytes={}"
                + " failed={}",
            mode,
            report.purged(),
            report.unlinked(),
            report.condemned(),
            report.deletedBlobs(),
            report.freedBytes(),
            report.failed());
      }
      return report;
    } finally {
      status = status.stopped();
      oneRun.unlock();
    }
  }

  private void refuseIfOff() throws IOException {
    Optional<String> off = off();
    if (off.isPresent()) {
      throw new CollectorOff(off.get());
    }
  }

  /** How it is doing at this moment. */
  public GcStatus status() {
    return status;
  }

  /** What waits to be deleted at this moment; costs as much as there is. */
  public Waiting waiting() throws IOException {
    return transactions.read(garbage::waiting);
  }

  /** Blobs that nothing links to and whose bytes are still there. */
  public record Waiting(long blobs, long sizeBytes) {}

  /** Works on one batch; returns whether there may be more to do. */
  private boolean batch(Phase phase, Mode mode, Instant begin, GcReport.Tally tally)
      throws IOException {
    return switch (phase) {
      case PURGE -> purge(mode, begin, tally);
      case UNLINK -> unlink(mode, begin, tally);
      case DOOM -> doom(mode, begin);
      case ERASE -> erase(begin, tally);
    };
  }

  /** Finishes the deletions that were under way when the process ended. */
  public void recover() throws IOException {
    if (off().isEmpty()) {
      run(Mode.WHEN_DUE, EnumSet.of(Phase.ERASE));
    }
  }

  /** What a run would do now, worked out by reading alone: no push waits for it. */
  public GcReport dryRun(Mode mode) throws IOException {
    refuseIfOff();
    Instant now = clock.instant();
    return transactions.read(h -> plan(h, mode, now));
  }

  private GcReport plan(Handle h, Mode mode, Instant now) {
    GcReport.Tally tally = new GcReport.Tally();
    Trash.Due due = trash.due(h, deletedBefore(mode, now));
    tally.purged = due.deletions();
    Instant limit = condemnedBefore(h, mode, now);
    garbage.deleting(h).forEach(tally::deleted);
    garbage.condemnedBefore(h, limit, Integer.MAX_VALUE).forEach(tally::deleted);
    garbage.wouldUnlink(
        h,
        due,
        leaseEnd(mode, now),
        now,
        loss -> {
          tally.unlinked += loss.links();
          if (loss.all()) {
            tally.condemned++;
            if (!limit.isBefore(now)) {
              tally.deleted(loss.blob());
            }
          }
        });
    return tally.report();
  }

  private Instant deletedBefore(Mode mode, Instant begin) {
    return mode == Mode.NOW ? begin : begin.minus(policy.trashKeptFor());
  }

  private Pace.Step step() {
    return pace.step(policy.batchMax());
  }

  private boolean purge(Mode mode, Instant begin, GcReport.Tally tally) throws IOException {
    Pace.Step step = step();
    Trash.Batch batch = trash.purgeDeletedBefore(deletedBefore(mode, begin), step.rows());
    tally.purged += batch.purged().size();
    pace.rest(step);
    return batch.seen() == step.rows();
  }

  private boolean unlink(Mode mode, Instant begin, GcReport.Tally tally) throws IOException {
    Pace.Step step = step();
    List<DueLink> due = new ArrayList<>();
    GcReport.Tally batch = new GcReport.Tally();
    try {
      due.addAll(
          transactions.free(h -> {
            GcReport.Tally fresh = new GcReport.Tally();
            List<DueLink> seen = unlink(h, mode, begin, step.rows(), fresh);
            batch.unlinked = fresh.unlinked;
            batch.condemned = fresh.condemned;
            return seen;
          }));
    } finally {
      due.forEach(link -> cache.linkChanged(link.repository(), link.digest()));
    }
    tally.unlinked += batch.unlinked;
    tally.condemned += batch.condemned;
    pace.rest(step);
    return due.size() == step.rows();
  }

  private List<DueLink> unlink(
      Handle h, Mode mode, Instant begin, int rowsMax, GcReport.Tally tally) {
    Instant now = clock.instant();
    List<DueLink> due = garbage.dueLinks(h, leaseEnd(mode, now), begin, rowsMax);
    blobs.lock(h, due.stream().map(DueLink::digest).toList());
    for (DueLink link : due) {
      if (blobs.referenced(h, link.repositoryId(), link.digest())) {
        blobs.hold(h, link.repositoryId(), link.digest());
      } else {
        blobs.unlink(h, link.repositoryId(), link.digest(), now);
        tally.unlinked++;
        if (!blobs.linked(h, link.digest())) {
          tally.condemned++;
        }
      }
    }
    return due;
  }

  private static Instant leaseEnd(Mode mode, Instant now) {
    return mode == Mode.NOW ? Instant.ofEpochMilli(Long.MAX_VALUE) : now;
  }

  private boolean doom(Mode mode, Instant begin) throws IOException {
    Pace.Step step = step();
    int doomed = transactions.free(h -> doom(h, mode, begin, step.rows())).size();
    pace.rest(step);
    return doomed == step.rows();
  }

  /**
   * Past this transaction the blobs cannot come back; a client that has them uploads them again,
   * under a new generation.
   */
  private List<Doomed> doom(Handle h, Mode mode, Instant begin, int rowsMax) {
    List<Doomed> due = garbage.condemnedBefore(h, condemnedBefore(h, mode, begin), rowsMax);
    blobs.lock(h, due.stream().map(blob -> blob.key().digest()).toList());
    for (Doomed blob : due) {
      blobs.doom(h, blob.key().digest(), blob.key().generation());
    }
    return due;
  }

  /** What was condemned then or before has waited long enough. */
  private Instant condemnedBefore(Handle h, Mode mode, Instant begin) {
    Instant limit = mode == Mode.NOW ? clock.instant() : begin.minus(policy.condemnedFor());
    Instant addressed = clock.instant().minus(policy.addressesFor());
    limit = limit.isBefore(addressed) ? limit : addressed;
    Optional<Instant> backedUp = BackupLeases.keptSince(h, clock.instant());
    return backedUp.filter(limit::isAfter).orElse(limit);
  }

  private boolean erase(Instant begin, GcReport.Tally tally) throws IOException {
    List<Doomed> doomed = transactions.read(garbage::deleting);
    List<Doomed> gone = new ArrayList<>();
    int left = doomed.size();
    Pace.Step step = step();
    for (Doomed blob : doomed) {
      status = status.at(tally.progress(begin, Phase.ERASE, left--, gone.size()));
      try {
        if (!blob.small()) {
          content.delete(blob.key());
        }
        gone.add(blob);
      } catch (IOException e) {
        tally.failed++;
        log.warn("deleting {} failed; the next run tries again", blob.key(), e);
      }
      if (gone.size() >= step.rows()) {
        forget(gone, tally);
        gone.clear();
        pace.rest(step);
        if (pace.hasEnded()) {
          return false;
        }
        step = step();
      }
    }
    forget(gone, tally);
    status = status.at(tally.progress(begin, Phase.ERASE, left, 0));
    try {
      boolean full = manifests.eraseGone(step.rows()) == step.rows();
      pace.rest(step);
      return full;
    } catch (IOException e) {
      tally.failed++;
      log.warn("deleting manifests' objects failed; the next run tries again", e);
      return false;
    }
  }

  /**
   * Rows of which the bytes are gone, in one commit: a commit for each took seconds of a run. What
   * another replica forgot first has been counted there.
   */
  private void forget(List<Doomed> gone, GcReport.Tally tally) {
    if (gone.isEmpty()) {
      return;
    }
    try {
      transactions
          .free(h ->
              gone.stream()
                  .filter(blob -> blobs.forget(h, blob.key().digest(), blob.key().generation()))
                  .toList())
          .forEach(tally::deleted);
    } catch (IOException e) {
      tally.failed += gone.size();
      log.warn("forgetting {} deleted blobs failed; the next run tries again", gone.size(), e);
    }
  }
}
