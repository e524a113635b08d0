package dev.plimsoll.http.client;

import dev.plimsoll.http.Duplex;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;

/**
 * Sends requests and waits for the answers. Safe for many threads; meant for virtual ones, which an
 * interrupt wakes: the connection is closed and {@link InterruptedException} thrown.
 *
 * <p>Connections are kept for the next request to the same endpoint until {@code idleTimeout}.
 * Closing the client closes all connections but those handed out by {@link #hijack}.
 */
public final class HttpClient implements AutoCloseable {
  private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "PUT", "DELETE");
  private static final int INFORMATIONAL_MAX = 16;
  private static final int REFUSAL_BYTES_MAX = 64 * 1024;
  private static final Duration LAST_WORD_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration CONTINUE_TIMEOUT = Duration.ofSeconds(1);

  private final ClientSettings settings;
  private final ConnectionPool pool;

  public HttpClient(ClientSettings settings) {
    this.settings = settings;
    this.pool = new ConnectionPool(settings);
  }

  public ClientSettings settings() {
    return settings;
  }

  /**
   * Sends the request and waits for the headers of the answer, whatever its status. Redirects are
   * not followed.
   *
   * @return the answer; the caller closes it
   * @throws MalformedResponseException if what came is not HTTP
   * @throws java.net.SocketTimeoutException if a time limit passed
   * @throws IOException if no answer came; whether the server acted on the request is then unknown
   */
  public ClientResponse send(ClientRequest request) throws IOException, InterruptedException {
    boolean repeatable =
        IDEMPOTENT.contains(request.method())
            && (request.body() instanceof RequestBody.None
                || request.body() instanceof RequestBody.Bytes);
    while (true) {
      Connection connection = take(request, repeatable);
      boolean usedBefore = connection.usedBefore();
      try {
        return exchange(connection, request);
      } catch (ResponseParser.EmptyAnswerException e) {
        connection.close();
        requireNoInterrupt(request);
        if (!repeatable || !usedBefore) {
          throw new IOException(request + ": " + e.getMessage(), e);
        }
        // The server closed an idle connection just as we used it. The next one may be as old, but
        // each turn uses one up, and a new one is not tried twice.
      } catch (IOException | RuntimeException e) {
        connection.close();
        requireNoInterrupt(request);
        throw e;
      }
    }
  }

  /**
   * Asks the server to turn the connection into a raw one ({@code Upgrade: tcp}), as Docker's attach
   * and exec do. The answer has to be 101, or a 200 without a framed body.
   *
   * @return both directions, without time limits; the caller closes it
   * @throws UpgradeRefusedException if the server answered otherwise
   */
  public Duplex hijack(ClientRequest request) throws IOException, InterruptedException {
    Connection connection = take(request, false);
    try {
      RequestWriter writer = new RequestWriter(connection, request, settings.userAgent());
      connection.limitWhole("sending the request", settings.responseTimeout());
      writer.sendHead("Connection: Upgrade\r\nUpgrade: tcp\r\n");
      writer.sendBody();
      ResponseHead head = readHead(connection, request);
      boolean raw =
          head.status() == 101
              || (head.status() == 200 && !head.chunked() && head.contentLength().isEmpty());
      if (!raw) {
        try (ClientResponse refusal = response(connection, request, head, false)) {
          throw new UpgradeRefusedException(
              head.status(), refusal.body().readNBytes(REFUSAL_BYTES_MAX));
        }
      }
      connection.limitNothing();
      pool.detach(connection);
      return new HijackedConnection(connection);
    } catch (IOException | RuntimeException e) {
      connection.close();
      requireNoInterrupt(request);
      throw e;
    }
  }

  /** Closes pooled connections and those of answers still being read. */
  @Override
  public void close() {
    pool.close();
  }

  int idleConnections() {
    return pool.idleCount();
  }

  private Connection take(ClientRequest request, boolean repeatable)
      throws IOException, InterruptedException {
    Route route = new Route(request.endpoint(), settings.proxies().proxyFor(request.endpoint()));
    return pool.take(
        route, repeatable ? ConnectionPool.Freshness.LIKELY : ConnectionPool.Freshness.CHECKED);
  }

  private ClientResponse exchange(Connection connection, ClientRequest request) throws IOException {
    boolean asksFirst =
        request.expectation() == ClientRequest.Expectation.CONTINUE
            && !(request.body() instanceof RequestBody.None)
            && !(request.body() instanceof RequestBody.Bytes)
            && connection.transport() instanceof Transport.Stream;
    RequestWriter writer = new RequestWriter(connection, request, settings.userAgent());
    connection.limitEach("sending the request", stall(request));
    RequestWriter.Outcome outcome = writer.sendHead(asksFirst ? "Expect: 100-continue\r\n" : "");
    if (asksFirst
        && outcome == RequestWriter.Outcome.SENT
        && connection.inputWithin(CONTINUE_TIMEOUT)) {
      ResponseHead head = readOneHead(connection, request);
      if (!head.informational()) {
        return response(connection, request, head, false);
      }
    }
    if (outcome == RequestWriter.Outcome.SENT) {
      outcome = writer.sendBody();
    }
    boolean whole = outcome == RequestWriter.Outcome.SENT;
    if (!whole) {
      connection.limitWhole("waiting for the answer", LAST_WORD_TIMEOUT);
      return response(connection, request, skipInformational(connection), false);
    }
    return response(connection, request, readHead(connection, request), true);
  }

  private ResponseHead readHead(Connection connection, ClientRequest request) throws IOException {
    connection.limitWhole("waiting for the answer", patience(request));
    return skipInformational(connection);
  }

  private ResponseHead readOneHead(Connection connection, ClientRequest request)
      throws IOException {
    connection.limitWhole("waiting for the answer", patience(request));
    ResponseHead head = new ResponseParser(settings.headBytesMax()).read(connection.input());
    connection.limitEach("sending the request", stall(request));
    return head;
  }

  private ResponseHead skipInformational(Connection connection) throws IOException {
    for (int i = 0; i < INFORMATIONAL_MAX; i++) {
      ResponseHead head = new ResponseParser(settings.headBytesMax()).read(connection.input());
      if (!head.informational() || head.status() == 101) {
        return head;
      }
    }
    throw new MalformedResponseException(
        "more than " + INFORMATIONAL_MAX + " informational answers");
  }

  private ClientResponse response(
      Connection connection, ClientRequest request, ResponseHead head, boolean requestSent)
      throws IOException {
    if (head.status() == 101) {
      throw new MalformedResponseException("the server switched protocols without being asked");
    }
    connection.answered();
    ResponseBody.Framing framing = framing(request, head);
    boolean keep =
        requestSent
            && head.keepsAlive()
            && !(framing instanceof ResponseBody.ToTheEnd)
            && !(head.chunked() && head.contentLength().isPresent());
    connection.limitEach("reading the answer", stall(request));
    return new ClientResponse(
        head, new ResponseBody(connection, framing, keep ? pool::giveBack : Connection::close));
  }

  /** RFC 9112 section 6.3. */
  private static ResponseBody.Framing framing(ClientRequest request, ResponseHead head) {
    if (request.method().equals("HEAD") || head.status() == 204 || head.status() == 304) {
      return new ResponseBody.Sized(0);
    }
    if (head.chunked()) {
      return new ResponseBody.Chunked();
    }
    if (head.contentLength().isPresent()) {
      return new ResponseBody.Sized(head.contentLength().getAsLong());
    }
    return new ResponseBody.ToTheEnd();
  }

  private Duration patience(ClientRequest request) {
    return request.patience() == ClientRequest.Patience.UNLIMITED
        ? Duration.ZERO
        : settings.responseTimeout();
  }

  private Duration stall(ClientRequest request) {
    return request.patience() == ClientRequest.Patience.UNLIMITED
        ? Duration.ZERO
        : settings.stallTimeout();
  }

  private static void requireNoInterrupt(ClientRequest request) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException(request.toString());
    }
  }
}
