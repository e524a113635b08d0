package dev.plimsoll.registry.check;

import dev.plimsoll.content.BlobKey;
import dev.plimsoll.content.ContentException;
import dev.plimsoll.content.ContentStore;
import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageManifest;
import dev.plimsoll.oci.Manifest;
import dev.plimsoll.oci.MediaTypes;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.job.Progress;
import dev.plimsoll.registry.repository.Damage;
import dev.plimsoll.registry.repository.ManifestObject;
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
  private static final int PAGE = 50;

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
          .read(h -> rows.findings(h, PAGE * PAGE))
          .forEach(found -> progress.found(found.kind(), found.subject(), found.detail()));
    }
    Stage first = before.map(CheckRows.State::stage).orElse(Stage.BLOBS);
    String position = before.map(CheckRows.State::position).orElse("");
    Run run = new Run(plan, progress, new Throttle(plan.bytesPerSecondMax()));
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

  /** How something is put back; answers where it came from. */
  private interface Mend {
    String from() throws IOException, InterruptedException;
  }

  /**
   * How that went.
   *
   * @param text where it came from, or why it did not
   */
  private record Mending(boolean done, String text) {}

  /** One run of a check. */
  private final class Run {
    private final Plan plan;
    private final Progress progress;
    private final Throttle throttle;
    private final Verdict verdict;

    Run(Plan plan, Progress progress, Throttle throttle) {
      this.plan = plan;
      this.progress = progress;
      this.throttle = throttle;
      this.verdict = new Verdict(blobs, throttle);
    }

    void stage(Stage stage, String position) throws IOException, InterruptedException {
      at(stage, position);
      switch (stage) {
        case BLOBS -> {
          progress.stage("blobs", transactions.read(h -> rows.count(h, "blobs")));
          blobs(position);
        }
        case MANIFESTS -> {
          progress.stage("manifests", transactions.read(h -> rows.count(h, "manifests")));
          manifests(position.isEmpty() ? 0 : Long.parseLong(position));
        }
        case TAGS -> {
          progress.stage("tags", 0);
          for (CheckRows.Dangling tag : transactions.read(rows::danglingTags)) {
            dangling(tag);
          }
        }
        case STORES -> {
          progress.stage("stores", 0);
          for (int part = position.isEmpty() ? 0 : Integer.parseInt(position);
              part < ContentStore.PARTS;
              part++) {
            at(Stage.STORES, Integer.toString(part));
            orphans.look(Orphans.Place.BLOBS, part, progress);
            orphans.look(Orphans.Place.MANIFESTS, part, progress);
          }
        }
      }
    }

    private void at(Stage stage, String position) throws IOException {
      transactions.free(h -> {
        rows.at(h, stage, position);
        return true;
      });
    }

    private void found(String kind, String subject, String detail) throws IOException {
      progress.found(kind, subject, detail);
      transactions.free(h -> {
        rows.found(h, kind, subject, detail, clock.instant());
        return true;
      });
    }

    private void blobs(String from) throws IOException, InterruptedException {
      String after = from;
      while (true) {
        String begin = after;
        List<CheckRows.BlobRow> page = transactions.read(h -> rows.blobs(h, begin, PAGE));
        for (CheckRows.BlobRow blob : page) {
          blob(blob);
          progress.done(blob.sizeBytes());
        }
        if (page.size() < PAGE) {
          return;
        }
        after = page.getLast().key().digest().toString();
        at(Stage.BLOBS, after);
      }
    }

    private void blob(CheckRows.BlobRow blob) throws IOException, InterruptedException {
      BlobKey key = blob.key();
      Optional<String> wrong = wrong(blob);
      if (wrong.isEmpty()) {
        if (blob.damaged() && plan.depth() == Depth.EVERYTHING) {
          damage.unmark(key);
          found("sound-again", key.digest().toString(), "its bytes are right after all");
        } else if (blob.damaged()) {
          damaged(blob, "marked by an earlier check");
        }
        return;
      }
      boolean marked = damage.mark(key, clock.instant());
      if (!marked && !blob.damaged()) {
        return; // collected, or replaced, while it was looked at
      }
      damaged(blob, wrong.get());
    }

    /** What earlier checks have marked is repaired without being read again. */
    void repairMarked() throws IOException, InterruptedException {
      transactions.free(h -> {
        rows.forgetFindings(h);
        return true;
      });
      for (CheckRows.BlobRow blob : transactions.read(rows::marked)) {
        damaged(blob, "marked by an earlier check");
        progress.goOn();
      }
    }

    private void damaged(CheckRows.BlobRow blob, String why)
        throws IOException, InterruptedException {
      Digest digest = blob.key().digest();
      String detail = why + damage.hurtsInWords(digest);
      if (!repaired(digest, blob.sizeBytes(), detail)) {
        found("damaged", digest.toString(), detail);
      }
    }

    private Optional<String> wrong(CheckRows.BlobRow blob)
        throws IOException, InterruptedException {
      byte[] content = blob.content();
      if (content == null) {
        return plan.depth() == Depth.EVERYTHING
            ? verdict.byDigest(blob.key(), blob.sizeBytes())
            : verdict.bySize(blob.key(), blob.sizeBytes());
      }
      Digest digest = blob.key().digest();
      throttle.used(content.length);
      return Digest.of(digest.algorithm(), content).equals(digest)
          ? Optional.empty()
          : Optional.of("its bytes in the database are others");
    }

    private boolean repaired(Digest digest, long sizeBytes, String detail)
        throws IOException, InterruptedException {
      if (plan.source().isEmpty()) {
        return false;
      }
      RepairSource source = plan.source().get();
      String reason = "no repository can see it; the collector will take it";
      for (RepositoryName repository : damage.seenBy(digest)) {
        Mending mended = mend(repository, () -> source.blob(repository, digest, sizeBytes));
        if (mended.done()) {
          found(repairedBy(source), digest.toString(), detail + "; from " + mended.text());
          return true;
        }
        reason = mended.text();
      }
      found("not-repaired", digest.toString(), reason);
      return false;
    }

    /** Puts back what belongs to one repository. */
    private boolean repaired(RepositoryName repository, String subject, String detail, Mend mend)
        throws IOException, InterruptedException {
      if (plan.source().isEmpty()) {
        return false;
      }
      Mending mended = mend(repository, mend);
      found(
          mended.done() ? repairedBy(plan.source().get()) : "not-repaired",
          subject,
          mended.done() ? detail + "; from " + mended.text() : mended.text());
      return mended.done();
    }

    private static String repairedBy(RepairSource source) {
      return switch (source.mode()) {
        case REPAIR -> "repaired";
        case DRY -> "would-repair";
      };
    }

    private Mending mend(RepositoryName repository, Mend mend)
        throws IOException, InterruptedException {
      try {
        return new Mending(true, mend.from());
      } catch (IOException e) {
        progress.goOn();
        return new Mending(false, repository + ": " + e.getMessage());
      }
    }

    private void dangling(CheckRows.Dangling tag) throws IOException, InterruptedException {
      String subject = "%s:%s %s".formatted(tag.repository(), tag.tag(), tag.digest());
      boolean repaired =
          repaired(
              tag.repository(),
              subject,
              "the manifest was not there",
              () -> plan.source().orElseThrow().image(tag.repository(), tag.digest()));
      if (!repaired) {
        found("dangling-tag", subject, "the manifest is not there");
      }
    }

    private void manifests(long from) throws IOException, InterruptedException {
      long after = from;
      while (true) {
        long begin = after;
        List<CheckRows.ManifestRow> page = transactions.read(h -> rows.manifests(h, begin, PAGE));
        for (CheckRows.ManifestRow manifest : page) {
          manifest(manifest);
          throttle.used(manifest.content().length);
          progress.done(manifest.content().length);
        }
        while (objects.writeMissing(PAGE) == PAGE) {
          // until a batch is not full
        }
        if (page.size() < PAGE) {
          return;
        }
        after = page.getLast().id();
        at(Stage.MANIFESTS, Long.toString(after));
      }
    }

    private void manifest(CheckRows.ManifestRow manifest) throws IOException, InterruptedException {
      String name = manifest.repository() + "@" + manifest.digest();
      boolean sound =
          Digest.of(manifest.digest().algorithm(), manifest.content()).equals(manifest.digest());
      Optional<ManifestObject> object = object(manifest, name);
      if (!sound) {
        restoreContent(manifest, object, name);
        return;
      }
      if (sparse.test(manifest.repository())) {
        return;
      }
      for (Descriptor needed : needed(manifest)) {
        boolean there =
            transactions.read(h ->
                !rows.live(h, manifest.id()) || rows.linked(h, manifest.id(), needed.digest()));
        if (!there) {
          incomplete(manifest.repository(), name, needed);
        }
      }
    }

    private void incomplete(RepositoryName repository, String name, Descriptor needed)
        throws IOException, InterruptedException {
      boolean repaired =
          repaired(
              repository,
              name,
              "the repository had no blob " + needed.digest(),
              () -> plan.source().orElseThrow().blob(repository, needed.digest(), needed.size()));
      if (!repaired) {
        found("incomplete", name, "the repository has no blob " + needed.digest());
      }
    }

    /** The manifest's object, if it is there and right; one that is not is written anew. */
    private Optional<ManifestObject> object(CheckRows.ManifestRow manifest, String name)
        throws IOException {
      if (manifest.object().isEmpty()) {
        return Optional.empty();
      }
      String wrong;
      try {
        return Optional.of(objects.read(manifest.object().get()));
      } catch (ContentException.BlobUnknown e) {
        wrong = "was missing";
      } catch (IllegalArgumentException e) {
        wrong = String.valueOf(e.getMessage());
      }
      if (transactions.read(h -> rows.live(h, manifest.id()))) {
        found("repaired", name, "its object is written anew: " + wrong);
      }
      transactions.write(h -> {
        rows.dropObject(h, manifest.id());
        return true;
      });
      return Optional.empty();
    }

    private void restoreContent(
        CheckRows.ManifestRow manifest, Optional<ManifestObject> object, String name)
        throws IOException, InterruptedException {
      String wrong = "its bytes in the database were others";
      if (object.isPresent()) {
        writeContent(manifest, object.get().manifest().bytes());
        found("repaired", name, wrong + ", and came from its object");
        return;
      }
      boolean repaired = repaired(manifest.repository(), name, wrong, () -> fetched(manifest));
      if (!repaired) {
        found("damaged", name, "its bytes are others, and it has no object; push it again");
      }
    }

    private String fetched(CheckRows.ManifestRow manifest)
        throws IOException, InterruptedException {
      RepairSource source = plan.source().orElseThrow();
      byte[] content = source.manifest(manifest.repository(), manifest.digest());
      if (source.mode() == RepairSource.Mode.REPAIR) {
        writeContent(manifest, content);
      }
      return "the other registry";
    }

    private void writeContent(CheckRows.ManifestRow manifest, byte[] content) throws IOException {
      transactions.write(h -> {
        rows.writeContent(h, manifest.id(), content);
        return true;
      });
    }

    private List<Descriptor> needed(CheckRows.ManifestRow row) {
      return Manifest.parse(row.content(), row.mediaType()) instanceof ImageManifest image
          ? image.references().stream()
              .filter(each -> !MediaTypes.isNonDistributable(each.mediaType()))
              .toList()
          : List.of();
    }
  }
}
