package dev.plimsoll.content;

import java.time.Instant;

/**
 * Bytes that wait for more, or for their commit.
 *
 * @param lastWritten by the clock of the machine, so to be trusted only roughly
 * @param use whether an {@link Ingest} of this process works on it now
 */
public record StagedIngest(IngestId id, long sizeBytes, Instant lastWritten, Use use) {

  /** An ingest in use can be neither resumed nor discarded by others. */
  public enum Use {
    IN_USE,
    WAITING
  }
}
