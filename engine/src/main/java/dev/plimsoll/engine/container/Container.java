package dev.plimsoll.engine.container;

import dev.plimsoll.engine.refusal.EngineException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * One container in memory: its snapshot, and the lock that every operation on it holds. Safe for
 * many threads.
 */
public final class Container {
  /** Longer than any step of an operation should take; a stuck one must not block others for ever. */
  private static final Duration LOCK_DEADLINE = Duration.ofSeconds(60);

  private final ContainerId id;
  private final ReentrantLock operation = new ReentrantLock();
  private final ReentrantLock change = new ReentrantLock();
  private final Condition changed = change.newCondition();
  private volatile ContainerSnapshot snapshot;
  private volatile boolean gone;
  private volatile boolean kept;

  Container(ContainerSnapshot snapshot) {
    this.id = snapshot.id();
    this.snapshot = snapshot;
  }

  public ContainerId id() {
    return id;
  }

  public ContainerSnapshot snapshot() {
    return snapshot;
  }

  /** Whether it has been removed; its last snapshot stays readable. */
  public boolean gone() {
    return gone;
  }

  /** Whether it stays after its end although it was to be removed: it is about to run again. */
  boolean kept() {
    return kept;
  }

  void keep(boolean keep) {
    kept = keep;
  }

  /** Does one thing to the container, alone. */
  <T, E extends Exception> T locked(Operation<T, E> work) throws E, InterruptedException {
    if (!operation.tryLock(LOCK_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new EngineException.Unavailable(
          "container %s is busy: another operation on it has not ended for %d s"
              .formatted(id.shortForm(), LOCK_DEADLINE.toSeconds()));
    }
    try {
      return work.run();
    } finally {
      operation.unlock();
    }
  }

  /** What is done under the lock. */
  interface Operation<T, E extends Exception> {
    T run() throws E, InterruptedException;
  }

  /** Shows a new snapshot and wakes whoever waits for one. */
  ContainerSnapshot update(UnaryOperator<ContainerSnapshot> next) {
    change.lock();
    try {
      snapshot = next.apply(snapshot);
      changed.signalAll();
      return snapshot;
    } finally {
      change.unlock();
    }
  }

  /** Tells that it is removed. */
  void markGone() {
    change.lock();
    try {
      gone = true;
      changed.signalAll();
    } finally {
      change.unlock();
    }
  }

  /** Waits until a snapshot is as wanted, or the container is removed. */
  public ContainerSnapshot await(Predicate<ContainerSnapshot> wanted) throws InterruptedException {
    change.lock();
    try {
      while (!gone && !wanted.test(snapshot)) {
        changed.await();
      }
      return snapshot;
    } finally {
      change.unlock();
    }
  }

  /** As {@link #await(Predicate)}; false if the time is over first. */
  public boolean await(Predicate<ContainerSnapshot> wanted, Duration limit)
      throws InterruptedException {
    long nanos = limit.toNanos();
    change.lock();
    try {
      while (!gone && !wanted.test(snapshot)) {
        if (nanos <= 0) {
          return false;
        }
        nanos = changed.awaitNanos(nanos);
      }
      return true;
    } finally {
      change.unlock();
    }
  }

  /** Waits until it is removed. */
  public ContainerSnapshot awaitGone() throws InterruptedException {
    return await(_ -> false);
  }
}
