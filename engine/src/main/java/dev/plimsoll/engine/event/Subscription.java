package dev.plimsoll.engine.event;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * One listener's queue of events. Closed by its listener, or by {@link Events} when the listener
 * falls too far behind: then {@link #next} first delivers what was queued and {@link
 * #fellBehind()} tells why it ended.
 */
public final class Subscription implements AutoCloseable {
  /** A listener that has not read this many events is not reading. */
  static final int QUEUED_MAX = 4096;

  private final Events events;
  private final Predicate<Event> filter;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Event> queue = new ArrayDeque<>();
  private boolean ended;
  private boolean fellBehind;

  Subscription(Events events, Predicate<Event> filter) {
    this.events = events;
    this.filter = filter;
  }

  void offer(Event event) {
    if (!filter.test(event)) {
      return;
    }
    lock.lock();
    try {
      if (queue.size() == QUEUED_MAX) {
        fellBehind = true;
        ended = true;
      } else if (!ended) {
        queue.addLast(event);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the next event; empty when the time is over or the subscription has ended. */
  public Optional<Event> next(Duration timeout) throws InterruptedException {
    long nanos = timeout.toNanos();
    lock.lock();
    try {
      while (queue.isEmpty() && !ended && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      return Optional.ofNullable(queue.pollFirst());
    } finally {
      lock.unlock();
    }
  }

  /** Whether no event will come any more. */
  public boolean ended() {
    lock.lock();
    try {
      return ended && queue.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  public boolean fellBehind() {
    lock.lock();
    try {
      return fellBehind;
    } finally {
      lock.unlock();
    }
  }

  /** Ends it at once, also for a thread that waits in {@link #next}. */
  @Override
  public void close() {
    events.forget(this);
    lock.lock();
    try {
      ended = true;
      queue.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
