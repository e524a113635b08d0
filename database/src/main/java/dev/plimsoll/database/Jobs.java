package dev.plimsoll.database;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A bounded queue that can be closed: what it accepted is still handed out, then nothing. */
final class Jobs {
  private final Object database;
  private final int queuedMax;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();
  private final Condition emptied = lock.newCondition();
  private final Queue<Job<?>> queue = new ArrayDeque<>();
  private boolean closed;

  Jobs(Object database, int queuedMax) {
    this.database = database;
    this.queuedMax = queuedMax;
  }

  /** Waits for a place in the queue. */
  void put(Job<?> job) throws IOException {
    lock.lock();
    try {
      while (queue.size() >= queuedMax && !closed) {
        emptied.awaitUninterruptibly();
      }
      if (closed) {
        throw new IOException("the database %s is closed".formatted(database));
      }
      queue.add(job);
      filled.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a job; null when the queue is closed and empty. */
  @Nullable Job<?> take() {
    lock.lock();
    try {
      while (queue.isEmpty() && !closed) {
        filled.awaitUninterruptibly();
      }
      emptied.signal();
      return queue.poll();
    } finally {
      lock.unlock();
    }
  }

  /** Moves what waits to the end of {@code batch}, until that holds {@code batchMax} jobs. */
  void fill(List<Job<?>> batch, int batchMax) {
    lock.lock();
    try {
      while (batch.size() < batchMax && !queue.isEmpty()) {
        batch.add(queue.remove());
      }
      emptied.signalAll();
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      filled.signalAll();
      emptied.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
