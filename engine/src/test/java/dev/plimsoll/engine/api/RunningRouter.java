package dev.plimsoll.engine.api;

import dev.plimsoll.http.HttpServer;
import dev.plimsoll.http.Limits;
import dev.plimsoll.http.UnixListener;
import dev.plimsoll.http.client.ClientRequest;
import dev.plimsoll.http.client.ClientResponse;
import dev.plimsoll.http.client.ClientSettings;
import dev.plimsoll.http.client.Endpoint;
import dev.plimsoll.http.client.HttpClient;
import dev.plimsoll.http.client.RequestBody;
import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A router that answers on a unix socket, and a client that says exactly what it is told to say. */
final class RunningRouter implements AutoCloseable {
  private static final int ANSWER_BYTES_MAX = 1 << 20;

  /** What came back; the body is read whole. */
  record Answer(int status, String body, ClientResponse head) {
    String message() {
      return Json.tree(body.getBytes(StandardCharsets.UTF_8)).path("message").asString("");
    }
  }

  private final HttpServer server;
  private final HttpClient client = new HttpClient(ClientSettings.DEFAULT);
  private final Endpoint endpoint;

  RunningRouter(Path directory, Router router) throws IOException {
    Path socket = directory.resolve("s");
    this.server = new HttpServer(router, Limits.DEFAULT);
    server.listen(UnixListener.at(socket));
    this.endpoint = new Endpoint.Unix(socket);
  }

  ClientRequest request(String method, String target) {
    return ClientRequest.of(method, endpoint, target);
  }

  Answer send(String method, String target) throws IOException, InterruptedException {
    return send(request(method, target));
  }

  Answer send(ClientRequest request) throws IOException, InterruptedException {
    try (ClientResponse response = client.send(request)) {
      String body =
          new String(response.bytes(ANSWER_BYTES_MAX), StandardCharsets.UTF_8).stripTrailing();
      return new Answer(response.status(), body, response);
    }
  }

  /** Sends and leaves the body to the caller. */
  ClientResponse open(ClientRequest request) throws IOException, InterruptedException {
    return client.send(request);
  }

  Answer post(String target, String contentType, String body)
      throws IOException, InterruptedException {
    ClientRequest request = request("POST", target);
    if (!contentType.isEmpty()) {
      request = request.header("Content-Type", contentType);
    }
    return send(request.body(RequestBody.of(body.getBytes(StandardCharsets.UTF_8))));
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
