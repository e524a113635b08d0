package dev.plimsoll.http.client;

import dev.plimsoll.http.Duplex;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A connection after HTTP: bytes both ways, each direction closed on its own. */
final class HijackedConnection implements Duplex {
  private final Connection connection;
  private final OutputStream output;

  HijackedConnection(Connection connection) {
    this.connection = connection;
    this.output = new HalfClosing(connection.output());
  }

  @Override
  public InputStream input() {
    return connection.input();
  }

  @Override
  public OutputStream output() {
    return output;
  }

  @Override
  public void close() {
    connection.close();
  }

  private final class HalfClosing extends FilterOutputStream {
    private boolean closed;

    HalfClosing(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      if (!closed) {
        closed = true;
        out.flush();
        connection.transport().shutdownOutput();
      }
    }
  }
}
