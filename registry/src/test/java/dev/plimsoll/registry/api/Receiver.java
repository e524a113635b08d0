package dev.plimsoll.registry.api;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;

/** Takes events, and misbehaves when told to. */
final class Receiver implements AutoCloseable {
  enum Mood {
    WELL,
    /** Answers 500. */
    BROKEN,
    /** Answers 400. */
    UNWILLING,
    /** Answers 302. */
    ELSEWHERE,
    /** Takes the event and answers nothing. */
    HANGING
  }

  /** An event as it came. */
  record Got(JsonNode event, byte[] body, String type, String signature, String authorization) {
    String kind() {
      return event.path("type").asString().replace("dev.plimsoll.registry.", "");
    }
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Got> taken = new CopyOnWriteArrayList<>();
  private final List<Got> refused = new CopyOnWriteArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Mood mood = Mood.WELL;

  Receiver() throws IOException {
    this(0);
  }

  /** One that comes back where it was. */
  Receiver(int port) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  String url() {
    return "http://127.0.0.1:" + port();
  }

  void become(Mood newMood) {
    mood = newMood;
  }

  /** What was answered well. */
  List<Got> taken() {
    return taken;
  }

  List<String> kinds() {
    return taken.stream().map(Got::kind).toList();
  }

  /** What was not. */
  List<Got> refused() {
    return refused;
  }

  private void answer(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    var headers = exchange.getRequestHeaders();
    var got =
        new Got(
            Json.tree(body),
            body,
            String.valueOf(headers.getFirst("Content-Type")),
            String.valueOf(headers.getFirst("X-Plimsoll-Signature")),
            String.valueOf(headers.getFirst("Authorization")));
    Mood present = mood;
    (present == Mood.WELL ? taken : refused).add(got);
    if (present == Mood.HANGING) {
      try {
        closed.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    if (present == Mood.ELSEWHERE) {
      exchange.getResponseHeaders().set("Location", url() + "/elsewhere");
    }
    exchange.sendResponseHeaders(
        switch (present) {
          case WELL -> 204;
          case BROKEN, HANGING -> 500;
          case UNWILLING -> 400;
          case ELSEWHERE -> 302;
        },
        -1);
    exchange.close();
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
