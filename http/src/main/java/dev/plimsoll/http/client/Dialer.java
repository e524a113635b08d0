package dev.plimsoll.http.client;

import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** Makes connections: looks up, connects, goes through the proxy, shakes hands. */
final class Dialer {
  private final Duration connectTimeout;
  private final int headBytesMax;
  private final Watchdog watchdog;

  Dialer(ClientSettings settings, Watchdog watchdog) {
    this.connectTimeout = settings.connectTimeout();
    this.headBytesMax = settings.headBytesMax();
    this.watchdog = watchdog;
  }

  Transport dial(Route route) throws IOException, InterruptedException {
    if (route.endpoint() instanceof Endpoint.Unix(var path)) {
      return Transport.Local.connect(path);
    }
    if (route.proxy().isPresent()) {
      return throughProxy(route.endpoint(), route.proxy().get());
    }
    return direct(route.endpoint());
  }

  static String proxyAuthorization(String userInfo) {
    return "Basic " + Base64.getEncoder().encodeToString(userInfo.getBytes(StandardCharsets.UTF_8));
  }

  private Transport throughProxy(Endpoint endpoint, ProxySettings.Proxy proxy)
      throws IOException, InterruptedException {
    try {
      Transport toProxy = direct(proxy.endpoint());
      return endpoint instanceof Endpoint.Tls tls && toProxy instanceof Transport.Stream stream
          ? tunnel(tls, proxy, stream)
          : toProxy;
    } catch (IOException e) {
      throw new IOException("proxy " + proxy + ": " + e.getMessage(), e);
    }
  }

  private Transport direct(Endpoint endpoint) throws IOException, InterruptedException {
    return switch (endpoint) {
      case Endpoint.Tcp(String host, int port) -> {
        Socket socket = connect(host, port);
        yield new Transport.Stream(socket, socket);
      }
      case Endpoint.Tls tls -> {
        Socket socket = connect(tls.host(), tls.port());
        yield shakeHands(tls, socket, socket);
      }
      case Endpoint.Unix(var path) -> Transport.Local.connect(path);
    };
  }

  private Transport tunnel(Endpoint.Tls tls, ProxySettings.Proxy proxy, Transport.Stream toProxy)
      throws IOException {
    String target =
        (tls.host().indexOf(':') < 0 ? tls.host() : "[" + tls.host() + "]") + ":" + tls.port();
    StringBuilder request = new StringBuilder();
    request.append("CONNECT ").append(target).append(" HTTP/1.1\r\nHost: ").append(target);
    proxy
        .userInfo()
        .ifPresent(
            info -> request.append("\r\nProxy-Authorization: ").append(proxyAuthorization(info)));
    request.append("\r\n\r\n");
    Attempt attempt = new Attempt(toProxy.bottom());
    watchdog.watch(attempt);
    try {
      OutputStream out = toProxy.output();
      out.write(request.toString().getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      // Read without a buffer: what follows the empty line belongs to TLS.
      ResponseHead head = new ResponseParser(headBytesMax).read(toProxy.input());
      if (head.status() / 100 != 2) {
        throw new IOException(
            "CONNECT %s was answered %d %s".formatted(target, head.status(), head.reason()));
      }
    } catch (IOException e) {
      toProxy.abandon();
      throw attempt.explained(e, "CONNECT " + target);
    } finally {
      watchdog.forget(attempt);
    }
    return shakeHands(tls, toProxy.socket(), toProxy.bottom());
  }

  private Transport shakeHands(Endpoint.Tls tls, Socket below, Socket bottom) throws IOException {
    Attempt attempt = new Attempt(bottom);
    watchdog.watch(attempt);
    try {
      SSLSocket socket =
          (SSLSocket)
              tls.trust()
                  .context()
                  .getSocketFactory()
                  .createSocket(below, tls.host(), tls.port(), true);
      if (tls.trust().verifies()) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
      }
      socket.startHandshake();
      return new Transport.Stream(socket, bottom);
    } catch (IOException e) {
      attempt.close();
      throw attempt.explained(CertificateTrouble.toldBy(e), "TLS handshake with " + tls);
    } finally {
      watchdog.forget(attempt);
    }
  }

  private Socket connect(String host, int port) throws IOException, InterruptedException {
    InetAddress[] addresses = lookUp(host);
    long deadlineNanos = System.nanoTime() + connectTimeout.toNanos();
    IOException failure = new ConnectException("no address");
    for (int i = 0; i < addresses.length; i++) {
      long leftMillis = (deadlineNanos - System.nanoTime()) / 1_000_000;
      int shareMillis = Math.clamp(leftMillis / (addresses.length - i), 1, Integer.MAX_VALUE);
      Socket socket = new Socket();
      try {
        socket.connect(new InetSocketAddress(addresses[i], port), shareMillis);
        socket.setTcpNoDelay(true);
        socket.setKeepAlive(true);
        return socket;
      } catch (IOException e) {
        socket.close();
        if (Thread.interrupted()) {
          throw new InterruptedException("connecting to " + host + ":" + port);
        }
        failure = e;
      }
    }
    String message = "dial tcp %s:%d: %s".formatted(host, port, words(failure));
    throw failure instanceof SocketTimeoutException
        ? withCause(new SocketTimeoutException(message), failure)
        : withCause(new ConnectException(message), failure);
  }

  /**
   * On a platform thread: the C library's look-up would hold one of the few carriers of the virtual
   * threads, and it cannot be given a time limit.
   */
  private InetAddress[] lookUp(String host) throws IOException, InterruptedException {
    FutureTask<InetAddress[]> task = new FutureTask<>(() -> InetAddress.getAllByName(host));
    Thread.ofPlatform().daemon().name("name-look-up").start(task);
    try {
      return task.get(connectTimeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw withCause(new SocketTimeoutException("looking up " + host + " took too long"), e);
    } catch (ExecutionException _) {
      // The cause says less.
      throw new UnknownHostException("dial tcp: lookup " + host + ": no such host");
    }
  }

  /** As Go's dialer has them: what people search for, and scripts look for. */
  private static String words(IOException failure) {
    return failure instanceof SocketTimeoutException
        ? "i/o timeout"
        : "connect: " + String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
  }

  private static <E extends IOException> E withCause(E exception, Throwable cause) {
    exception.initCause(cause);
    return exception;
  }

  /** A handshake that has to end in time. */
  private final class Attempt implements Watchdog.Watched {
    private final Socket bottom;
    private final long deadlineNanos = System.nanoTime() + connectTimeout.toNanos();
    private volatile boolean late;

    Attempt(Socket bottom) {
      this.bottom = bottom;
    }

    @Override
    public void closeIfLate(long nowNanos) {
      if (nowNanos - deadlineNanos > 0) {
        late = true;
        close();
      }
    }

    @Override
    public void close() {
      new Transport.Stream(bottom, bottom).abandon();
    }

    IOException explained(IOException e, String step) {
      return late ? withCause(new SocketTimeoutException(step + " took too long"), e) : e;
    }
  }
}
