package dev.plimsoll.transfer;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/**
 * A registry that serves what it was given, and misbehaves where it was told to. Every request is
 * written down as {@code METHOD path Authorization}.
 */
final class FakeRegistry implements AutoCloseable {
  /** Answers one request; the exchange is closed afterwards. */
  interface Answer {
    void to(HttpExchange exchange) throws IOException;
  }

  private final HttpServer server;
  private final PlainFront front;
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private volatile Answer gate = exchange -> {};

  FakeRegistry() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
    front = new PlainFront(server.getAddress());
    on("/v2/", exchange -> send(exchange, 200, "application/json", "{}"));
  }

  String host() {
    return "127.0.0.1:" + front.port();
  }

  String url() {
    return "http://" + host();
  }

  ImageName image(String repositoryAndTag) {
    return ImageName.parse(host() + "/" + repositoryAndTag);
  }

  FakeRegistry on(String path, Answer answer) {
    answers.put(path, answer);
    return this;
  }

  /** Runs before every answer; what it answers itself is the answer. */
  FakeRegistry gate(Answer newGate) {
    gate = newGate;
    return this;
  }

  FakeRegistry blob(String repository, byte[] content) {
    String path = "/v2/" + repository + "/blobs/" + Digest.sha256(content);
    return on(path, exchange -> sendRange(exchange, content));
  }

  FakeRegistry manifest(String repository, String reference, String type, byte[] content) {
    String digest = Digest.sha256(content).toString();
    Answer answer =
        exchange -> {
          exchange.getResponseHeaders().set("Docker-Content-Digest", digest);
          send(exchange, 200, type, content);
        };
    on("/v2/" + repository + "/manifests/" + reference, answer);
    return on("/v2/" + repository + "/manifests/" + digest, answer);
  }

  /** Gives an image all it needs, under a tag. */
  FakeRegistry image(String repository, String tag, TestImage image) {
    image.blobs().forEach(blob -> blob(repository, blob));
    return manifest(repository, tag, image.mediaType(), image.manifest());
  }

  List<String> requests() {
    return requests;
  }

  long count(String start) {
    return requests.stream().filter(request -> request.startsWith(start)).count();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String authorization = exchange.getRequestHeaders().getFirst("Authorization");
      requests.add(
          exchange.getRequestMethod()
              + " "
              + exchange.getRequestURI()
              + (authorization == null ? "" : " " + authorization));
      gate.to(exchange);
      if (exchange.getResponseCode() < 0) {
        Answer absent = missing -> error(missing, 404, "MANIFEST_UNKNOWN", "manifest unknown");
        answers.getOrDefault(path, absent).to(exchange);
      }
    }
  }

  static void send(HttpExchange exchange, int status, String type, String body) throws IOException {
    send(exchange, status, type, body.getBytes(StandardCharsets.UTF_8));
  }

  static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }

  static void error(HttpExchange exchange, int status, String code, String message)
      throws IOException {
    send(
        exchange,
        status,
        "application/json",
        "{\"errors\":[{\"code\":\"%s\",\"message\":\"%s\"}]}".formatted(code, message));
  }

  static void sendRange(HttpExchange exchange, byte[] content) throws IOException {
    int from = from(exchange);
    if (from == 0) {
      send(exchange, 200, "application/octet-stream", content);
      return;
    }
    exchange
        .getResponseHeaders()
        .set("Content-Range", "bytes %d-%d/%d".formatted(from, content.length - 1, content.length));
    send(
        exchange,
        206,
        "application/octet-stream",
        java.util.Arrays.copyOfRange(content, from, content.length));
  }

  /** Announces everything from the range's start on, sends that many bytes, and hangs up. */
  static void cutAfter(HttpExchange exchange, byte[] content, int bytes) throws IOException {
    int from = from(exchange);
    int status = 200;
    if (from > 0) {
      status = 206;
      exchange
          .getResponseHeaders()
          .set(
              "Content-Range",
              "bytes %d-%d/%d".formatted(from, content.length - 1, content.length));
    }
    exchange.sendResponseHeaders(status, content.length - from);
    exchange.getResponseBody().write(content, from, Math.min(bytes, content.length - from));
    exchange.getResponseBody().flush();
  }

  private static int from(HttpExchange exchange) {
    String range = exchange.getRequestHeaders().getFirst("Range");
    return range == null
        ? 0
        : Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
  }

  @Override
  public void close() throws IOException {
    front.close();
    server.stop(0);
  }
}
