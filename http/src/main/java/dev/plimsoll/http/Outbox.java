package dev.plimsoll.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What handlers write to one connection, in order and bounded: a writer waits while too much of what was
 * written before is not yet in the socket. Safe for threads.
 */
final class Outbox {
  /** Enough that one file piece waits while another is sent, and that a small answer never blocks. */
  private static final int PENDING_BYTES_MAX = 4 * 1024 * 1024;

  private final Channel channel;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long pendingBytes;
  private long writesDone;
  private @Nullable IOException failure;

  Outbox(Channel channel) {
    this.channel = channel;
  }

  void write(byte[] bytes) throws IOException {
    write(bytes, 0, bytes.length);
  }

  /** Sends bytes that nobody will change any more. */
  void write(byte[] bytes, int offset, int length) throws IOException {
    write(Unpooled.wrappedBuffer(bytes, offset, length), length, PENDING_BYTES_MAX / 8);
  }

  void write(FilePiece piece) throws IOException {
    write(piece, piece.count(), PENDING_BYTES_MAX);
  }

  private void write(Object message, long length, int pendingMax) throws IOException {
    lock.lock();
    try {
      while (failure == null && pendingBytes > 0 && pendingBytes + length > pendingMax) {
        await();
      }
      throwIfFailed();
      pendingBytes += length;
    } catch (IOException e) {
      ReferenceCountUtil.release(message);
      throw e;
    } finally {
      lock.unlock();
    }
    try {
      channel
          .eventLoop()
          .execute(() -> channel.writeAndFlush(message).addListener(sent -> written(length, sent)));
    } catch (RejectedExecutionException e) {
      ReferenceCountUtil.release(message);
      fail(new ClientGone("the server has closed"));
      throwIfFailed();
    }
  }

  private void written(long length, Future<?> sent) {
    lock.lock();
    try {
      pendingBytes -= length;
      writesDone++;
      if (!sent.isSuccess() && failure == null) {
        failure = new ClientGone("the connection broke: " + sent.cause().getMessage());
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (!sent.isSuccess()) {
      var _ = channel.close();
    }
  }

  /** Waits until the socket has taken everything. */
  void awaitEmpty() throws IOException {
    lock.lock();
    try {
      while (failure == null && pendingBytes > 0) {
        await();
      }
      throwIfFailed();
    } finally {
      lock.unlock();
    }
  }

  /** How many writes the socket has taken: a mark of progress. */
  long writesDone() {
    lock.lock();
    try {
      return writesDone;
    } finally {
      lock.unlock();
    }
  }

  void fail(IOException cause) {
    lock.lock();
    try {
      if (failure == null) {
        failure = cause;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("WaitNotInLoop") // its callers loop
  private void await() throws InterruptedIOException {
    try {
      changed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the client was slow");
    }
  }

  private void throwIfFailed() throws IOException {
    if (failure != null) {
      throw failure;
    }
  }
}
