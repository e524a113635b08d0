package dev.plimsoll.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** A server on one kind of socket, with a count of the handlers that are in progress. */
final class TestServer implements AutoCloseable {
  static final TestIdentity IDENTITY = TestIdentity.make("server");

  /** The kinds of socket that all behave alike. */
  enum Kind {
    TCP,
    TLS,
    UNIX,
    NIO_TCP;

    private Transport transport() {
      return this == NIO_TCP ? Transport.NIO : Transport.EPOLL;
    }
  }

  interface Connector {
    RawClient connect() throws IOException;
  }

  final HttpServer server;
  private final Connector connector;
  private final AtomicInteger handlers = new AtomicInteger();
  private final Path directory;

  TestServer(Kind kind, Limits limits, Handler handler) throws IOException {
    this.server =
        new HttpServer(
            (request, response) -> {
              handlers.incrementAndGet();
              try {
                handler.handle(request, response);
              } finally {
                handlers.decrementAndGet();
              }
            },
            limits,
            RequestMetrics.NONE,
            kind.transport());
    this.directory = Files.createTempDirectory("plimsoll-http");
    this.connector = listen(kind);
  }

  private Connector listen(Kind kind) throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return switch (kind) {
      case TCP, NIO_TCP -> {
        InetSocketAddress address = server.listen(any);
        yield () -> RawClient.tcp(address);
      }
      case TLS -> {
        InetSocketAddress address = server.listen(any, IDENTITY::forServer);
        yield () -> RawClient.tls(address, IDENTITY.client());
      }
      case UNIX -> {
        Path socket = directory.resolve("test.sock");
        server.listen(UnixListener.at(socket));
        yield () -> RawClient.unix(socket);
      }
    };
  }

  RawClient connect() throws IOException {
    return connector.connect();
  }

  int handlers() {
    return handlers.get();
  }

  @Override
  public void close() throws IOException {
    server.close();
    Files.deleteIfExists(directory);
  }
}
