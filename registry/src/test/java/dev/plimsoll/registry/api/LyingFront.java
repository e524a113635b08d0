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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands before a registry, passes on what it says, and misbehaves when told to. */
final class LyingFront implements AutoCloseable {
  enum Mood {
    HONEST,
    /** Answers 503. */
    BROKEN,
    /** Answers nothing until the mood changes. */
    SLOW,
    /** Answers 429. */
    BUSY,
    /** Answers 429 to whoever wants the bytes of a blob. */
    BUSY_WITH_BLOBS,
    /** Flips a bit of everything. */
    LYING,
    /** Says that every blob has 0 bytes. */
    EMPTY_BLOBS,
    /** Does not say how many bytes a blob has. */
    SIZELESS_BLOBS,
    /** Knows nothing any more. */
    EMPTY
  }

  private final HttpClient http = HttpClient.newHttpClient();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;
  private final String behind;
  private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
  private volatile Mood mood = Mood.HONEST;
  private volatile String unknownPath = "/none/";
  private volatile String retryAfter = "";
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private volatile CountDownLatch slow = new CountDownLatch(0);

  LyingFront(String behind) throws IOException {
    this.behind = behind;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  void become(Mood newMood) {
    slow.countDown();
    slow = new CountDownLatch(newMood == Mood.SLOW ? 1 : 0);
    mood = newMood;
  }

  /** From now on what is busy or broken says when to come again. */
  void askForPatience(String newRetryAfter) {
    retryAfter = newRetryAfter;
  }

  /** How often anything was asked for. */
  int askedInAll() {
    return asked.values().stream().mapToInt(AtomicInteger::get).sum();
  }

  /** Answers 404 to whatever has this in its path, as a registry of an older time. */
  void knowNothingOf(String part) {
    unknownPath = part;
  }

  /** Holds back the second half of every blob until the latch is counted down. */
  void holdBlobs(CountDownLatch until) {
    gate = until;
  }

  /** How often the method and path were asked for. */
  int asked(String methodAndPath) {
    AtomicInteger count = asked.get(methodAndPath);
    return count == null ? 0 : count.get();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().toString();
    asked
        .computeIfAbsent(exchange.getRequestMethod() + " " + path, _ -> new AtomicInteger())
        .incrementAndGet();
    try (exchange) {
      if (path.contains(unknownPath)) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      switch (mood) {
        case BROKEN -> refuse(exchange, 503);
        case BUSY -> refuse(exchange, 429);
        case EMPTY -> exchange.sendResponseHeaders(path.equals("/v2/") ? 200 : 404, -1);
        case SLOW -> {
          slow.await();
          exchange.sendResponseHeaders(503, -1);
        }
        case BUSY_WITH_BLOBS -> {
          if (path.contains("/blobs/") && exchange.getRequestMethod().equals("GET")) {
            refuse(exchange, 429);
          } else {
            pass(exchange, path);
          }
        }
        case HONEST, LYING, EMPTY_BLOBS, SIZELESS_BLOBS -> pass(exchange, path);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void refuse(HttpExchange exchange, int status) throws IOException {
    if (!retryAfter.isEmpty()) {
      exchange.getResponseHeaders().set("Retry-After", retryAfter);
    }
    exchange.sendResponseHeaders(status, -1);
  }

  private void pass(HttpExchange exchange, String path) throws IOException, InterruptedException {
    boolean head = exchange.getRequestMethod().equals("HEAD");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(behind + path))
            .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.noBody());
    exchange
        .getRequestHeaders()
        .getOrDefault("Range", java.util.List.of())
        .forEach(range -> request.header("Range", range));
    HttpResponse<byte[]> reply =
        http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    for (String name :
        new String[] {"Content-Type", "Docker-Content-Digest", "Content-Range", "Link"}) {
      reply
          .headers()
          .firstValue(name)
          .ifPresent(value -> exchange.getResponseHeaders().set(name, value));
    }
    byte[] body = reply.body();
    if (head) {
      reply
          .headers()
          .firstValue("Content-Length")
          .filter(_ -> mood != Mood.SIZELESS_BLOBS || !path.contains("/blobs/"))
          .map(value -> mood == Mood.EMPTY_BLOBS && path.contains("/blobs/") ? "0" : value)
          .ifPresent(value -> exchange.getResponseHeaders().set("Content-Length", value));
      exchange.sendResponseHeaders(reply.statusCode(), -1);
      return;
    }
    if (mood == Mood.LYING && body.length > 0) {
      body[body.length / 2] ^= 1;
    }
    exchange.sendResponseHeaders(reply.statusCode(), body.length == 0 ? -1 : body.length);
    int half = path.contains("/blobs/") ? body.length / 2 : 0;
    exchange.getResponseBody().write(body, 0, half);
    exchange.getResponseBody().flush();
    if (half > 0) {
      gate.await();
    }
    exchange.getResponseBody().write(body, half, body.length - half);
  }

  @Override
  public void close() {
    become(Mood.HONEST);
    server.stop(0);
    threads.shutdownNow();
    http.shutdownNow();
  }
}
