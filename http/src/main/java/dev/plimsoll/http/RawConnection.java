package dev.plimsoll.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.LongConsumer;

/** A connection after the hijack. */
final class RawConnection implements Duplex {
  private static final int PIECE_BYTES_MAX = 128 * 1024;

  private final Connection connection;
  private final Inbox inbox;
  private final BodyReader input;
  private final Output output;

  RawConnection(Connection connection, LongConsumer sent) {
    this.connection = connection;
    this.inbox = connection.newInbox();
    this.input = new BodyReader(inbox, () -> {});
    this.output = new Output(connection, sent);
  }

  Inbox inbox() {
    return inbox;
  }

  @Override
  public InputStream input() {
    return input;
  }

  @Override
  public OutputStream output() {
    return output;
  }

  @Override
  public void close() {
    output.close();
    input.abandon();
    connection.endRaw();
  }

  private static final class Output extends OutputStream {
    private final Connection connection;
    private final LongConsumer sent;
    private boolean closed;

    Output(Connection connection, LongConsumer sent) {
      this.connection = connection;
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
        throw new IOException("the output has been closed");
      }
      for (int done = 0; done < length; ) {
        int piece = Math.min(length - done, PIECE_BYTES_MAX);
        connection.outbox().write(Arrays.copyOfRange(bytes, offset + done, offset + done + piece));
        done += piece;
        sent.accept(piece);
      }
    }

    @Override
    public synchronized void close() {
      if (!closed) {
        closed = true;
        connection.halfCloseWhenSent();
      }
    }
  }
}
