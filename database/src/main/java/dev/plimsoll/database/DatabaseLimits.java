package dev.plimsoll.database;

/**
 * How much a {@link Database} does at once.
 *
 * @param readersMax reads that run at the same time, each on a thread and connection of its own
 * @param queuedMax works that wait for the writer, and as many reads that wait for a reader; the
 *     next caller waits before it may queue
 * @param batchMax works that share one commit
 */
public record DatabaseLimits(int readersMax, int queuedMax, int batchMax) {
  public static final DatabaseLimits DEFAULT = new DatabaseLimits(4, 1024, 256);

  public DatabaseLimits {
    if (readersMax < 1 || queuedMax < 1 || batchMax < 1) {
      throw new IllegalArgumentException(
          "readersMax, queuedMax and batchMax must be 1 or more: %d, %d, %d"
              .formatted(readersMax, queuedMax, batchMax));
    }
  }
}
