package dev.plimsoll.registry.repository;

import dev.plimsoll.foundation.ByteSize;
import dev.plimsoll.foundation.NoSpaceException;
import dev.plimsoll.foundation.Reserve;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Watches over what is left of the disk. Below the low-water mark nothing new is taken, so that
 * pulls, deletes and the collector go on undisturbed. Safe for many threads.
 */
public final class Space {
  private final Path directory;
  private final long lowWaterBytes;
  private final Reserve reserve;
  private volatile boolean reserveComing;

  public Space(Path directory, long lowWaterBytes, Reserve reserve) {
    this.directory = directory;
    this.lowWaterBytes = lowWaterBytes;
    this.reserve = reserve;
    this.reserveComing = reserveFits();
  }

  /** Bytes that an unprivileged program can still write. */
  public long usableBytes() {
    return directory.toFile().getUsableSpace();
  }

  public boolean isLow() {
    return (reserve.isLacking() && !reserveComing) || usableBytes() < lowWaterBytes;
  }

  /** Whether so much can be written and the disk is still not low. */
  public boolean hasRoomFor(long bytes) {
    return !isLow() && usableBytes() - bytes >= lowWaterBytes;
  }

  /**
   * Takes the reserve, or takes it back, if there is room for it. Until this was first called, and
   * while it writes, pushes are taken all the same, if there was room for the reserve twice.
   */
  public void replenish() throws IOException {
    if (!reserve.isLacking()) {
      return;
    }
    reserveComing = reserveFits();
    try {
      reserve.hold();
    } finally {
      reserveComing = false;
    }
  }

  private boolean reserveFits() {
    return usableBytes() >= 2 * reserve.sizeBytes();
  }

  /**
   * To be asked before anything new is taken.
   *
   * @throws NoSpaceException with a sentence for the user
   */
  public void refuseIfLow() throws NoSpaceException {
    if (isLow()) {
      throw new NoSpaceException(
          "the registry has only %s left and takes nothing new until there is more than %s"
              .formatted(new ByteSize(usableBytes()), new ByteSize(lowWaterBytes)));
    }
  }
}
