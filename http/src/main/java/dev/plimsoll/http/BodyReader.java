package dev.plimsoll.http;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The blocking side of an {@link Inbox}: as a stream, or part by part. For one thread at a time. */
final class BodyReader extends InputStream {
  private final Inbox inbox;
  private final BeforeRead beforeRead;
  private @Nullable ByteBuf current;
  private boolean abandoned;
  private boolean begun;

  /** What has to happen before the first byte is waited for. */
  interface BeforeRead {
    void run() throws IOException;
  }

  BodyReader(Inbox inbox, BeforeRead beforeRead) {
    this.inbox = inbox;
    this.beforeRead = beforeRead;
  }

  private @Nullable ByteBuf next() throws IOException {
    if (!begun) {
      begun = true;
      beforeRead.run();
    }
    ByteBuf part = swapCurrent(null);
    return part != null ? part : inbox.take();
  }

  private synchronized @Nullable ByteBuf swapCurrent(@Nullable ByteBuf next) {
    ByteBuf before = current;
    current = next;
    return before;
  }

  private synchronized void putBack(ByteBuf part) {
    if (abandoned || !part.isReadable()) {
      part.release();
    } else {
      current = part;
    }
  }

  long forEachPart(BodyConsumer consumer) throws IOException {
    long total = 0;
    for (ByteBuf part = next(); part != null; part = next()) {
      try {
        total += part.readableBytes();
        consumer.accept(part.nioBuffer());
      } finally {
        part.release();
      }
    }
    return total;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    ByteBuf part = next();
    if (part == null) {
      return -1;
    }
    int count = Math.min(length, part.readableBytes());
    part.readBytes(target, offset, count);
    putBack(part);
    return count;
  }

  @Override
  public synchronized int available() {
    return inbox.available() + (current == null ? 0 : current.readableBytes());
  }

  /** Lets go of what was not read; a read in progress in another thread ends. */
  void abandon() {
    synchronized (this) {
      abandoned = true;
      if (current != null) {
        current.release();
        current = null;
      }
    }
    inbox.abandon();
  }
}
