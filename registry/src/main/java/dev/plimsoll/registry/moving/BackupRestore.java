package dev.plimsoll.registry.moving;

import dev.plimsoll.content.BlobKey;
import dev.plimsoll.content.ContentException;
import dev.plimsoll.content.ContentStore;
import dev.plimsoll.content.Disk;
import dev.plimsoll.content.Ingest;
import dev.plimsoll.content.IngestOptions;
import dev.plimsoll.content.StagedIngest;
import dev.plimsoll.content.Stored;
import dev.plimsoll.database.Database;
import dev.plimsoll.database.SnapshotReader;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.registry.check.Restoration;
import dev.plimsoll.registry.job.Progress;
import dev.plimsoll.registry.repository.Damage;
import dev.plimsoll.registry.repository.ManifestObjects;
import dev.plimsoll.registry.repository.ReadCache;
import dev.plimsoll.registry.repository.RegistryException.JobRefused;
import dev.plimsoll.registry.repository.Transactions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a registry of a generation of a backup, where there is none: bytes first, each verified and
 * under a name of its own, and the manifests' objects, then all rows in one transaction. Until then nothing is there that a
 * registry would start on; one that is cut off goes on when it is run again.
 */
public final class BackupRestore {
  private static final Logger log = LoggerFactory.getLogger(BackupRestore.class);
  private static final int PAGE = 200;

  private final BackupDirectory backup;
  private final Generation generation;
  private final Destination destination;
  private final UnfinishedRestore unfinished;
  private final InstantSource clock;
  private final SnapshotRows rows = new SnapshotRows();

  /** What becomes of a registry that is there. */
  public enum Present {
    /** It stays, and nothing is restored. */
    STAYS,
    /** It is moved into a directory beside, and stays there. */
    MOVES_ASIDE
  }

  /** Of one generation of the backup. */
  public BackupRestore(
      BackupDirectory backup,
      Generation generation,
      Destination destination,
      Disk disk,
      InstantSource clock) {
    this.backup = backup;
    this.generation = generation;
    this.destination = destination;
    this.unfinished = new UnfinishedRestore(destination.root(), disk);
    this.clock = clock;
  }

  /** Reads everything, names what is damaged, and writes nothing. */
  public void verify(Progress progress) throws IOException, InterruptedException {
    try (SnapshotReader snapshot = SnapshotReader.open(backup.sound(generation));
        var workers = new Workers(progress)) {
      progress.stage("blobs", snapshot.read(rows::amount).blobs());
      String after = "";
      while (true) {
        String begin = after;
        List<SnapshotRows.BlobRow> page = snapshot.read(h -> rows.blobs(h, begin, PAGE));
        workers.each(page, blob -> verify(blob, progress));
        if (page.size() < PAGE) {
          return;
        }
        after = page.getLast().key().digest().toString();
      }
    }
  }

  private long verify(SnapshotRows.BlobRow blob, Progress progress) {
    Digest digest = blob.key().digest();
    if (blob.content() != null) {
      return blob.sizeBytes();
    }
    Optional<String> problem;
    try {
      problem = backup.problem(digest, blob.sizeBytes());
    } catch (IOException e) {
      problem = Optional.of("it cannot be read: " + e.getMessage());
    }
    problem.ifPresent(reason -> progress.found("damaged", digest.toString(), reason));
    return blob.sizeBytes();
  }

  /** Restores, or goes on where an earlier one was cut off. */
  public void run(Present present, Progress progress) throws IOException, InterruptedException {
    progress.stage("database", 0);
    Optional<UnfinishedRestore.Note> before = unfinished.note();
    UnfinishedRestore.Note note;
    try (Database draft = draft()) {
      note = moved(before.isPresent() ? again(before.get()) : begin(fresh(), present, progress));
      if (!filledBy(note)) {
        blobs(Transactions.of(draft), before.isPresent(), progress);
        settle(Transactions.of(draft), note);
        objects(Transactions.of(draft), before.isPresent(), progress);
      }
    } catch (IOException | RuntimeException e) {
      if (unfinished.note().isEmpty()) {
        unfinished.forget(); // nothing has begun
      }
      throw e;
    }
    fill(note, progress);
    unfinished.forget();
    log.info(
        "restored backup={} generation={} missing={}",
        backup,
        generation.name(),
        progress.count("damaged"));
  }

  private UnfinishedRestore.Note fresh() {
    return new UnfinishedRestore.Note(
        "the backup %s of %s".formatted(generation.name(), backup),
        clock.instant().toEpochMilli(),
        UnfinishedRestore.Phase.FILLING,
        "");
  }

  /** The snapshot, verified while it is copied, in this release's schema. */
  private Database draft() throws IOException {
    Path source = backup.sound(generation);
    unfinished.deleteDraft();
    Path file = unfinished.draft();
    Files.copy(source, file);
    if (!BackupDirectory.hash(file, Digest.Algorithm.SHA256).equals(generation.database())) {
      throw new IOException("%s is not what was written to it".formatted(file));
    }
    return destination.draft(file);
  }

  /** Refuses where there is a registry, and writes down that the restore begins. */
  private UnfinishedRestore.Note begin(
      UnfinishedRestore.Note fresh, Present present, Progress progress) throws IOException {
    if (destination.bytesElsewhere()
        && (Occupied.has(destination.blobs()) || Occupied.has(destination.manifests()))) {
      throw new JobRefused(
          "the bucket holds bytes of a registry already; nothing was restored. Give the restored one"
              + " a place of its own with registry.storage.s3.prefix: what is there stays");
    }
    if (destination.rowsElsewhere()) {
      Optional<String> occupied =
          destination.database().read(h -> Occupied.byRows(h, generation.takenAt()));
      if (occupied.isPresent()) {
        throw new JobRefused(
            "the database holds %s; nothing was restored. Give the restored one a place of its own:"
                    .formatted(occupied.get())
                + " another database, or currentSchema in registry.database.url");
      }
    }
    Optional<String> occupied = Occupied.byFiles(destination.root(), generation.takenAt());
    UnfinishedRestore.Note note = fresh;
    if (occupied.isPresent()) {
      String aside = unfinished.freePlace("before-restore-" + Generation.name(clock.instant()));
      if (present == Present.STAYS) {
        throw new JobRefused(
            "%s holds %s; nothing was restored. --replace moves it to %s first; or start it, and"
                    .formatted(
                        destination.root(), occupied.get(), destination.root().resolve(aside))
                + " leave --data away, to bring back only what it lacks");
      }
      note =
          new UnfinishedRestore.Note(
              fresh.source(), fresh.beganAt(), UnfinishedRestore.Phase.MOVING, aside);
      progress.found(
          "moved-aside", destination.root().resolve(aside).toString(), "what was there before");
    }
    unfinished.write(note);
    return note;
  }

  /** Goes on; another generation may be meant now. */
  private UnfinishedRestore.Note again(UnfinishedRestore.Note before) throws IOException {
    UnfinishedRestore.Note fresh = fresh();
    if (fresh.source().equals(before.source())) {
      return before;
    }
    UnfinishedRestore.Note other =
        new UnfinishedRestore.Note(fresh.source(), fresh.beganAt(), before.phase(), before.aside());
    unfinished.write(other);
    return other;
  }

  private UnfinishedRestore.Note moved(UnfinishedRestore.Note note) throws IOException {
    if (note.phase() == UnfinishedRestore.Phase.FILLING) {
      return note;
    }
    unfinished.moveAside(note.aside());
    UnfinishedRestore.Note filling = note.filling();
    unfinished.write(filling);
    return filling;
  }

  /** Whether the rows are there, and only the end of the restore was missing. */
  private boolean filledBy(UnfinishedRestore.Note note) throws IOException {
    return destination.database().read(h -> filledBy(h, note));
  }

  private static boolean filledBy(Handle h, UnfinishedRestore.Note note) {
    return h.createQuery("SELECT 1 FROM restored WHERE source = :source AND restored_at = :at")
        .bind("source", note.source())
        .bind("at", note.beganAt())
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  private void fill(UnfinishedRestore.Note note, Progress progress) throws IOException {
    if (filledBy(note)) {
      return;
    }
    progress.stage("rows", 0);
    destination
        .database()
        .fill(
            unfinished.draft(),
            h -> {
              Optional<String> occupied = Occupied.byRows(h, generation.takenAt());
              if (occupied.isPresent()) {
                throw new IOException(
                    "the database holds %s by now; stop every replica, empty it, and restore again"
                        .formatted(occupied.get()));
              }
              return true;
            });
  }

  /** What a blob of the snapshot has become. */
  private record Outcome(BlobKey key, String reason) {}

  private void blobs(Transactions draft, boolean goingOn, Progress progress)
      throws IOException, InterruptedException {
    progress.stage("blobs", draft.read(rows::amount).blobs());
    Map<Digest, Stored.StoredBlob> there = goingOn ? there(destination.blobs()) : Map.of();
    Damage damage = new Damage(draft, new ReadCache(0));
    try (var workers = new Workers(progress)) {
      String after = "";
      while (true) {
        String begin = after;
        List<SnapshotRows.BlobRow> page = draft.read(h -> rows.blobs(h, begin, PAGE));
        Map<BlobKey, Outcome> outcomes = new ConcurrentHashMap<>();
        workers.each(page, blob -> blob(blob, there, outcomes));
        Instant now = clock.instant();
        draft.write(h -> {
          outcomes.forEach((was, outcome) -> record(h, was, outcome, now));
          return true;
        });
        for (Map.Entry<BlobKey, Outcome> outcome : outcomes.entrySet()) {
          if (!outcome.getValue().reason().isEmpty()) {
            Digest digest = outcome.getKey().digest();
            progress.found(
                "damaged",
                digest.toString(),
                "in the backup " + outcome.getValue().reason() + damage.hurtsInWords(digest));
          }
        }
        if (page.size() < PAGE) {
          return;
        }
        after = page.getLast().key().digest().toString();
      }
    }
  }

  /** What one that was cut off has brought already: verified when it came. */
  private static Map<Digest, Stored.StoredBlob> there(ContentStore store) throws IOException {
    for (StagedIngest staged : store.staged()) {
      store.discard(staged.id());
    }
    Map<Digest, Stored.StoredBlob> there = new ConcurrentHashMap<>();
    try (Stream<Stored> all = store.list()) {
      for (Iterator<Stored> each = all.iterator(); each.hasNext(); ) {
        if (each.next() instanceof Stored.StoredBlob blob) {
          there.put(blob.key().digest(), blob);
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return there;
  }

  private long blob(
      SnapshotRows.BlobRow blob,
      Map<Digest, Stored.StoredBlob> there,
      Map<BlobKey, Outcome> outcomes)
      throws IOException {
    if (blob.content() != null) {
      return blob.sizeBytes();
    }
    Digest digest = blob.key().digest();
    Stored.StoredBlob known = there.get(digest);
    Outcome outcome =
        known != null && known.sizeBytes() == blob.sizeBytes()
            ? new Outcome(known.key(), "")
            : bring(blob);
    outcomes.put(blob.key(), outcome);
    return blob.sizeBytes();
  }

  private Outcome bring(SnapshotRows.BlobRow blob) throws IOException {
    Digest digest = blob.key().digest();
    if (!backup.has(digest, blob.sizeBytes())) {
      String reason =
          backup.problem(digest, blob.sizeBytes()).orElse("its bytes were others just now");
      return new Outcome(blob.key(), reason);
    }
    try (var bytes = new SourceStream(backup.open(digest));
        Ingest ingest =
            destination.blobs().begin(IngestOptions.DEFAULT.withAlgorithms(digest.algorithm()))) {
      try {
        ingest.append(bytes);
        return new Outcome(ingest.commit(digest), "");
      } catch (ContentException.DigestMismatch e) {
        ingest.discard();
        return new Outcome(blob.key(), "its bytes are others");
      } catch (IOException e) {
        if (!bytes.failed() || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        ingest.discard();
        return new Outcome(blob.key(), "it cannot be read: " + e.getMessage());
      }
    } catch (NoSuchFileException e) {
      return new Outcome(blob.key(), "its bytes are missing");
    }
  }

  /** A name is never used twice: the row gets the one under which the bytes lie now. */
  private static void record(Handle h, BlobKey was, Outcome outcome, Instant now) {
    boolean damaged = !outcome.reason().isEmpty();
    h.createUpdate(
            """
            UPDATE blobs SET generation = :is, damaged_at = :damaged
            WHERE digest = :digest AND generation = :was
            """)
        .bind("is", outcome.key().generation())
        .bind("damaged", damaged ? now.toEpochMilli() : null)
        .bind("digest", was.digest().toString())
        .bind("was", was.generation())
        .execute();
  }

  /** Takes away what was true of the old place only. */
  private void settle(Transactions draft, UnfinishedRestore.Note note) throws IOException {
    draft.write(h -> {
      h.execute("DELETE FROM uploads"); // their bytes are in no backup
      h.execute("DELETE FROM blobs WHERE state <> 'live'");
      h.execute("UPDATE manifests SET object = NULL"); // written anew, in the new place
      h.execute("UPDATE identity SET store_owner = NULL, store_marked = 0"); // another store
      for (String table :
          List.of(
              "manifest_objects_gone", "orphans", "checks", "check_findings", "backup_leases")) {
        h.execute("DELETE FROM " + table);
      }
      return true;
    });
    new Restoration(draft)
        .begin(note.source(), generation.takenAt(), Instant.ofEpochMilli(note.beganAt()));
  }

  /** The manifests' objects: one that loses its database before its first start has them too. */
  private void objects(Transactions draft, boolean goingOn, Progress progress)
      throws IOException, InterruptedException {
    ContentStore store = destination.manifests();
    ManifestObjects objects = new ManifestObjects(draft, store);
    progress.stage("manifests", draft.read(rows::amount).manifests());
    Map<Digest, Stored.StoredBlob> there = goingOn ? there(store) : Map.of();
    try (var workers = new Workers(progress)) {
      List<Long> page;
      do {
        page = objects.without(PAGE);
        Map<Long, BlobKey> written = new ConcurrentHashMap<>();
        workers.each(
            page,
            manifest -> {
              Stored.StoredBlob object = objects.write(manifest, there).orElseThrow();
              written.put(manifest, object.key());
              return object.sizeBytes();
            });
        objects.name(written);
      } while (page.size() == PAGE);
    }
  }
}
