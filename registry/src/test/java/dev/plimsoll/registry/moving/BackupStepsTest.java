package dev.plimsoll.registry.moving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.content.Blob;
import dev.plimsoll.content.BlobKey;
import dev.plimsoll.content.ContentStore;
import dev.plimsoll.content.Disk;
import dev.plimsoll.content.FileContentStore;
import dev.plimsoll.content.Ingest;
import dev.plimsoll.content.LocalDisk;
import dev.plimsoll.content.Stored;
import dev.plimsoll.database.Database;
import dev.plimsoll.foundation.NoSpaceException;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.MediaTypes;
import dev.plimsoll.registry.MemoryDirectory;
import dev.plimsoll.registry.job.Progress;
import dev.plimsoll.registry.repository.Damage;
import dev.plimsoll.registry.repository.ManifestObjects;
import dev.plimsoll.registry.repository.ReadCache;
import dev.plimsoll.registry.repository.Transactions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a backup and a restore before each thing that they do to the disk, and runs them again. */
class BackupStepsTest {
  private static final Instant NOON = Instant.parse("2026-02-03T12:00:00Z");
  private static final List<byte[]> BLOBS = List.of(random(1));
  private static final byte[] MANIFEST = "{}".getBytes(StandardCharsets.UTF_8);

  @TempDir(factory = MemoryDirectory.class)
  private Path directory;

  private Database database;
  private ContentStore content;

  @BeforeEach
  void fillARegistry() throws IOException {
    Path source = Files.createDirectory(directory.resolve("source"));
    database = Database.open(source.resolve("registry.db"), "db/registry");
    content = FileContentStore.open(source.resolve("content"), new LocalDisk());
    for (byte[] bytes : BLOBS) {
      BlobKey key;
      try (Ingest ingest = content.begin()) {
        ingest.append(ByteBuffer.wrap(bytes));
        key = ingest.commit(Digest.sha256(bytes));
      }
      database.write(h ->
          h.execute(
              "INSERT INTO blobs (digest, generation, size_bytes, state) VALUES (?, ?, ?, 'live')",
              key.digest().toString(),
              key.generation(),
              bytes.length));
    }
    database.write(h -> h.execute("INSERT INTO repositories (name, created_at) VALUES ('app', 1)"));
    database.write(h ->
        h.execute(
            """
            INSERT INTO manifests (repository_id, digest, media_type, size_bytes, pushed_at, content)
            SELECT id, ?, ?, ?, 1, ? FROM repositories
            """,
            Digest.sha256(MANIFEST).toString(),
            MediaTypes.OCI_MANIFEST,
            MANIFEST.length,
            MANIFEST));
    database.copyTo(directory.resolve("old.db"));
  }

  @AfterEach
  void close() throws IOException {
    database.close();
  }

  private static byte[] random(int seed) {
    byte[] bytes = new byte[40_000];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private Progress backUp(Path to, Disk disk) throws IOException {
    Transactions transactions = Transactions.of(database);
    Progress progress = new Progress();
    try {
      new Backup(
              database,
              transactions,
              content,
              new Damage(transactions, new ReadCache(0)),
              disk,
              directory.resolve("source"),
              () -> NOON)
          .run(
              new Backup.Plan(
                  to, Backup.Mode.BACK_UP, 0, Backup.Present.TRUSTED, Backup.Unneeded.REMOVED),
              progress);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    return progress;
  }

  /** Does something to a disk that dies; tells whether it came to its end. */
  private interface Doing {
    void run(Disk disk) throws IOException;
  }

  private static boolean survives(int killBefore, Doing doing) throws IOException {
    try {
      doing.run(new KilledDisk(killBefore));
      return true;
    } catch (IOException e) {
      assertThat(e)
          .satisfiesAnyOf(
              thrown -> assertThat(thrown).hasMessage(KilledDisk.KILLED),
              thrown -> assertThat(thrown).hasRootCauseMessage(KilledDisk.KILLED));
      return false;
    }
  }

  @Test
  void aBackupThatWasKilledBeforeAnyStepIsCompletedByTheNext() throws Exception {
    for (int step = 1; ; step++) {
      Path backup = directory.resolve("backup" + step);
      boolean survived = survives(step, disk -> backUp(backup, disk));
      List<Generation> before = Files.exists(backup.resolve("format")) ? read(backup) : List.of();
      for (Generation generation : before) {
        assertThat(verified(backup, generation).snapshot().found()).as("step %d", step).isZero();
      }

      assertThat(backUp(backup, new LocalDisk()).snapshot().found()).as("step %d", step).isZero();

      List<Generation> after = read(backup);
      assertThat(after).hasSize(before.size() + 1);
      assertThat(verified(backup, after.getFirst()).snapshot().found()).isZero();
      assertThat(after.getFirst().complete()).isTrue();
      if (survived) {
        assertThat(step).as("steps that were walked").isGreaterThan(10);
        return;
      }
    }
  }

  @Test
  void aFullBackupDiskIsSaidAndHarmsNothing() throws Exception {
    Path backup = directory.resolve("backup");
    Files.createDirectories(backup);

    assertThatThrownBy(() -> backUp(backup, new KilledDisk(16, "No space left on device")))
        .isInstanceOf(NoSpaceException.class)
        .hasMessageContaining("no space left for " + backup);

    assertThat(backUp(backup, new LocalDisk()).snapshot().found()).isZero();
  }

  @Test
  void aRestoreThatWasKilledBeforeAnyStepIsCompletedByTheNextAndLosesNothing() throws Exception {
    Path backup = directory.resolve("backup");
    backUp(backup, new LocalDisk());
    for (int step = 1; ; step++) {
      Path root = Files.createDirectories(directory.resolve("target" + step).resolve("registry"));
      putAnOldRegistry(root);

      boolean survived = survives(step, disk -> restore(backup, root, disk));
      boolean begun = Files.exists(root.resolve("restoring/note"));
      if (!begun && !survived && !Files.exists(aside(root))) {
        assertThat(root.resolve("content/old")).as("nothing was touched").hasContent("kept");
        restore(backup, root, new LocalDisk());
      }
      if (begun) {
        assertThatThrownBy(() -> new UnfinishedRestore(root, new LocalDisk()).refuse())
            .hasMessageContaining("has not come to its end");
      }
      if (begun) {
        restore(backup, root, new LocalDisk());
        assertThat(root.resolve("restoring")).doesNotExist();
      }

      new UnfinishedRestore(root, new LocalDisk()).refuse();
      assertRestored(root);
      assertThat(aside(root).resolve("content/old")).as("step %d", step).hasContent("kept");
      if (survived) {
        assertThat(step).as("steps that were walked").isGreaterThan(20);
        return;
      }
    }
  }

  private static Path aside(Path root) {
    return root.resolve("before-restore-20260203T120000Z");
  }

  private void putAnOldRegistry(Path root) throws IOException {
    Files.createDirectory(root.resolve("db"));
    Files.copy(directory.resolve("old.db"), root.resolve("db/registry.db"));
    Files.createDirectory(root.resolve("content"));
    Files.writeString(root.resolve("content/old"), "kept");
  }

  private void assertRestored(Path root) throws IOException {
    ContentStore store = FileContentStore.open(root.resolve("content"), new LocalDisk());
    try (Database restored = Database.open(root.resolve("db/registry.db"), "db/registry")) {
      assertThat(
              restored.<String>read(
                  h -> h.createQuery("SELECT name FROM repositories").mapTo(String.class).one()))
          .isEqualTo("app");
      for (byte[] bytes : BLOBS) {
        String generation =
            restored.read(h ->
                h.createQuery(
                        "SELECT generation FROM blobs WHERE digest = :digest"
                            + " AND damaged_at IS NULL")
                    .bind("digest", Digest.sha256(bytes).toString())
                    .mapTo(String.class)
                    .one());
        try (Blob blob = store.open(new BlobKey(Digest.sha256(bytes), generation));
            InputStream in = blob.stream(0)) {
          assertThat(in.readAllBytes()).isEqualTo(bytes);
        }
      }
      String object =
          restored.read(
              h -> h.createQuery("SELECT object FROM manifests").mapTo(String.class).one());
      var objects =
          new ManifestObjects(
              Transactions.of(restored),
              FileContentStore.open(root.resolve("manifests"), new LocalDisk()));
      assertThat(objects.read(BlobKey.parse(object)).manifest().bytes()).isEqualTo(MANIFEST);
      try (Stream<Stored> stored = objects.store().list()) {
        assertThat(stored).as("none is written twice").hasSize(1);
      }
    }
  }

  private static List<Generation> read(Path backup) throws IOException {
    return BackupDirectory.open(backup, new LocalDisk())
        .generations((name, reason) -> {
          throw new AssertionError(name + ": " + reason);
        });
  }

  private Progress verified(Path backup, Generation generation) throws Exception {
    Progress progress = new Progress();
    new BackupRestore(
            BackupDirectory.open(backup, new LocalDisk()),
            generation,
            new OnDisk(directory.resolve("nowhere"), new LocalDisk()),
            new LocalDisk(),
            () -> NOON)
        .verify(progress);
    return progress;
  }

  private static void restore(Path backup, Path root, Disk disk) throws IOException {
    BackupDirectory from = BackupDirectory.open(backup, new LocalDisk());
    Progress progress = new Progress();
    try (var destination = new OnDisk(root, disk)) {
      new BackupRestore(
              from, from.choose(Optional.empty(), progress), destination, disk, () -> NOON)
          .run(BackupRestore.Present.MOVES_ASIDE, progress);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /** Files and SQLite, on a disk of the test's. */
  private static final class OnDisk implements Destination, AutoCloseable {
    private final Path root;
    private final Disk disk;
    private ContentStore blobs;
    private ContentStore manifests;
    private Database database;

    OnDisk(Path root, Disk disk) {
      this.root = root;
      this.disk = disk;
    }

    @Override
    public Path root() {
      return root;
    }

    @Override
    public boolean bytesElsewhere() {
      return false;
    }

    @Override
    public boolean rowsElsewhere() {
      return false;
    }

    @Override
    public synchronized ContentStore blobs() throws IOException {
      if (blobs == null) {
        blobs = FileContentStore.open(root.resolve("content"), disk);
      }
      return blobs;
    }

    @Override
    public synchronized ContentStore manifests() throws IOException {
      if (manifests == null) {
        manifests = FileContentStore.open(root.resolve("manifests"), disk);
      }
      return manifests;
    }

    @Override
    public Database database() throws IOException {
      if (database == null) {
        database = Database.open(root.resolve("db/registry.db"), "db/registry");
      }
      return database;
    }

    @Override
    public Database draft(Path file) throws IOException {
      return Database.open(file, "db/registry");
    }

    @Override
    public void close() throws IOException {
      if (database != null) {
        database.close();
      }
    }
  }
}
