package dev.plimsoll.registry.check;

import dev.plimsoll.content.ContentStore;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.job.Progress;
import dev.plimsoll.registry.repository.Damage;
import dev.plimsoll.registry.repository.ManifestObjects;
import dev.plimsoll.registry.repository.Transactions;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Goes through everything, one at a time, beside pushes and pulls. Where it is stands in the
 * database: one that was cut off goes on there.
 */
public final class Checks {
  private static final int FINDINGS_MAX = 2500;

  /** How closely it looks. */
  public enum Depth {
    /** Everything is there and of the right size; nothing large is read. */
    AUDIT,
    /** Every byte is read. */
    EVERYTHING
  }

  /** What it goes through, in this order. */
  public enum Stage {
    BLOBS,
    MANIFESTS,
    TAGS,
    STORES
  }

  /**
   * What is asked for.
   *
   * @param source where what is damaged is fetched from; empty: it is only marked and named
   * @param bytesPerSecondMax how fast it reads; 0: as fast as it can
   */
  public record Plan(Depth depth, Optional<RepairSource> source, long bytesPerSecondMax) {}

  private final Transactions transactions;
  private final ContentStore blobs;
  private final ManifestObjects objects;
  private final Damage damage;
  private final Orphans orphans;
  private final Restoration restoration;
  private final InstantSource clock;
  private final Predicate<RepositoryName> sparse;
  private final CheckRows rows = new CheckRows();

  public Checks(
      Transactions transactions,
      ContentStore blobs,
      ManifestObjects objects,
      Damage damage,
      Orphans orphans,
      Restoration restoration,
      InstantSource clock) {
    this(transactions, blobs, objects, damage, orphans, restoration, clock, _ -> false);
  }

  /**
   * The same beside mirrors.
   *
   * @param sparse repositories that show another registry's: their blobs come when they are pulled
   */
  public Checks(
      Transactions transactions,
      ContentStore blobs,
      ManifestObjects objects,
      Damage damage,
      Orphans orphans,
      Restoration restoration,
      InstantSource clock,
      Predicate<RepositoryName> sparse) {
    this.transactions = transactions;
    this.blobs = blobs;
    this.objects = objects;
    this.damage = damage;
    this.orphans = orphans;
    this.restoration = restoration;
    this.clock = clock;
    this.sparse = sparse;
  }

  /** When the last one came to its end. */
  public Optional<Instant> lastEnded() throws IOException {
    return transactions.read(rows::lastEnded);
  }

  /** The depth of one that a restart has cut off. */
  public Optional<Depth> unfinished() throws IOException {
    return transactions
        .read(rows::state)
        .filter(state -> !state.over())
        .map(CheckRows.State::depth);
  }

  /** Runs a check to its end, or goes on with one of the same depth that was cut off. */
  public void run(Plan plan, Progress progress) throws IOException, InterruptedException {
    Optional<CheckRows.State> before =
        transactions
            .read(rows::state)
            .filter(state -> !state.over() && state.depth() == plan.depth());
    if (before.isEmpty()) {
      transactions.write(h -> {
        rows.begin(h, plan.depth(), clock.instant());
        return true;
      });
    } else if (plan.source().isEmpty()) {
      transactions
          .read(h -> rows.findings(h, FINDINGS_MAX))
          .forEach(found -> progress.found(found.kind(), found.subject(), found.detail()));
    }
    Stage first = before.map(CheckRows.State::stage).orElse(Stage.BLOBS);
    String position = before.map(CheckRows.State::position).orElse("");
    Run run = new Run(plan, progress);
    if (before.isPresent() && plan.source().isPresent()) {
      run.repairMarked();
      if (first.compareTo(Stage.MANIFESTS) > 0) {
        first = Stage.MANIFESTS; // what is wrong with these was found, and not repaired
        position = "";
      }
    }
    for (Stage stage : Stage.values()) {
      if (stage.compareTo(first) >= 0) {
        run.stage(stage, stage == first ? position : "");
      }
    }
    Instant now = clock.instant();
    restoration.audited(now);
    transactions.write(h -> {
      rows.end(h, now);
      return true;
    });
    orphans.deleteDue();
  }

  /** One run of a check. */
  private final class Run {
    private final Journal journal;
    private final Remedy remedy;
    private final BlobWalk blobWalk;
    private final ManifestWalk manifestWalk;

    Run(Plan plan, Progress progress) {
      Throttle throttle = new Throttle(plan.bytesPerSecondMax());
      Verdict verdict = new Verdict(blobs, throttle);
      journal = new Journal(transactions, rows, progress, clock);
      remedy = new Remedy(plan.source(), journal);
      blobWalk =
          new BlobWalk(
              transactions, rows, damage, plan.depth(), verdict, throttle, journal, remedy, clock);
      manifestWalk =
          new ManifestWalk(transactions, rows, objects, sparse, throttle, journal, remedy);
    }

    void repairMarked() throws IOException, InterruptedException {
      blobWalk.repairMarked();
    }

    /**
     * Walks through one stage.
     *
     * @param position where one that was cut off was; empty: the beginning
     */
    void stage(Stage stage, String position) throws IOException, InterruptedException {
      journal.at(stage, position);
      switch (stage) {
        case BLOBS -> blobWalk.run(position);
        case MANIFESTS -> manifestWalk.run(position.isEmpty() ? 0 : Long.parseLong(position));
        case TAGS -> tags();
        case STORES -> stores(position.isEmpty() ? 0 : Integer.parseInt(position));
      }
    }

    private void tags() throws IOException, InterruptedException {
      journal.progress().stage("tags", 0);
      for (CheckRows.Dangling tag : transactions.read(rows::danglingTags)) {
        String subject = "%s:%s %s".formatted(tag.repository(), tag.tag(), tag.digest());
        remedy.tell(
            new Remedy.Defect("dangling-tag", subject, "its manifest is missing"),
            List.of(tag.repository()),
            (source, repository) -> source.image(repository, tag.digest()));
      }
    }

    private void stores(int from) throws IOException, InterruptedException {
      journal.progress().stage("stores", 0);
      for (int part = from; part < ContentStore.PARTS; part++) {
        journal.at(Stage.STORES, Integer.toString(part));
        orphans.look(Orphans.Place.BLOBS, part, journal.progress());
        orphans.look(Orphans.Place.MANIFESTS, part, journal.progress());
      }
    }
  }
}
