package dev.plimsoll.docker;

import dev.plimsoll.http.Duplex;
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
import tools.jackson.databind.JsonNode;

/**
 * Talks to a daemon of the Docker Engine API, ours or any other, over its unix socket. Safe for many
 * threads; keeps connections until closed.
 *
 * <p>Paths are given without a version; each request is sent in the version that was agreed on when
 * connecting. An answer of 400 or more is thrown as {@link DockerException}.
 */
public final class DockerClient implements AutoCloseable {
  /** Lists of thousands of containers fit; a daemon that sends more is not one. */
  private static final int ANSWER_BYTES_MAX = 64 << 20;

  private static final int ERROR_BYTES_MAX = 1 << 20;

  private final HttpClient http;
  private final Endpoint endpoint;
  private final ApiVersion version;

  private DockerClient(HttpClient http, Endpoint endpoint, ApiVersion version) {
    this.http = http;
    this.endpoint = endpoint;
    this.version = version;
  }

  /**
   * Agrees with the daemon on the newest version that both know.
   *
   * @throws IOException if nobody answers, or what answers is no such daemon
   */
  public static DockerClient connect(Path socket) throws IOException, InterruptedException {
    Endpoint endpoint = new Endpoint.Unix(socket);
    var http = new HttpClient(ClientSettings.DEFAULT);
    try (ClientResponse pong = http.send(ClientRequest.head(endpoint, "/_ping"))) {
      String offered = pong.header("Api-Version").orElse("");
      if (pong.status() != 200 || offered.isEmpty()) {
        throw new IOException(
            "%s answered the ping with %d: that is no Docker daemon"
                .formatted(endpoint, pong.status()));
      }
      ApiVersion theirs = ApiVersion.parse(offered);
      return new DockerClient(
          http, endpoint, theirs.compareTo(ApiVersion.NEWEST) < 0 ? theirs : ApiVersion.NEWEST);
    } catch (IOException | RuntimeException e) {
      http.close();
      throw e;
    }
  }

  /** The version that was agreed on. */
  public ApiVersion version() {
    return version;
  }

  public <T> T get(String path, Class<T> type) throws IOException, InterruptedException {
    return Json.read(bytes(request("GET", path)), type);
  }

  public JsonNode get(String path) throws IOException, InterruptedException {
    return Json.tree(bytes(request("GET", path)));
  }

  /** Sends a command without a body. The answer is a missing node where it says nothing. */
  public JsonNode post(String path) throws IOException, InterruptedException {
    return tree(bytes(request("POST", path)));
  }

  public JsonNode post(String path, Object body) throws IOException, InterruptedException {
    return tree(bytes(withJson(request("POST", path), body)));
  }

  public JsonNode delete(String path) throws IOException, InterruptedException {
    return tree(bytes(request("DELETE", path)));
  }

  /** A request of this daemon and version, to be completed and given to {@link #send}. */
  public ClientRequest request(String method, String path) {
    return ClientRequest.of(method, endpoint, "/v" + version + path);
  }

  /** Sends the request and leaves the body of the answer to the caller, who closes it. */
  public ClientResponse send(ClientRequest request) throws IOException, InterruptedException {
    ClientResponse response = http.send(request);
    if (response.status() >= 400) {
      try (response) {
        throw refusal(response.status(), response.bytes(ERROR_BYTES_MAX));
      }
    }
    return response;
  }

  /** Sends the request and takes the connection over: attach and exec. The caller closes it. */
  public Duplex hijack(ClientRequest request) throws IOException, InterruptedException {
    return http.hijack(request);
  }

  public static ClientRequest withJson(ClientRequest request, Object body) {
    return request
        .header("Content-Type", "application/json")
        .body(RequestBody.of(Json.write(body)));
  }

  private byte[] bytes(ClientRequest request) throws IOException, InterruptedException {
    try (ClientResponse response = send(request)) {
      return response.bytes(ANSWER_BYTES_MAX);
    }
  }

  private static JsonNode tree(byte[] bytes) {
    return Json.tree(bytes);
  }

  private static DockerException refusal(int status, byte[] body) {
    String message = new String(body, StandardCharsets.UTF_8).strip();
    try {
      message = Json.tree(body).path("message").asString(message);
    } catch (IllegalArgumentException e) {
      // Not every daemon answers every error in JSON; then its words are the message.
    }
    return new DockerException(status, message);
  }

  @Override
  public void close() {
    http.close();
  }
}
