package dev.plimsoll.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP/1.1 server for one {@link Handler}, on as many sockets as are asked for. Safe for many
 * threads. Whoever makes it closes it.
 */
public final class HttpServer implements AutoCloseable {
  /**
   * The logger with one line a request: at INFO what failed or may have changed something, at DEBUG
   * the reads that went well.
   */
  public static final String ACCESS_LOG = "dev.plimsoll.http.access";

  private static final Logger log = LoggerFactory.getLogger(HttpServer.class);
  private static final int BACKLOG = 1024;
  private static final int LOOPS_MAX = 8;

  /** How long handlers have to end after their connections were cut, and again when interrupted. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  /** How often a drain looks for connections that have become idle. */
  private static final Duration DRAIN_STEP = Duration.ofMillis(50);

  private final Exchanges exchanges;
  private final Admission admission;
  private final Transport transport;
  private final EventLoopGroup loops;
  private final Acceptor.Shared shared;
  private final List<Channel> listeners = new ArrayList<>();
  private final List<UnixSocketFile> socketFiles = new ArrayList<>();
  private boolean closed;

  /** Makes a server that does not listen yet. */
  public HttpServer(Handler handler, Limits limits) {
    this(handler, limits, RequestMetrics.NONE);
  }

  /** Makes a server that does not listen yet, and whose requests are counted. */
  public HttpServer(Handler handler, Limits limits, RequestMetrics metrics) {
    this(handler, limits, metrics, Transport.best());
  }

  HttpServer(Handler handler, Limits limits, RequestMetrics metrics, Transport transport) {
    // On two cores one loop was best, with the handlers on the other core.
    int loopCount = Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, LOOPS_MAX);
    this.admission = new Admission(limits.connectionsMax());
    this.exchanges = new Exchanges(handler, limits, metrics, admission);
    this.transport = transport;
    this.loops =
        new MultiThreadIoEventLoopGroup(
            loopCount, new DefaultThreadFactory("http-loop", true), transport.ioHandler());
    this.shared = new Acceptor.Shared(exchanges, Acceptor.buffers(loopCount));
  }

  /**
   * Starts to listen on an Internet address, port 0 for any free one.
   *
   * @return the address it listens on
   */
  public InetSocketAddress listen(InetSocketAddress address) throws IOException {
    return bindInternet(address, new Acceptor(shared));
  }

  /**
   * Starts to listen for TLS.
   *
   * @param identity asked for each connection on a virtual thread, so that a new certificate takes effect
   *     without a restart; an equal one for as long as nothing has changed
   */
  public InetSocketAddress listen(InetSocketAddress address, Supplier<TlsIdentity> identity)
      throws IOException {
    return bindInternet(address, new TlsAcceptor(shared, identity));
  }

  private InetSocketAddress bindInternet(InetSocketAddress address, Acceptor acceptor)
      throws IOException {
    if (address.isUnresolved()) {
      throw new IOException("the address to listen on is unknown: " + address.getHostString());
    }
    Channel channel = bind(transport.internetChannel(), address, acceptor, address.toString());
    return (InetSocketAddress) channel.localAddress();
  }

  /**
   * Starts to listen on a unix socket. A socket file that nobody listens on is replaced; the file is
   * removed when the server closes.
   *
   * @throws IOException with a sentence when another server listens there, or when the path is no socket
   */
  public synchronized void listen(UnixListener socket) throws IOException {
    UnixSocketFile file = UnixSocketFile.prepare(socket);
    try {
      bind(
          transport.unixChannel(),
          transport.unixAddress(file.bindPath()),
          new Acceptor(shared),
          socket.path().toString());
      file.publish();
      socketFiles.add(file);
    } catch (IOException e) {
      file.remove();
      throw e;
    }
  }

  private synchronized Channel bind(
      Class<? extends ServerChannel> type, SocketAddress address, Acceptor acceptor, String name)
      throws IOException {
    if (closed) {
      throw new IOException("the server has been closed");
    }
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(type)
            .handler(admission)
            .childHandler(acceptor)
            .option(ChannelOption.SO_BACKLOG, BACKLOG);
    if (address instanceof InetSocketAddress) {
      bootstrap
          .option(ChannelOption.SO_REUSEADDR, true)
          .childOption(ChannelOption.TCP_NODELAY, true)
          .childOption(ChannelOption.SO_KEEPALIVE, true);
    }
    Acceptor.configure(bootstrap, shared);
    ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(
          "cannot listen on %s: %s".formatted(name, bound.cause().getMessage()), bound.cause());
    }
    listeners.add(bound.channel());
    return bound.channel();
  }

  /** How many clients are connected. */
  public int connections() {
    return admission.connections();
  }

  /**
   * Stops listening, lets the requests in progress end, closes each connection after its answer, and cuts
   * what is left after {@code grace}.
   */
  public void close(Duration grace) throws InterruptedException {
    long deadline = System.nanoTime() + grace.toNanos();
    exchanges.drain();
    stopListening();
    boolean ended = false;
    while (!ended && System.nanoTime() < deadline) {
      shared.connections().forEach(Connection::closeIfIdle);
      ended = admission.awaitNone(Math.min(deadline, System.nanoTime() + DRAIN_STEP.toNanos()));
    }
    if (!ended) {
      shared.connections().forEach(c -> c.cut("the server is closing"));
    }
    if (!exchanges.awaitEnd(LAST_WORDS)) {
      exchanges.interruptRunning();
      if (!exchanges.awaitEnd(LAST_WORDS)) {
        log.warn("server closed over handlers that do not end count={}", exchanges.runningCount());
      }
    }
    loops.shutdownGracefully(0, LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS).await();
  }

  private synchronized void stopListening() {
    closed = true;
    listeners.forEach(channel -> channel.close().awaitUninterruptibly());
    listeners.clear();
    for (UnixSocketFile file : socketFiles) {
      try {
        file.remove();
      } catch (IOException e) {
        log.warn("socket file not removed cause={}", e.toString());
      }
    }
    socketFiles.clear();
  }

  /** Stops listening and cuts all connections at once. */
  @Override
  public void close() {
    try {
      close(Duration.ZERO);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
