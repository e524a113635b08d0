package dev.plimsoll.cli.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.plimsoll.http.client.ClientRequest;
import dev.plimsoll.http.client.ClientResponse;
import dev.plimsoll.http.client.HttpClient;
import dev.plimsoll.http.client.Trust;
import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import tools.jackson.databind.JsonNode;

/** A registry's administration, as docs/registry/api.md describes it. */
final class Administration {
  private static final int ANSWER_BYTES_MAX = 64 << 20;

  private final HttpClient http;
  private final URI base;

  Administration(HttpClient http, URI base) {
    this.http = http;
    this.base = base;
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    return answer("GET", path);
  }

  JsonNode post(String path) throws IOException, InterruptedException {
    return answer("POST", path);
  }

  /** A value as it stands in a query. */
  static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8);
  }

  private JsonNode answer(String method, String path) throws IOException, InterruptedException {
    URI target = URI.create(base.toString().replaceAll("/+$", "") + "/plimsoll/v1" + path);
    ClientRequest request = ClientRequest.of(method, target, Trust.system()).patient();
    try (ClientResponse response = http.send(request)) {
      byte[] body = response.bytes(ANSWER_BYTES_MAX);
      if (response.status() >= 400) {
        throw new IOException(
            "%s answered %d: %s".formatted(base, response.status(), reason(body)));
      }
      return Json.tree(body);
    } catch (ConnectException e) {
      throw new IOException(
          "no registry answers at %s; start it, or name its data directory with --data"
              .formatted(base),
          e);
    }
  }

  private static String reason(byte[] body) {
    try {
      return Json.tree(body).path("errors").path(0).path("message").asString("no reason given");
    } catch (IllegalArgumentException e) {
      return "and no reason that could be read";
    }
  }
}
