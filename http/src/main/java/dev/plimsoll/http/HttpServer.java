package dev.plimsoll.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * An HTTP/1.1 server for one {@link Handler}, on as many sockets as are asked for. Safe for many
 * threads. Whoever makes it closes it.
 */
public final class HttpServer implements AutoCloseable {
  public HttpServer(Handler handler, Limits limits) {
    this(handler, limits, RequestMetrics.NONE);
  }

  public HttpServer(Handler handler, Limits limits, RequestMetrics metrics) {}

  /**
   * Starts to listen on an Internet address, port 0 for any free one.
   *
   * @return the address it listens on
   */
  public InetSocketAddress listen(InetSocketAddress address) throws IOException {
    connections();
    throw new IOException("listening on " + address);
  }

  /**
   * Starts to listen for TLS.
   *
   * @param identity asked for each connection on a virtual thread, so that a new certificate takes effect
   *     without a restart; the same object for as long as nothing has changed
   */
  public InetSocketAddress listen(InetSocketAddress address, Supplier<TlsIdentity> identity)
      throws IOException {
    connections();
    throw new IOException("listening on " + address + " " + identity);
  }

  /**
   * Starts to listen on a unix socket. A socket file that nobody listens on is replaced; the file is
   * removed when the server closes.
   *
   * @throws IOException with a sentence when another server listens there, or when the path is no socket
   */
  public void listen(UnixListener socket) throws IOException {
    connections();
    throw new IOException("listening on " + socket);
  }

  /** How many clients are connected. */
  public int connections() {
    return 0;
  }

  /**
   * Stops listening, lets the requests in progress end, closes each connection after its answer, and cuts
   * what is left after {@code grace}.
   */
  public void close(Duration grace) throws InterruptedException {}

  /** Stops listening and cuts all connections at once. */
  @Override
  public void close() {}
}
