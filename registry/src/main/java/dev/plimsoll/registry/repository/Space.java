package dev.plimsoll.registry.repository;

import dev.plimsoll.foundation.ByteSize;
import dev.plimsoll.foundation.NoSpaceException;
import dev.plimsoll.foundation.Reserve;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches over what is left of the disk. Below the low-water mark nothing new is taken, so that
 * pulls, deletes and the collector go on undisturbed. Safe for many threads.
 */
public final class Space {
  private static final Logger log = LoggerFactory.getLogger(Space.class);

  private final Path directory;
  private final long lowWaterBytes;
  private final Reserve reserve;
  private final AtomicBoolean toldLow = new AtomicBoolean();
  private volatile boolean reserveComing;

  public Space(Path directory, long lowWaterBytes, Reserve reserve) {
    this.directory = directory;
    this.lowWaterBytes = lowWaterBytes;
    this.reserve = reserve;
    this.reserveComing = reserveFits();
    if (directory.toFile().getTotalSpace() < neededBytes()) {
      log.warn("the disk is too small to ever take a push: {}", sentence());
    }
  }

  /** Bytes that an unprivileged program can still write. */
  public long usableBytes() {
    return directory.toFile().getUsableSpace();
  }

  public boolean isLow() {
    return (reserve.isLacking() && !reserveComing) || usableBytes() < lowWaterBytes;
  }

  /** With less than this left, nothing new is taken. */
  public long lowWaterBytes() {
    return lowWaterBytes;
  }

  /** What is kept back for deleting now: 0 once that has been given up. */
  public long reservedBytes() {
    return reserve.isLacking() ? 0 : reserve.sizeBytes();
  }

  /** What must be left so that something new is taken: the reserve is taken back before. */
  private long neededBytes() {
    return reserve.isLacking()
        ? Math.max(2 * reserve.sizeBytes(), reserve.sizeBytes() + lowWaterBytes)
        : lowWaterBytes;
  }

  /** Whether all of this can be written and the disk is still not low; sizes may be absurd. */
  public boolean hasRoomFor(long... sizesBytes) {
    long left = usableBytes() - lowWaterBytes;
    for (long sizeBytes : sizesBytes) {
      if (sizeBytes > left) {
        return false;
      }
      left -= sizeBytes;
    }
    return !isLow();
  }

  /**
   * Takes the reserve, or takes it back, if there is room for it. Until this was first called, and
   * while it writes, pushes are taken all the same, if there was room for the reserve twice.
   */
  public void replenish() throws IOException {
    try {
      if (reserve.isLacking()) {
        reserveComing = reserveFits();
        reserve.hold();
      }
    } finally {
      reserveComing = false;
      tell(isLow());
    }
  }

  /** Logs that the mark was crossed, once each time. */
  private void tell(boolean low) {
    if (toldLow.getAndSet(low) == low) {
      return;
    }
    if (low) {
      log.warn("pushes are refused: {}", sentence());
    } else {
      log.info(
          "pushes are taken again usableBytes={} lowWaterBytes={}", usableBytes(), lowWaterBytes);
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
      tell(true);
      throw new NoSpaceException(sentence());
    }
  }

  private String sentence() {
    long usable = usableBytes();
    long needed = neededBytes();
    if (usable >= needed) {
      return "the registry takes nothing new until it has its reserve of %s back"
          .formatted(new ByteSize(reserve.sizeBytes()));
    }
    long total = directory.toFile().getTotalSpace();
    return "the registry has only %s left and takes nothing new until there are %s%s"
        .formatted(
            new ByteSize(usable),
            new ByteSize(needed),
            total >= needed
                ? ""
                : ", more than its disk of %s has: lower registry.space.low-water and registry.space.reserve"
                    .formatted(new ByteSize(total)));
  }
}
