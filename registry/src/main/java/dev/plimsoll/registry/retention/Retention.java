package dev.plimsoll.registry.retention;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Reference;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.gc.Collector.Brake;
import dev.plimsoll.registry.gc.Deadlines;
import dev.plimsoll.registry.repository.ImageRemoval;
import dev.plimsoll.registry.repository.RegistryException.RepositoryUnknown;
import dev.plimsoll.registry.repository.RegistryException.RetentionOff;
import dev.plimsoll.registry.repository.Removal;
import dev.plimsoll.registry.repository.Transactions;
import dev.plimsoll.registry.retention.FreedBytes.HeldBlob;
import dev.plimsoll.registry.retention.InventoryRows.Sizes;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out a policy, repository by repository: reads all of one, decides, and deletes in small
 * batches, each of which looks again before it deletes. One run at a time. Safe for many threads.
 */
public final class Retention {
  private static final Logger log = LoggerFactory.getLogger(Retention.class);
  private static final int REPOSITORIES_PAGE = 1000;

  /** Removals that share a transaction: some milliseconds that a push may have to wait. */
  private static final int BATCH_MAX = 20;

  private final Transactions transactions;
  private final ImageRemoval removal;
  private final Pulls pulls;
  private final Deadlines deadlines;
  private final Brake brake;
  private final Duration restoredFor;
  private final InstantSource clock;
  private final InventoryRows rows = new InventoryRows();
  private final ReentrantLock oneRun = new ReentrantLock();
  private volatile RetentionStatus status = RetentionStatus.NEW; // written under oneRun

  /**
   * Keeps the rules of one registry.
   *
   * @param restoredFor what somebody took out of the trash is left alone so long
   * @param brake what stops the collector stops this too, before each batch of deletions
   */
  public Retention(
      Transactions transactions,
      ImageRemoval removal,
      Pulls pulls,
      Deadlines deadlines,
      Duration restoredFor,
      Brake brake,
      InstantSource clock) {
    this.transactions = transactions;
    this.removal = removal;
    this.pulls = pulls;
    this.deadlines = deadlines;
    this.restoredFor = restoredFor;
    this.brake = brake;
    this.clock = clock;
  }

  /** Hears of every tag and manifest, as soon as its repository is done. */
  public interface Listener {
    void decided(Decision decision) throws IOException;
  }

  /** What a run is to do. */
  public enum Mode {
    /** Decides and counts, without sizes, and changes nothing. */
    COUNT,
    /** Decides and tells, and changes nothing. */
    DRY,
    REAL
  }

  /**
   * Runs a policy.
   *
   * @param only this repository alone, as far as rules are about it; empty: all
   * @throws RetentionOff if nothing may be deleted now, or any more; a dry run is never stopped
   * @throws IOException if the database cannot be read or written; what is deleted by then is in the
   *     trash, and the next run goes on
   */
  public RetentionReport run(
      Policy policy, Mode mode, Optional<RepositoryName> only, Listener listener)
      throws IOException {
    oneRun.lock();
    try {
      refuseIfOff(mode);
      Instant began = clock.instant();
      status = status.begun();
      Run run = new Run(policy, mode, listener);
      run.all(only);
      RetentionReport report = run.report();
      status = status.ended(new RetentionStatus.Run(began, clock.instant(), report));
      tell(report);
      return report;
    } finally {
      status = status.stopped();
      oneRun.unlock();
    }
  }

  /** Throws if there is no such repository: what is asked for by a name is asked for of something. */
  public void refuseUnknown(RepositoryName repository) throws IOException {
    if (!transactions.read(h -> rows.exists(h, repository))) {
      throw new RepositoryUnknown(repository);
    }
  }

  /** Why nothing may be deleted now; empty if it may. */
  public Optional<String> off() throws IOException {
    return brake.reason();
  }

  /** Throws if that is what is asked for and may not be. */
  public void refuseIfOff(Mode mode) throws IOException {
    Optional<String> off = mode == Mode.REAL ? off() : Optional.empty();
    if (off.isPresent()) {
      throw new RetentionOff(off.get());
    }
  }

  /** How it is doing at this moment. */
  public RetentionStatus status() {
    return status;
  }

  /** A sentence for each pattern for repositories that matches none at present. */
  public List<String> unusedPatterns(Policy policy) throws IOException {
    PatternsUsed patterns = new PatternsUsed(policy);
    String after = "";
    while (true) {
      List<RepositoryName> page = page(after);
      if (page.isEmpty()) {
        return patterns.unusedRepositories();
      }
      page.forEach(patterns::saw);
      after = page.getLast().value();
    }
  }

  private List<RepositoryName> page(String after) throws IOException {
    return transactions.read(h -> rows.repositories(h, after, REPOSITORIES_PAGE));
  }

  private static void tell(RetentionReport report) {
    if (!report.dryRun()) {
      log.info(
          "retention ran repositories={} tagsDeleted={} manifestsDeleted={} changed={}"
              + " freedBytes={}",
          report.repositories(),
          report.tagsDeleted(),
          report.manifestsDeleted(),
          report.changed(),
          report.freedBytes());
      report.warnings().forEach(warning -> log.warn("retention policy, {}", warning));
    }
  }

  /** One run over the registry. */
  private final class Run {
    private final Policy policy;
    private final Mode mode;
    private final Listener listener;
    private final PatternsUsed patterns;
    private final FreedBytes freed = new FreedBytes();
    private final RetentionReport.Tally tally = new RetentionReport.Tally();
    private boolean partial;

    Run(Policy policy, Mode mode, Listener listener) {
      this.policy = policy;
      this.mode = mode;
      this.listener = listener;
      this.patterns = new PatternsUsed(policy);
    }

    void all(Optional<RepositoryName> only) throws IOException {
      deadlines.look();
      partial = only.isPresent();
      if (partial) {
        one(only.get());
        return;
      }
      String after = "";
      for (List<RepositoryName> page = page(after); !page.isEmpty(); page = page(after)) {
        for (RepositoryName repository : page) {
          patterns.saw(repository);
          one(repository);
        }
        after = page.getLast().value();
      }
    }

    RetentionReport report() {
      List<String> warnings = new ArrayList<>(policy.doubts());
      if (!partial) {
        warnings.addAll(patterns.unused());
      }
      return tally.report(mode != Mode.REAL, warnings);
    }

    private void one(RepositoryName repository) throws IOException {
      boolean concerned = !policy.about(repository).isEmpty();
      if (!concerned && mode != Mode.DRY) {
        return;
      }
      tally.repositories += concerned ? 1 : 0;
      Instant seenAt = clock.instant();
      pulls.flushToFree(); // what was pulled before is in the inventory, what is pulled later is
      // noticed
      record Seen(Inventory inventory, Ages ages) {}
      Sizes sizes = mode == Mode.DRY ? Sizes.SUMMED : Sizes.LEFT_OUT;
      Seen seen =
          transactions.read(h -> {
            Ages ages = new Ages(seenAt, rows.unseen(h));
            return new Seen(
                rows.read(h, repository, sizes, new InventoryRows.Spared(ages, restoredFor)), ages);
          });
      patterns.saw(seen.inventory());
      patterns.sawRules(seen.inventory());
      Decisions decisions = Decider.decide(seen.inventory(), policy, seen.ages());
      switch (mode) {
        case COUNT -> decisions.all().forEach(tally::count);
        case DRY -> rehearse(repository, decisions);
        case REAL -> carryOut(repository, decisions, seenAt);
      }
    }

    private void rehearse(RepositoryName repository, Decisions decisions) throws IOException {
      for (Decision decision : decisions.all()) {
        if (decision.deletes() && decision.object() instanceof Digest manifest) {
          say(decision.freeing(freed.wouldGo(blobs(repository, manifest))));
        } else {
          say(decision);
        }
      }
    }

    private void carryOut(RepositoryName repository, Decisions decisions, Instant seenAt)
        throws IOException {
      Map<Reference, String> changes = new HashMap<>();
      Map<Reference, Long> gone = new HashMap<>();
      List<Removal> removals = decisions.removals();
      for (int from = 0; from < removals.size(); from += BATCH_MAX) {
        refuseIfOff(mode);
        List<Removal> batch = removals.subList(from, Math.min(from + BATCH_MAX, removals.size()));
        List<Removal.Outcome> outcomes = removal.carryOut(batch, seenAt);
        for (int i = 0; i < batch.size(); i++) {
          switch (outcomes.get(i)) {
            case Removal.Outcome.Gone(var manifests, var tags) -> {
              tags.forEach(tag -> gone.put(tag, 0L));
              for (Digest manifest : manifests) {
                gone.put(manifest, freed.hasGone(blobs(repository, manifest)));
              }
            }
            case Removal.Outcome.Stays(String change) -> note(batch.get(i), change, changes);
          }
        }
      }
      for (Decision decision : decisions.all()) {
        Long bytes = gone.get(decision.object());
        if (!decision.deletes() || bytes != null) {
          say(bytes == null ? decision : decision.freeing(bytes));
        } else {
          say(
              decision.kept(
                  changes.getOrDefault(decision.object(), "what it goes with was changed")));
        }
      }
    }

    private void say(Decision decision) throws IOException {
      tally.count(decision);
      listener.decided(decision);
    }

    private List<HeldBlob> blobs(RepositoryName repository, Digest manifest) throws IOException {
      return transactions.read(h -> rows.blobs(h, repository, manifest));
    }
  }

  private static void note(Removal removal, String change, Map<Reference, String> changes) {
    switch (removal) {
      case Removal.OfTag tag -> changes.put(tag.tag(), change);
      case Removal.OfImage image -> {
        changes.put(image.digest(), change);
        image.tags().keySet().forEach(tag -> changes.put(tag, change));
      }
    }
  }
}
