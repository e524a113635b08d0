package dev.plimsoll.registry.moving;

import dev.plimsoll.content.Blob;
import dev.plimsoll.content.BlobKey;
import dev.plimsoll.content.ContentException;
import dev.plimsoll.content.ContentStore;
import dev.plimsoll.content.Disk;
import dev.plimsoll.database.Database;
import dev.plimsoll.database.SnapshotReader;
import dev.plimsoll.database.Work;
import dev.plimsoll.foundation.DataDirectoryLock;
import dev.plimsoll.foundation.PrivateDirectory;
import dev.plimsoll.foundation.UnavailableException;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.registry.job.Progress;
import dev.plimsoll.registry.repository.BackupLeases;
import dev.plimsoll.registry.repository.BlobRows;
import dev.plimsoll.registry.repository.Damage;
import dev.plimsoll.registry.repository.RegistryException.JobRefused;
import dev.plimsoll.registry.repository.Transactions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Backs the registry up to a directory, beside pushes, deletes and the collector: a copy of the
 * database first, which is one moment, then the bytes that it names, held until they are copied.
 * What is there from an earlier backup is not copied again. One that is cut off leaves blobs that
 * the next one finds, and no generation.
 */
public final class Backup {
  private static final Logger log = LoggerFactory.getLogger(Backup.class);
  private static final int PAGE = 200;
  private static final int MANIFESTS_PAGE = 50;

  private final Database database;
  private final Transactions transactions;
  private final ContentStore content;
  private final BackupLeases leases;
  private final Damage damage;
  private final Disk disk;
  private final Path data;
  private final InstantSource clock;
  private final SnapshotRows rows = new SnapshotRows();

  /** Whether it does it. */
  public enum Mode {
    BACK_UP,
    /** Says what would be copied and removed, and writes nothing. */
    DRY
  }

  /** What it does with what the directory has already. */
  public enum Present {
    /** Believed: it was verified when it was copied. */
    TRUSTED,
    /** Read again; what is wrong is copied anew. */
    VERIFIED
  }

  /** What becomes of blobs that no generation needs any more. */
  public enum Unneeded {
    STAYS,
    REMOVED
  }

  /**
   * What is asked for.
   *
   * @param generationsMax the newest so many stay, and the newest that is complete; 0: all
   */
  public record Plan(
      Path directory, Mode mode, int generationsMax, Present present, Unneeded unneeded) {}

  /**
   * A registry's.
   *
   * @param transactions of the database
   * @param data the registry's own directory, to which no backup goes
   */
  public Backup(
      Database database,
      Transactions transactions,
      ContentStore content,
      Damage damage,
      Disk disk,
      Path data,
      InstantSource clock) {
    this.database = database;
    this.transactions = transactions;
    this.content = content;
    this.leases = new BackupLeases(transactions, clock);
    this.damage = damage;
    this.disk = disk;
    this.data = data;
    this.clock = clock;
  }

  public void run(Plan plan, Progress progress) throws IOException, InterruptedException {
    refuseWithin(plan.directory());
    String registry = identity(plan.mode());
    if (plan.mode() == Mode.DRY) {
      BackupDirectory.refuseOthers(plan.directory(), registry);
      new Run(plan, BackupDirectory.absent(plan.directory(), disk), progress).rehearse();
      return;
    }
    BackupDirectory.refuseOthers(plan.directory(), registry);
    PrivateDirectory.make(plan.directory());
    if (PrivateDirectory.inTheWayOf(plan.directory().resolve("format")).isEmpty()) {
      log.warn(
          "every user of this machine can read the backup in {}; chmod 0700 {}",
          plan.directory(),
          plan.directory());
    }
    try (DataDirectoryLock _ =
        DataDirectoryLock.acquire(
            plan.directory(), "wait until that backup or restore is over, and begin again")) {
      BackupDirectory directory = BackupDirectory.make(plan.directory(), disk, registry);
      directory.removeLeftovers();
      new Run(plan, directory, progress).run();
    }
  }

  private void refuseWithin(Path directory) throws IOException {
    Path there = directory;
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    if (there.toRealPath().startsWith(data.toRealPath())) {
      throw new JobRefused(
          "%s is inside the registry's own directory, and would be lost with it; give it one on"
                  .formatted(directory)
              + " another disk");
    }
  }

  /** The registry's own name for itself, which it gets with its first backup. */
  private String identity(Mode mode) throws IOException {
    Work<String> look =
        h ->
            h.createQuery("SELECT name FROM backup_identity WHERE id = 1")
                .mapTo(String.class)
                .findOne()
                .orElse("");
    String known = transactions.read(look);
    if (!known.isEmpty() || mode == Mode.DRY) {
      return known;
    }
    String fresh = UUID.randomUUID().toString();
    return transactions.write(h -> {
      h.createUpdate(
              "INSERT INTO backup_identity (id, name) VALUES (1, :name) ON CONFLICT (id) DO NOTHING")
          .bind("name", fresh)
          .execute();
      return look.run(h);
    });
  }

  /** Reads rows: of the snapshot, or of the registry as it is. */
  private interface Source {
    <T> T read(Work<T> work) throws IOException;
  }

  private final class Run {
    private final Plan plan;
    private final BackupDirectory directory;
    private final Progress progress;
    private final List<Generation.Missing> missing = new ArrayList<>();
    private long missingBlobs;

    Run(Plan plan, BackupDirectory directory, Progress progress) {
      this.plan = plan;
      this.directory = directory;
      this.progress = progress;
    }

    void run() throws IOException, InterruptedException {
      progress.stage("database", 0);
      try (BackupLeases.Lease _ = leases.begin()) {
        Instant takenAt = clock.instant();
        String name = freeName(takenAt);
        Path copy = directory.database(name);
        database.copyTo(copy);
        Generation generation;
        try (SnapshotReader snapshot = SnapshotReader.open(copy)) {
          generation = copy(name, takenAt, snapshot);
        }
        directory.add(generation);
        log.info(
            "backup taken directory={} generation={} blobs={} missing={}",
            directory,
            name,
            generation.blobs(),
            generation.missingBlobs());
        if (!generation.complete()) {
          progress.found(
              "incomplete",
              "generation " + name,
              "%d blobs are not in it; plimsoll registry check says how to mend them"
                  .formatted(generation.missingBlobs()));
        }
      }
      tidy();
    }

    private String freeName(Instant takenAt) {
      Instant time = takenAt;
      while (directory.isTaken(Generation.name(time))) {
        time = time.plusSeconds(1);
      }
      return Generation.name(time);
    }

    private Generation copy(String name, Instant takenAt, SnapshotReader snapshot)
        throws IOException, InterruptedException {
      SnapshotRows.Amount amount = snapshot.read(rows::amount);
      progress.stage("blobs", amount.blobs());
      try (var workers = new Workers(progress)) {
        blobs(snapshot::read, workers);
      }
      manifests(snapshot, amount.manifests());
      Path copy = directory.database(name);
      return new Generation(
          name,
          takenAt,
          amount.schema(),
          BackupDirectory.hash(copy, Digest.Algorithm.SHA256),
          Files.size(copy),
          amount.files(),
          amount.fileBytes(),
          amount.manifests(),
          amount.tags(),
          missingBlobs,
          missing);
    }

    void rehearse() throws IOException, InterruptedException {
      progress.stage("blobs", transactions.read(rows::amount).blobs());
      try (var workers = new Workers(progress)) {
        blobs(transactions::read, workers);
      }
      tidy();
    }

    private void blobs(Source source, Workers workers) throws IOException, InterruptedException {
      String after = "";
      while (true) {
        String begin = after;
        List<SnapshotRows.BlobRow> page = source.read(h -> rows.blobs(h, begin, PAGE));
        workers.each(page, this::blob);
        if (page.size() < PAGE) {
          return;
        }
        after = page.getLast().key().digest().toString();
      }
    }

    /** Sees to one blob; answers how many bytes were copied, or would be. */
    private long blob(SnapshotRows.BlobRow blob) throws IOException {
      Digest digest = blob.key().digest();
      byte[] small = blob.content();
      if (small != null) {
        if (plan.mode() == Mode.BACK_UP && !Digest.of(digest.algorithm(), small).equals(digest)) {
          lost(digest, "its bytes in the database are others");
        }
        return 0;
      }
      if (directory.has(digest, blob.sizeBytes()) && sound(blob)) {
        return 0;
      }
      if (plan.mode() == Mode.DRY) {
        return blob.sizeBytes();
      }
      Optional<String> reason = keep(blob.key(), blob.sizeBytes());
      if (reason.isPresent()) {
        // It may have been pushed again since the snapshot was taken: a digest is a digest.
        Optional<BlobRows.Current> now = transactions.read(h -> new BlobRows().current(h, digest));
        if (now.isPresent()
            && !now.get().small()
            && !now.get().generation().equals(blob.key().generation())) {
          reason = keep(new BlobKey(digest, now.get().generation()), blob.sizeBytes());
        }
      }
      if (reason.isPresent()) {
        lost(digest, reason.get());
        return 0;
      }
      return blob.sizeBytes();
    }

    /** What the registry itself has lost is looked at closely: nobody else has it. */
    private boolean sound(SnapshotRows.BlobRow blob) throws IOException {
      if (plan.present() == Present.TRUSTED && !blob.damaged()) {
        return true;
      }
      Digest digest = blob.key().digest();
      Optional<String> problem = directory.problem(digest, blob.sizeBytes());
      if (problem.isPresent()) {
        progress.found(
            plan.mode() == Mode.DRY ? "would-replace" : "replaced",
            digest.toString(),
            "in the backup " + problem.get());
      }
      return problem.isEmpty();
    }

    /** Copies; answers why not, if the registry is to blame. */
    private Optional<String> keep(BlobKey key, long sizeBytes) throws IOException {
      try (Blob blob = content.open(key)) {
        if (blob.sizeBytes() != sizeBytes) {
          return Optional.of(
              "it has %d bytes in the place of %d".formatted(blob.sizeBytes(), sizeBytes));
        }
        try (var bytes = new SourceStream(blob.stream(0))) {
          try {
            directory.keep(key.digest(), bytes);
            return Optional.empty();
          } catch (UnavailableException e) {
            throw e;
          } catch (IOException e) {
            if (bytes.failed() && !Thread.currentThread().isInterrupted()) {
              return Optional.of("it cannot be read: " + e.getMessage());
            }
            throw e;
          }
        }
      } catch (ContentException.BlobUnknown e) {
        return Optional.of("its bytes are missing");
      } catch (ContentException.DigestMismatch e) {
        return Optional.of("its bytes are others");
      }
    }

    private void lost(Digest digest, String reason) throws IOException {
      progress.found("damaged", digest.toString(), reason + damage.hurtsInWords(digest));
      synchronized (missing) {
        missingBlobs++;
        if (missing.size() < Generation.MISSING_MAX) {
          missing.add(new Generation.Missing(digest.toString(), reason));
        }
      }
    }

    private void manifests(SnapshotReader snapshot, long total) throws IOException {
      progress.stage("manifests", total);
      long after = 0;
      while (true) {
        long begin = after;
        List<SnapshotRows.ManifestRow> page =
            snapshot.read(h -> rows.manifests(h, begin, MANIFESTS_PAGE));
        for (SnapshotRows.ManifestRow manifest : page) {
          Digest digest = manifest.digest();
          if (!Digest.of(digest.algorithm(), manifest.content()).equals(digest)) {
            progress.found(
                "damaged",
                manifest.repository() + "@" + digest,
                "the manifest's bytes are others; plimsoll registry check mends it");
          }
          progress.done(0);
        }
        if (page.size() < MANIFESTS_PAGE) {
          return;
        }
        after = page.getLast().id();
      }
    }

    /** Ends old generations, and removes what none of those that stay needs. */
    private void tidy() throws IOException {
      List<String> unreadable = new ArrayList<>();
      List<Generation> all =
          directory.generations((name, reason) -> {
            unreadable.add(name);
            progress.found("damaged", "generation " + name, reason);
          });
      List<Generation> stay = staying(all);
      for (Generation old : all) {
        if (!stay.contains(old)) {
          gone("generation " + old.name(), "of " + old.takenAt());
          if (plan.mode() == Mode.BACK_UP) {
            directory.remove(old);
          }
        }
      }
      if (plan.unneeded() == Unneeded.REMOVED) {
        if (!unreadable.isEmpty()) {
          progress.found(
              "kept",
              "blobs",
              "nobody knows which of them %s needs; remove its files to have the rest pruned"
                  .formatted(unreadable));
          return;
        }
        prune(stay);
      }
    }

    /** Before a dry run's generation is counted, it is one less. */
    private List<Generation> staying(List<Generation> all) {
      int most = plan.generationsMax();
      if (most == 0) {
        return all;
      }
      int others = plan.mode() == Mode.DRY ? most - 1 : most;
      List<Generation> stay = new ArrayList<>(all.subList(0, Math.min(others, all.size())));
      if (plan.mode() == Mode.BACK_UP && stay.stream().noneMatch(Generation::complete)) {
        all.stream().filter(Generation::complete).findFirst().ifPresent(stay::add);
      }
      return stay;
    }

    private void prune(List<Generation> stay) throws IOException {
      progress.stage("pruning", 0);
      List<SnapshotReader> snapshots = new ArrayList<>();
      try {
        for (Generation generation : stay) {
          snapshots.add(SnapshotReader.open(directory.database(generation.name())));
        }
        directory.forEachBlob((digest, sizeBytes) -> {
          if (!needed(digest, snapshots)) {
            gone(digest.toString(), "%d bytes that no generation needs".formatted(sizeBytes));
            if (plan.mode() == Mode.BACK_UP) {
              directory.delete(digest);
            }
          }
          progress.done(0);
        });
      } finally {
        snapshots.forEach(SnapshotReader::close);
      }
    }

    private boolean needed(Digest digest, List<SnapshotReader> snapshots) throws IOException {
      for (SnapshotReader snapshot : snapshots) {
        if (snapshot.read(h -> rows.needs(h, digest))) {
          return true;
        }
      }
      return plan.mode() == Mode.DRY && transactions.read(h -> rows.needs(h, digest));
    }

    private void gone(String subject, String detail) {
      progress.found(plan.mode() == Mode.DRY ? "would-remove" : "removed", subject, detail);
    }
  }
}
