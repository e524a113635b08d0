package dev.plimsoll.system;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Stands before an upstream registry, counts what it is asked, and misbehaves as it is told. */
final class UpstreamFront implements AutoCloseable {
  private static final List<String> ASKED = List.of("Accept", "Authorization", "Range");
  private static final List<String> TOLD =
      List.of("Content-Type", "Content-Range", "Docker-Content-Digest", "WWW-Authenticate");

  /** How it behaves. */
  enum Mood {
    HONEST,
    /** Closes the connection. */
    STOPPED,
    /** Answers nothing until the mood changes. */
    SLOW,
    /** Tells the length of a body, sends half of it and hangs up. */
    CUTTING,
    /** Turns a bit of every body over. */
    LYING,
    /** Answers 429. */
    BUSY
  }

  private final HttpClient http = HttpClient.newHttpClient();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;
  private final String behind;
  private final Queue<String> asked = new ConcurrentLinkedQueue<>();
  private volatile Mood mood = Mood.HONEST;
  private volatile CountDownLatch silence = new CountDownLatch(0);
  private volatile CountDownLatch halfway = new CountDownLatch(0);

  private UpstreamFront(String host) throws IOException {
    this.behind = "http://" + host;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  static UpstreamFront before(String host) throws IOException {
    return new UpstreamFront(host);
  }

  String host() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  void become(Mood newMood) {
    CountDownLatch ended = silence;
    silence = new CountDownLatch(newMood == Mood.SLOW ? 1 : 0);
    mood = newMood;
    ended.countDown();
  }

  /** Holds the second half of every blob back until the latch is counted down. */
  void holdBlobs(CountDownLatch until) {
    CountDownLatch before = halfway;
    halfway = until;
    before.countDown();
  }

  /** How many requests began so, as in {@code GET /v2/team/app/blobs/}. */
  long asked(String methodAndPath) {
    return asked.stream().filter(request -> request.startsWith(methodAndPath)).count();
  }

  private void answer(HttpExchange exchange) throws IOException {
    asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
    try (exchange) {
      switch (mood) {
        case STOPPED -> {}
        case SLOW -> silence.await();
        case BUSY -> exchange.sendResponseHeaders(429, -1);
        case HONEST, CUTTING, LYING -> pass(exchange);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void pass(HttpExchange exchange) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(behind + exchange.getRequestURI()))
            .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.noBody());
    Headers headers = exchange.getRequestHeaders();
    for (String name : ASKED) {
      headers.getOrDefault(name, List.of()).forEach(value -> request.header(name, value));
    }
    HttpResponse<byte[]> reply =
        http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    for (String name : TOLD) {
      reply.headers().allValues(name).forEach(v -> exchange.getResponseHeaders().add(name, v));
    }
    byte[] body = reply.body();
    if (exchange.getRequestMethod().equals("HEAD") || body.length == 0) {
      reply
          .headers()
          .firstValue("Content-Length")
          .ifPresent(length -> exchange.getResponseHeaders().set("Content-Length", length));
      exchange.sendResponseHeaders(reply.statusCode(), -1);
      return;
    }
    if (mood == Mood.LYING) {
      body[body.length / 2] ^= 1;
    }
    exchange.sendResponseHeaders(reply.statusCode(), body.length);
    send(body, exchange);
  }

  private void send(byte[] body, HttpExchange exchange) throws IOException, InterruptedException {
    OutputStream client = exchange.getResponseBody();
    client.write(body, 0, body.length / 2);
    client.flush();
    if (mood == Mood.CUTTING) {
      return;
    }
    if (exchange.getRequestURI().getPath().contains("/blobs/")) {
      halfway.await();
    }
    client.write(body, body.length / 2, body.length - body.length / 2);
  }

  @Override
  public void close() {
    become(Mood.HONEST);
    server.stop(0);
    threads.shutdownNow();
    http.shutdownNow();
  }
}
