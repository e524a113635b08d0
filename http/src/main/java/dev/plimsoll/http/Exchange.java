package dev.plimsoll.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One request, from the end of its header to the end of its handler, and the answer to it. */
final class Exchange implements Request {
  private static final byte[] CONTINUE =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

  private final Connection connection;
  private final RequestHead head;
  private final String id;
  private final Inbox inbox;
  private final BodyReader reader;
  private final ServerResponse response;
  private final long startedNanos = System.nanoTime();
  private @Nullable List<Runnable> disconnectActions = new ArrayList<>(0);
  private boolean disconnected;
  private volatile boolean continueSent;

  Exchange(Connection connection, RequestHead head, String id, Inbox inbox) {
    this.connection = connection;
    this.head = head;
    this.id = id;
    this.inbox = inbox;
    this.reader = new BodyReader(inbox, this::sendContinueIfAwaited);
    this.response = new ServerResponse(this);
  }

  RequestHead head() {
    return head;
  }

  Connection connection() {
    return connection;
  }

  Inbox inbox() {
    return inbox;
  }

  ServerResponse response() {
    return response;
  }

  long startedNanos() {
    return startedNanos;
  }

  /** A client that has announced its body and still waits for leave sends nothing until it gets it. */
  private void sendContinueIfAwaited() throws IOException {
    if (awaitsContinue() && !response.committed()) {
      continueSent = true;
      connection.outbox().write(CONTINUE);
    }
  }

  /** Whether nobody can tell if the client is going to send the body it announced. */
  boolean awaitsContinue() {
    return head.expectsContinue() && !continueSent && !inbox.ended() && inbox.receivedBytes() == 0;
  }

  void discardBody() throws IOException {
    reader.forEachPart(part -> {});
  }

  /** Lets go of everything; for the handler's thread, after the handler. */
  void ended() {
    reader.abandon();
    response.release();
    synchronized (this) {
      disconnectActions = null;
    }
  }

  /** The client is gone, or will send nothing more. */
  synchronized void disconnected() {
    if (!disconnected && disconnectActions != null) {
      disconnected = true;
      disconnectActions.forEach(this::runAction);
      disconnectActions.clear();
    }
  }

  @Override
  public synchronized void onDisconnect(Runnable action) {
    if (disconnected) {
      runAction(action);
    } else if (disconnectActions != null) {
      disconnectActions.add(action);
    }
  }

  private void runAction(Runnable action) {
    Thread.ofVirtual().name("http-disconnect-", 0).start(action);
  }

  @Override
  public String method() {
    return head.method();
  }

  @Override
  public String target() {
    return head.target();
  }

  @Override
  public String path() {
    return head.path();
  }

  @Override
  public Optional<String> query(String name) {
    return queries(name).stream().findFirst();
  }

  @Override
  public List<String> queries(String name) {
    List<String> values = new ArrayList<>(1);
    for (String pair : pairs()) {
      if (name(pair).equals(name)) {
        int equals = pair.indexOf('=');
        values.add(equals < 0 ? "" : decoded(pair.substring(equals + 1)));
      }
    }
    return values;
  }

  @Override
  public Set<String> queryNames() {
    Set<String> names = new LinkedHashSet<>();
    for (String pair : pairs()) {
      names.add(name(pair));
    }
    return names;
  }

  private List<String> pairs() {
    return Arrays.stream(head.query().split("&", -1)).filter(pair -> !pair.isEmpty()).toList();
  }

  private static String name(String pair) {
    int equals = pair.indexOf('=');
    return decoded(equals < 0 ? pair : pair.substring(0, equals));
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      return text;
    }
  }

  @Override
  public Optional<String> header(String name) {
    return head.headers().first(name);
  }

  @Override
  public List<String> headers(String name) {
    return head.headers().all(name);
  }

  @Override
  public OptionalLong contentLength() {
    return head.contentLength() < 0 ? OptionalLong.empty() : OptionalLong.of(head.contentLength());
  }

  @Override
  public boolean hasBody() {
    return head.hasBody();
  }

  @Override
  public boolean secure() {
    return connection.secure();
  }

  @Override
  public SocketAddress peer() {
    return connection.peer();
  }

  @Override
  public Optional<X509Certificate> clientCertificate() {
    return connection.clientCertificate();
  }

  @Override
  public InputStream body() {
    return reader;
  }

  @Override
  public byte[] bytes(int bytesMax) throws IOException {
    if (head.contentLength() > bytesMax) {
      throw new BodyException.TooLarge(bytesMax);
    }
    byte[] bytes = reader.readNBytes(bytesMax);
    if (bytes.length == bytesMax && reader.read() >= 0) {
      throw new BodyException.TooLarge(bytesMax);
    }
    return bytes;
  }

  @Override
  public long forEachPart(BodyConsumer consumer) throws IOException {
    return reader.forEachPart(consumer);
  }

  @Override
  public String id() {
    return id;
  }
}
