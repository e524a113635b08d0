package dev.plimsoll.content.s3;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** Stands in front of an S3 server and does to requests what networks and servers do. */
public final class FaultProxy implements AutoCloseable {
  private static final Set<String> NOT_FORWARDED =
      Set.of("connection", "content-length", "expect", "upgrade", "transfer-encoding");

  static {
    // The signature is over the name of the host that the client asked.
    System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host");
  }

  /** What happens to one request. */
  public enum Fault {
    NONE,
    /** Refused before anything is done. */
    ANSWERED_500,
    ANSWERED_503,
    /** Carried out, and the answer is lost. */
    ANSWER_LOST,
    /** Answered, but the body ends in the middle. */
    CUT_SHORT
  }

  /** Says what happens; is asked once for every request. */
  public interface Rule {
    Fault fault(String method, String target);
  }

  private final URI target;
  private final HttpServer server;
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<HttpRequest> deletes = new CopyOnWriteArrayList<>();
  private final List<HttpRequest> seen = new CopyOnWriteArrayList<>();
  private volatile Rule rule = (method, path) -> Fault.NONE;

  private FaultProxy(URI target, HttpServer server) {
    this.target = target;
    this.server = server;
  }

  public static FaultProxy before(URI s3) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    FaultProxy proxy = new FaultProxy(s3, server);
    server.createContext("/", proxy::handle);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    return proxy;
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  public void misbehave(Rule newRule) {
    rule = newRule;
  }

  public void behave() {
    rule = (method, path) -> Fault.NONE;
  }

  /** What came through, with its headers. */
  List<HttpRequest> seen() {
    return seen;
  }

  /** Every delete that ever came through arrives a second time. */
  public void repeatDeletes() throws IOException {
    for (HttpRequest delete : deletes) {
      forward(delete);
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      String path = exchange.getRequestURI().toString();
      byte[] body = exchange.getRequestBody().readAllBytes();
      Fault fault = rule.fault(method, path);
      switch (fault) {
        case ANSWERED_500 -> exchange.sendResponseHeaders(500, -1);
        case ANSWERED_503 -> exchange.sendResponseHeaders(503, -1);
        case NONE, ANSWER_LOST, CUT_SHORT -> {
          HttpResponse<byte[]> answer = forward(request(exchange, body));
          if (fault == Fault.ANSWER_LOST) {
            throw new IOException("the answer is lost");
          }
          answer(exchange, answer, fault);
        }
      }
    }
  }

  private HttpRequest request(HttpExchange exchange, byte[] body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(target + exchange.getRequestURI().toString()))
            .method(
                exchange.getRequestMethod(),
                body.length == 0
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(body));
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> {
          if (!NOT_FORWARDED.contains(name.toLowerCase(java.util.Locale.ROOT))) {
            values.forEach(value -> request.header(name, value));
          }
        });
    HttpRequest built = request.build();
    seen.add(built);
    if (exchange.getRequestMethod().equals("DELETE")) {
      deletes.add(built);
    }
    return built;
  }

  private HttpResponse<byte[]> forward(HttpRequest request) throws IOException {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static void answer(HttpExchange exchange, HttpResponse<byte[]> answer, Fault fault)
      throws IOException {
    answer
        .headers()
        .map()
        .forEach((name, values) -> {
          if (!NOT_FORWARDED.contains(name)) {
            exchange.getResponseHeaders().put(name, values);
          }
        });
    byte[] body = answer.body();
    if (exchange.getRequestMethod().equals("HEAD") || body.length == 0) {
      answer
          .headers()
          .firstValue("content-length")
          .ifPresent(length -> exchange.getResponseHeaders().set("Content-Length", length));
      exchange.sendResponseHeaders(answer.statusCode(), -1);
      return;
    }
    exchange.sendResponseHeaders(answer.statusCode(), body.length);
    int sent = fault == Fault.CUT_SHORT ? body.length / 2 : body.length;
    exchange.getResponseBody().write(body, 0, sent);
    if (sent < body.length) {
      exchange.getResponseBody().flush();
      throw new IOException("cut short");
    }
  }

  @Override
  public void close() {
    server.stop(0);
    client.close();
  }
}
