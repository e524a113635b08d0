package dev.plimsoll.engine.exec;

import dev.plimsoll.engine.container.Container;
import dev.plimsoll.engine.refusal.EngineException.Conflict;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/** One further process of one container, in memory. Safe for many threads. */
public final class Exec {
  private final ExecId id;
  private final Container container;
  private final ExecSettings settings;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile ExecState state = new ExecState.Created();

  Exec(ExecId id, Container container, ExecSettings settings) {
    this.id = id;
    this.container = container;
    this.settings = settings;
  }

  public ExecId id() {
    return id;
  }

  public Container container() {
    return container;
  }

  public ExecSettings settings() {
    return settings;
  }

  public ExecState state() {
    return state;
  }

  /** Takes the right to start it, which there is once. */
  void claim() {
    lock.lock();
    try {
      switch (state) {
        case ExecState.Created _ -> change(new ExecState.Starting());
        case ExecState.Starting _, ExecState.Running _ ->
            throw new Conflict("exec command %s is already running".formatted(id));
        case ExecState.Ended _ ->
            throw new Conflict("exec command %s has already run".formatted(id));
      }
    } finally {
      lock.unlock();
    }
  }

  void change(ExecState next) {
    lock.lock();
    try {
      state = next;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until its state is as wanted; false if the time is over first. */
  boolean await(Predicate<ExecState> wanted, Duration limit) throws InterruptedException {
    long nanos = limit.toNanos();
    lock.lock();
    try {
      while (!wanted.test(state)) {
        if (nanos <= 0) {
          return false;
        }
        nanos = changed.awaitNanos(nanos);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  boolean endedBefore(Instant moment) {
    return state instanceof ExecState.Ended ended && ended.at().isBefore(moment);
  }
}
