package dev.plimsoll.registry;

import dev.plimsoll.content.ContentStore;
import dev.plimsoll.content.LocalDisk;
import dev.plimsoll.database.Database;
import dev.plimsoll.foundation.DataDirectoryLock;
import dev.plimsoll.foundation.PrivateDirectory;
import dev.plimsoll.foundation.Reserve;
import dev.plimsoll.registry.job.Progress;
import dev.plimsoll.registry.moving.BackupDirectory;
import dev.plimsoll.registry.moving.BackupRestore;
import dev.plimsoll.registry.moving.Destination;
import dev.plimsoll.registry.moving.Generation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Restores a backup to where the settings of a registry that does not run say that it is. */
public final class RegistryRestore {

  /** Whether it does it. */
  public enum Mode {
    RESTORE,
    /** As {@link #RESTORE}, and a registry that is there is moved aside. */
    REPLACE,
    /** Reads and verifies the backup, and writes nothing. */
    DRY
  }

  /**
   * What is asked for.
   *
   * @param generation empty: the newest
   */
  public record Plan(Path from, Optional<String> generation, Mode mode) {}

  private RegistryRestore() {}

  /**
   * Does it; what is found on the way is in {@code progress}.
   *
   * @throws dev.plimsoll.registry.repository.RegistryException.JobRefused if it must not be done,
   *     with a sentence; nothing was changed
   */
  public static void run(RegistrySettings settings, Plan plan, Progress progress)
      throws IOException, InterruptedException {
    LocalDisk disk = new LocalDisk();
    BackupDirectory backup = BackupDirectory.open(plan.from(), disk);
    Generation generation = backup.choose(plan.generation(), progress);
    try (var storage = new Stopped(settings)) {
      var restore = new BackupRestore(backup, generation, storage, disk, InstantSource.system());
      if (plan.mode() == Mode.DRY) {
        restore.verify(progress);
        return;
      }
      PrivateDirectory.make(settings.root());
      try (DataDirectoryLock _ = DataDirectoryLock.acquire(settings.root())) {
        restore.run(
            plan.mode() == Mode.REPLACE
                ? BackupRestore.Present.MOVES_ASIDE
                : BackupRestore.Present.STAYS,
            progress);
      }
    }
  }

  /** The storage of a registry that does not run; what is opened is closed with it. */
  private static final class Stopped implements Destination, AutoCloseable {
    private final RegistrySettings settings;
    private final Storage storage;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private @Nullable ContentStore blobs;
    private @Nullable ContentStore manifests;
    private @Nullable Database database;

    Stopped(RegistrySettings settings) {
      this.settings = settings;
      this.storage = new Storage(settings.root(), settings.storage(), Reserve.none());
    }

    @Override
    public Path root() {
      return settings.root();
    }

    @Override
    public boolean bytesElsewhere() {
      return settings.storage().s3().isPresent();
    }

    @Override
    public boolean rowsElsewhere() {
      return settings.storage().postgres().isPresent();
    }

    @Override
    public synchronized ContentStore blobs() throws IOException {
      if (blobs == null) {
        blobs = storage.content("content", opened::push);
      }
      return blobs;
    }

    @Override
    public synchronized ContentStore manifests() throws IOException {
      if (manifests == null) {
        manifests = storage.content("manifests", opened::push);
      }
      return manifests;
    }

    @Override
    public synchronized Database database() throws IOException {
      if (database == null) {
        database = storage.database();
        opened.push(database);
      }
      return database;
    }

    @Override
    public Database draft(Path file) throws IOException {
      return Storage.draft(file);
    }

    @Override
    public void close() throws IOException {
      while (!opened.isEmpty()) {
        try {
          opened.pop().close();
        } catch (IOException | RuntimeException e) {
          throw e;
        } catch (Exception e) {
          throw new IOException(e);
        }
      }
    }
  }
}
