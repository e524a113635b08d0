package dev.plimsoll.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.LongConsumer;

/** A response body of unknown length. Safe for threads. */
final class BodyOutput extends OutputStream {
  private static final int BUFFER_BYTES = 16 * 1024;
  private static final int CHUNK_BYTES_MAX = 128 * 1024;
  private static final byte[] END = "0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

  /** How the client learns where the body ends. */
  enum Framing {
    CHUNKED,
    UNTIL_CLOSE,
    DROPPED
  }

  private final Outbox outbox;
  private final Framing framing;
  private final LongConsumer sent;
  private byte[] buffer = new byte[0];
  private int buffered;
  private boolean closed;

  BodyOutput(Outbox outbox, Framing framing, LongConsumer sent) {
    this.outbox = outbox;
    this.framing = framing;
    this.sent = sent;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (closed) {
      throw new IOException("the body has been ended");
    }
    if (buffered + length > BUFFER_BYTES) {
      flush();
    }
    if (length >= BUFFER_BYTES) {
      for (int done = 0; done < length; ) {
        int piece = Math.min(length - done, CHUNK_BYTES_MAX);
        send(bytes, offset + done, piece);
        done += piece;
      }
    } else {
      if (buffer.length == 0) {
        buffer = new byte[BUFFER_BYTES];
      }
      System.arraycopy(bytes, offset, buffer, buffered, length);
      buffered += length;
    }
  }

  @Override
  public synchronized void flush() throws IOException {
    if (buffered > 0) {
      int length = buffered;
      buffered = 0;
      send(buffer, 0, length);
    }
  }

  /** Copies: the outbox keeps what it is given, the caller may change what it gave. */
  private void send(byte[] bytes, int offset, int length) throws IOException {
    byte[] before =
        framing == Framing.CHUNKED
            ? (Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.ISO_8859_1)
            : new byte[0];
    int after = framing == Framing.CHUNKED ? 2 : 0;
    if (framing == Framing.DROPPED) {
      return;
    }
    byte[] chunk = new byte[before.length + length + after];
    System.arraycopy(before, 0, chunk, 0, before.length);
    System.arraycopy(bytes, offset, chunk, before.length, length);
    if (after > 0) {
      chunk[chunk.length - 2] = '\r';
      chunk[chunk.length - 1] = '\n';
    }
    outbox.write(chunk);
    sent.accept(length);
  }

  /**
   * Sends what is buffered. The end of the body is sent by {@link #end()} only: a handler that fails
   * inside a try-with-resources closes its stream on the way out, and must not pass a part for the whole.
   */
  @Override
  public synchronized void close() throws IOException {
    if (!closed) {
      flush();
      closed = true;
      buffer = new byte[0];
    }
  }

  void end() throws IOException {
    close();
    if (framing == Framing.CHUNKED) {
      outbox.write(END);
    }
  }
}
