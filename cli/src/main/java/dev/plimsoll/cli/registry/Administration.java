package dev.plimsoll.cli.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.plimsoll.http.client.ClientRequest;
import dev.plimsoll.http.client.ClientResponse;
import dev.plimsoll.http.client.HttpClient;
import dev.plimsoll.http.client.RequestBody;
import dev.plimsoll.http.client.Trust;
import dev.plimsoll.oci.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.util.Optional;
import javax.net.ssl.SSLException;
import tools.jackson.databind.JsonNode;

/** A registry's administration, as docs/registry/api.md describes it. */
final class Administration {
  private static final int ANSWER_BYTES_MAX = 64 << 20;

  private final HttpClient http;
  private final URI base;
  private final String name;
  private final Trust trust;
  private final Optional<String> authorization;

  /**
   * Speaks with one registry.
   *
   * @param name what it is called in a sentence
   * @param trust whose word on its certificate is taken
   * @param authorization what proves who asks; empty: nothing
   */
  Administration(
      HttpClient http, URI base, String name, Trust trust, Optional<String> authorization) {
    this.http = http;
    this.base = base;
    this.name = name;
    this.trust = trust;
    this.authorization = authorization;
  }

  /** Where the registry is. */
  URI base() {
    return base;
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    return answer("GET", path, RequestBody.none());
  }

  /** Empty if there is nothing of that name. */
  Optional<JsonNode> find(String path) throws IOException, InterruptedException {
    try (ClientResponse response = http.send(request("GET", path, RequestBody.none()))) {
      if (response.status() == 404 && reason(response.bytes(ANSWER_BYTES_MAX)).isPresent()) {
        return Optional.empty();
      }
      refuse(response);
      return Optional.of(tree(response, response.bytes(ANSWER_BYTES_MAX)));
    } catch (ConnectException e) {
      throw nobody(e);
    } catch (SSLException e) {
      throw notBelieved(e);
    }
  }

  JsonNode post(String path) throws IOException, InterruptedException {
    return answer("POST", path, RequestBody.none());
  }

  JsonNode put(String path, byte[] body) throws IOException, InterruptedException {
    return answer("PUT", path, RequestBody.of(body));
  }

  JsonNode delete(String path) throws IOException, InterruptedException {
    return answer("DELETE", path, RequestBody.none());
  }

  /** Takes lines of JSON. */
  interface Lines {
    void line(JsonNode line) throws IOException;
  }

  /** Posts something that is answered line by line while it goes on. */
  void post(String path, byte[] body, Lines lines) throws IOException, InterruptedException {
    ClientRequest request = request("POST", path, RequestBody.of(body));
    try (ClientResponse response = http.send(request)) {
      refuse(response);
      var reader = new BufferedReader(new InputStreamReader(response.body(), UTF_8));
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.line(tree(response, line.getBytes(UTF_8)));
      }
    } catch (ConnectException e) {
      throw nobody(e);
    } catch (SSLException e) {
      throw notBelieved(e);
    }
  }

  /** Sends a document; what must not be in an address, which is logged, goes so. */
  JsonNode send(String method, String path, byte[] document)
      throws IOException, InterruptedException {
    return answer(method, path, RequestBody.of(document));
  }

  /** A value as it stands in a query. */
  static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8);
  }

  private ClientRequest request(String method, String path, RequestBody body) {
    URI target = URI.create(base.toString().replaceAll("/+$", "") + "/plimsoll/v1" + path);
    ClientRequest request = ClientRequest.of(method, target, trust).patient().body(body);
    return authorization
        .map(credentials -> request.header("Authorization", credentials))
        .orElse(request);
  }

  private JsonNode answer(String method, String path, RequestBody body)
      throws IOException, InterruptedException {
    try (ClientResponse response = http.send(request(method, path, body))) {
      refuse(response);
      return tree(response, response.bytes(ANSWER_BYTES_MAX));
    } catch (ConnectException e) {
      throw nobody(e);
    } catch (SSLException e) {
      throw notBelieved(e);
    }
  }

  private JsonNode tree(ClientResponse response, byte[] body) throws IOException {
    try {
      return Json.tree(body);
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "%s answered %d%s".formatted(name, response.status(), notARegistry(response.status())),
          e);
    }
  }

  private void refuse(ClientResponse response) throws IOException {
    if (response.status() == 401) {
      throw new IOException(
          authorization.isEmpty()
              ? name + " wants to know who asks; give --user, and a password"
              : name + " does not know that user and password");
    }
    if (response.status() >= 400) {
      throw new IOException(
          "%s answered %d%s"
              .formatted(
                  name,
                  response.status(),
                  reason(response.bytes(ANSWER_BYTES_MAX))
                      .map(": "::concat)
                      .orElse(notARegistry(response.status()))));
    }
  }

  private IOException nobody(ConnectException e) {
    return new IOException(
        "no registry answers at %s; start it, or name its data directory with --data"
            .formatted(name),
        e);
  }

  private IOException notBelieved(SSLException e) {
    return new IOException(
        ("no secure connection with %s (%s); if its certificate is of an authority of its own, put that"
                + " into /etc/docker/certs.d/%s/ca.crt here, and name it with --url by a name that the"
                + " certificate has")
            .formatted(name, e.getMessage(), base.getRawAuthority()),
        e);
  }

  /** The registry's own words; empty if somebody else has answered. */
  private static Optional<String> reason(byte[] body) {
    try {
      JsonNode message = Json.tree(body).path("errors").path(0).path("message");
      return message.isString() ? Optional.of(message.asString()) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String notARegistry(int status) {
    return switch (status) {
      case 502, 503, 504 ->
          ", but not the registry itself: a proxy before it does not reach it; see whether the registry"
              + " runs, and what the proxy's log says";
      default -> ", not as a Plimsoll registry does; is it the right address?";
    };
  }
}
