package dev.plimsoll.registry.api;

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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands before a registry and does with single requests what a test wants. */
final class CrookedFront implements AutoCloseable {

  /** What becomes of a request. */
  enum Fate {
    PASSED,
    /** 429, and to come back in a second. */
    TOO_MANY,
    /** 429, and to come back in ten minutes. */
    MUCH_TOO_MANY,
    /** Half of the answer, and the end of the connection. */
    CUT,
    /** A bit of the answer is another. */
    FLIPPED,
    DENIED,
    BROKEN
  }

  /** Decides, from method and path, and how often they came before. */
  interface Rule {
    Fate fate(String methodAndPath, int before);
  }

  private static final List<String> ASKED = List.of("Range", "Accept");
  private static final List<String> ANSWERED =
      List.of("Content-Type", "Docker-Content-Digest", "Content-Range", "Link");

  private final HttpClient http = HttpClient.newHttpClient();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
  private final HttpServer server;
  private final String behind;
  private volatile Rule rule = (_, _) -> Fate.PASSED;

  CrookedFront(String behind) throws IOException {
    this.behind = behind;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  void obey(Rule newRule) {
    rule = newRule;
    asked.clear();
  }

  /** How often this was asked since the last rule came. */
  int asked(String methodAndPath) {
    AtomicInteger count = asked.get(methodAndPath);
    return count == null ? 0 : count.get();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
    int before = asked.computeIfAbsent(request, _ -> new AtomicInteger()).getAndIncrement();
    Fate fate = rule.fate(request, before);
    try (exchange) {
      switch (fate) {
        case TOO_MANY -> refuse(exchange, 429, "1");
        case MUCH_TOO_MANY -> refuse(exchange, 429, "600");
        case DENIED -> refuse(exchange, 403, "");
        case BROKEN -> refuse(exchange, 500, "");
        case PASSED, CUT, FLIPPED -> pass(exchange, fate);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void refuse(HttpExchange exchange, int status, String retryAfter)
      throws IOException {
    if (!retryAfter.isEmpty()) {
      exchange.getResponseHeaders().set("Retry-After", retryAfter);
    }
    exchange.sendResponseHeaders(status, -1);
  }

  private void pass(HttpExchange exchange, Fate fate) throws IOException, InterruptedException {
    String method = exchange.getRequestMethod();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(behind + exchange.getRequestURI()))
            .method(method, HttpRequest.BodyPublishers.noBody());
    for (String name : ASKED) {
      exchange
          .getRequestHeaders()
          .getOrDefault(name, List.of())
          .forEach(value -> request.header(name, value));
    }
    HttpResponse<byte[]> reply =
        http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    for (String name : ANSWERED) {
      reply
          .headers()
          .firstValue(name)
          .ifPresent(value -> exchange.getResponseHeaders().set(name, value));
    }
    byte[] body = reply.body();
    if (method.equals("HEAD")) {
      reply
          .headers()
          .firstValue("Content-Length")
          .ifPresent(value -> exchange.getResponseHeaders().set("Content-Length", value));
      exchange.sendResponseHeaders(reply.statusCode(), -1);
      return;
    }
    if (fate == Fate.FLIPPED && body.length > 0) {
      body[body.length / 2] ^= 1;
    }
    exchange.sendResponseHeaders(reply.statusCode(), body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body, 0, fate == Fate.CUT ? body.length / 2 : body.length);
    exchange.getResponseBody().flush();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    http.shutdownNow();
  }
}
