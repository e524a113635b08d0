package dev.plimsoll.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads a copy of a database where it lies, whatever release wrote it. Nothing is written, not even
 * beside it, so it can be on a disk that is mounted read-only. Safe for many threads.
 */
public final class SnapshotReader implements AutoCloseable {
  private static final DatabaseLimits ONE_READER =
      new DatabaseLimits(1, DatabaseLimits.DEFAULT.queuedMax(), DatabaseLimits.DEFAULT.batchMax());

  private final Readers readers;

  private SnapshotReader(Readers readers) {
    this.readers = readers;
  }

  /** Opens a file that nobody writes. */
  public static SnapshotReader open(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new NoSuchFileException(file.toString());
    }
    return new SnapshotReader(Readers.still(new Connections(file.toAbsolutePath()), ONE_READER));
  }

  /** See {@link Database#read}. */
  public <T extends @Nullable Object> T read(Work<T> work) throws IOException {
    return readers.submit(new Job<>(work, Job.Kind.ORDINARY));
  }

  @Override
  public void close() {
    readers.close();
  }
}
