package dev.plimsoll.http;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Bytes on their way from the event loop to one blocking reader, bounded: above the bound the loop stops
 * reading from the socket, and below half of it it goes on. Safe for threads; owns what is put in.
 */
final class Inbox {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<ByteBuf> parts = new ArrayDeque<>(0);
  private final int bytesMax;
  private final Runnable resumeReading;
  private int bytes;
  private long receivedBytes;
  private boolean paused;
  private boolean abandoned;
  private @Nullable IOException failure;
  private volatile boolean ended;
  private volatile long waitingSince;

  /**
   * Makes an empty inbox.
   *
   * @param resumeReading called on the reader's thread when a pause should end
   */
  Inbox(int bytesMax, Runnable resumeReading) {
    this.bytesMax = bytesMax;
    this.resumeReading = resumeReading;
  }

  void add(ByteBuf part) {
    lock.lock();
    try {
      receivedBytes += part.readableBytes();
      if (abandoned || failure != null) {
        part.release();
      } else {
        parts.add(part);
        bytes += part.readableBytes();
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Nothing more will come; what is here can still be read. */
  void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Nothing more will come, and the reader is told why after it has read what is here. */
  void fail(IOException cause) {
    lock.lock();
    try {
      if (failure == null && !ended) {
        failure = cause;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether the loop should read on. If not, {@code resumeReading} will be called. */
  boolean wantsMore() {
    lock.lock();
    try {
      paused = bytes >= bytesMax;
      return !paused;
    } finally {
      lock.unlock();
    }
  }

  /** Whether everything has arrived that will ever come without failure. */
  boolean ended() {
    return ended;
  }

  long receivedBytes() {
    lock.lock();
    try {
      return receivedBytes;
    } finally {
      lock.unlock();
    }
  }

  boolean failed() {
    lock.lock();
    try {
      return failure != null;
    } finally {
      lock.unlock();
    }
  }

  /** Since when the reader has been waiting for bytes ({@link System#nanoTime()}), 0 if it is not. */
  long waitingSince() {
    return waitingSince;
  }

  /** How many bytes can be read without waiting. */
  int available() {
    lock.lock();
    try {
      return bytes;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for the next part, which the caller releases.
   *
   * @return null at the end
   */
  @Nullable ByteBuf take() throws IOException {
    boolean resume;
    ByteBuf part;
    lock.lock();
    try {
      while (parts.isEmpty() && !ended && failure == null && !abandoned) {
        await();
      }
      part = parts.poll();
      if (part == null) {
        if (failure != null) {
          throw failure;
        }
        if (abandoned) {
          throw new IOException("the request has ended");
        }
        return null;
      }
      bytes -= part.readableBytes();
      resume = paused && bytes <= bytesMax / 2;
      if (resume) {
        paused = false;
      }
    } finally {
      lock.unlock();
    }
    if (resume) {
      resumeReading.run();
    }
    return part;
  }

  @SuppressWarnings("WaitNotInLoop") // its callers loop
  private void await() throws InterruptedIOException {
    waitingSince = System.nanoTime() | 1;
    try {
      changed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for the client");
    } finally {
      waitingSince = 0;
    }
  }

  /** The reader is gone: drops what is here and all that still comes. */
  void abandon() {
    lock.lock();
    try {
      abandoned = true;
      parts.forEach(ByteBuf::release);
      parts.clear();
      bytes = 0;
      paused = false;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
