package dev.plimsoll.registry.model;

import dev.plimsoll.content.SimulatedDisk;
import dev.plimsoll.content.SimulatedDisk.WrittenBack;
import dev.plimsoll.database.Database;
import dev.plimsoll.database.Work;
import dev.plimsoll.registry.repository.Transactions;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What a registry stands on: a disk that loses what was not forced, and a database whose commits
 * last. When the power goes, it goes for both.
 */
final class Power implements Transactions {
  private final Database database;
  private SimulatedDisk disk;
  private int commitsLeft = Integer.MAX_VALUE;
  private boolean lastIsCommitted;

  /** The power is off, between two steps of the disk's. */
  static final class Off extends IOException {
    private static final long serialVersionUID = 1;

    Off() {
      super("the power is off");
    }
  }

  Power(Database database, SimulatedDisk disk) {
    this.database = database;
    this.disk = disk;
  }

  SimulatedDisk disk() {
    return disk;
  }

  /** So many operations of the disk from now on work. */
  void cutAfterOperations(int operations) {
    disk.cutPowerBefore(disk.count() + operations + 1);
  }

  /** The commit of that number, from 1, is the last; it is known to nobody, or was not made. */
  void cutAtCommit(int number, boolean committed) {
    commitsLeft = number;
    lastIsCommitted = committed;
  }

  /** What was planned does not happen. */
  void stays() {
    disk.cutPowerBefore(Integer.MAX_VALUE);
    commitsLeft = Integer.MAX_VALUE;
  }

  void cut() {
    disk.cutPower();
  }

  boolean isOff() {
    return disk.isOff();
  }

  /** Comes back with what was forced, and whatever else the kernel had written. */
  void back(WrittenBack writtenBack) throws IOException {
    disk = disk.afterPowerCut(writtenBack);
    commitsLeft = Integer.MAX_VALUE;
  }

  @Override
  public <T extends @Nullable Object> T read(Work<T> work) throws IOException {
    refuseIfOff();
    return database.read(work);
  }

  @Override
  public <T extends @Nullable Object> T write(Work<T> work) throws IOException {
    refuseIfOff();
    boolean last = --commitsLeft == 0;
    if (last && !lastIsCommitted) {
      cut();
    }
    refuseIfOff();
    T result = database.write(work);
    if (last) {
      cut();
    }
    refuseIfOff();
    return result;
  }

  @Override
  public <T extends @Nullable Object> T free(Work<T> work) throws IOException {
    return write(work);
  }

  private void refuseIfOff() throws IOException {
    if (isOff()) {
      throw new Off();
    }
  }
}
