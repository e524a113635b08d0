package dev.plimsoll.http.client;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * One connection and its deadline. The deadline is for the current step; the {@link Watchdog}
 * closes a connection that has passed it, which wakes whoever is blocked in it. This is the one way
 * that works alike for reads and writes on TCP, TLS and unix sockets.
 */
final class Connection implements Closeable, Watchdog.Watched {
  private static final long NONE = Long.MAX_VALUE;
  private static final int READ_BUFFER_BYTES = 16 * 1024;

  private final Transport transport;
  private final Route route;
  private final InputStream input;
  private final OutputStream output;
  private final Consumer<Connection> onClose;

  private volatile long deadlineNanos = NONE;
  private volatile String step = "";
  private volatile boolean expired;
  private volatile boolean closed;
  private volatile Duration pace = Duration.ZERO;
  private int answers;
  private long idleSinceNanos;

  /**
   * @param onClose run once, when the connection is closed
   */
  Connection(Transport transport, Route route, Consumer<Connection> onClose) throws IOException {
    this.transport = transport;
    this.route = route;
    this.onClose = onClose;
    this.input = new BufferedInputStream(new Paced(transport.input()), READ_BUFFER_BYTES);
    this.output = new PacedOutput(transport.output());
  }

  Route route() {
    return route;
  }

  InputStream input() {
    return input;
  }

  OutputStream output() {
    return output;
  }

  Transport transport() {
    return transport;
  }

  /** From now on everything together has to happen within this time. Zero means no limit. */
  void limitWhole(String what, Duration limit) {
    step = what;
    pace = Duration.ZERO;
    deadlineNanos = limit.isZero() ? NONE : System.nanoTime() + limit.toNanos();
  }

  /** From now on every read and every write has this long. Zero means no limit. */
  void limitEach(String what, Duration limit) {
    step = what;
    deadlineNanos = NONE;
    pace = limit;
  }

  void limitNothing() {
    pace = Duration.ZERO;
    deadlineNanos = NONE;
  }

  @Override
  public void closeIfLate(long nowNanos) {
    long deadline = deadlineNanos;
    if (deadline != NONE && nowNanos - deadline > 0) {
      expired = true;
      close();
    }
  }

  /** Whether an answer was read from it before: only then can the server have just left. */
  boolean usedBefore() {
    return answers > 0;
  }

  void answered() {
    answers++;
  }

  void idleFrom(long nowNanos) {
    limitNothing();
    idleSinceNanos = nowNanos;
  }

  Duration idleFor(long nowNanos) {
    return Duration.ofNanos(nowNanos - idleSinceNanos);
  }

  /** Whether the server has neither closed an idle connection nor said something unasked. */
  boolean looksAlive() {
    return !closed && transport.quiet();
  }

  /** Whether a byte to read arrives within this time; the byte stays to be read. TCP and TLS only. */
  boolean inputWithin(Duration limit) throws IOException {
    if (!(transport instanceof Transport.Stream(Socket socket, _))) {
      return false;
    }
    input.mark(1);
    socket.setSoTimeout((int) limit.toMillis());
    try {
      boolean arrived = input.read() >= 0;
      input.reset();
      return arrived;
    } catch (SocketTimeoutException e) {
      if (expired) {
        throw e;
      }
      return false;
    } finally {
      socket.setSoTimeout(0);
    }
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    transport.abandon();
    onClose.accept(this);
  }

  private IOException explained(IOException e) {
    if (!expired) {
      return e;
    }
    SocketTimeoutException timeout =
        new SocketTimeoutException("%s: %s took too long".formatted(route.endpoint(), step));
    timeout.initCause(e);
    return timeout;
  }

  private void begin() {
    Duration each = pace;
    if (!each.isZero()) {
      deadlineNanos = System.nanoTime() + each.toNanos();
    }
  }

  private void end() {
    if (!pace.isZero()) {
      deadlineNanos = NONE;
    }
  }

  private final class Paced extends InputStream {
    private final InputStream in;

    Paced(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      begin();
      try {
        return in.read(bytes, offset, length);
      } catch (IOException e) {
        throw explained(e);
      } finally {
        end();
      }
    }

    @Override
    public int available() throws IOException {
      return in.available();
    }
  }

  private final class PacedOutput extends FilterOutputStream {
    PacedOutput(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      // In pieces, so that the deadline measures progress and not the size of the caller's array.
      int done = 0;
      while (done < length) {
        int piece = Math.min(length - done, 64 * 1024);
        begin();
        try {
          out.write(bytes, offset + done, piece);
        } catch (IOException e) {
          throw explained(e);
        } finally {
          end();
        }
        done += piece;
      }
    }

    @Override
    public void flush() throws IOException {
      begin();
      try {
        out.flush();
      } catch (IOException e) {
        throw explained(e);
      } finally {
        end();
      }
    }
  }
}
