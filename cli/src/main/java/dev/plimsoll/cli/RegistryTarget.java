package dev.plimsoll.cli;

import dev.plimsoll.foundation.settings.Settings;
import dev.plimsoll.http.client.ClientRequest;
import dev.plimsoll.http.client.ClientResponse;
import dev.plimsoll.http.client.ClientSettings;
import dev.plimsoll.http.client.HttpClient;
import dev.plimsoll.http.client.Trust;
import dev.plimsoll.oci.Json;
import dev.plimsoll.registry.RegistryServer;
import dev.plimsoll.registry.RegistrySettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/**
 * Which registry a command acts on: a running one by its URL, or a stopped one by its data
 * directory. The stopped one is served for the length of the command, to this command alone, so that
 * both ways walk the same code.
 */
final class RegistryTarget {
  private static final String DEFAULT_URL = "http://127.0.0.1:5000";
  private static final int ANSWER_BYTES_MAX = 64 << 20;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "A running registry (default: http://127.0.0.1:5000).")
  private @Nullable URI url;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The data directory of a registry that does not run.")
  private @Nullable Path data;

  /** What a command does with the registry's answers. */
  interface Action {
    int run(Registry registry) throws IOException, InterruptedException;
  }

  /** A registry's administration, as docs/registry/api.md describes it. */
  static final class Registry {
    private final HttpClient http;
    private final URI base;

    private Registry(HttpClient http, URI base) {
      this.http = http;
      this.base = base;
    }

    JsonNode get(String path) throws IOException, InterruptedException {
      return answer("GET", path);
    }

    JsonNode post(String path) throws IOException, InterruptedException {
      return answer("POST", path);
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
      } catch (java.net.ConnectException e) {
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

  int use(Action action) throws IOException, InterruptedException {
    if (data == null) {
      return talk(url == null ? URI.create(DEFAULT_URL) : url, action);
    }
    if (url != null) {
      throw new IOException(
          "--url is a running registry and --data a stopped one; give one of them");
    }
    RegistrySettings settings =
        RegistrySettings.from(
            Settings.load(
                Optional.empty(),
                System.getenv(),
                Map.of("registry.data", data.toString(), "registry.listen", "127.0.0.1:0"),
                RegistrySettings.ALL));
    try (RegistryServer server = RegistryServer.start(settings)) {
      return talk(URI.create(server.url()), action);
    }
  }

  private static int talk(URI base, Action action) throws IOException, InterruptedException {
    try (HttpClient http = new HttpClient(ClientSettings.DEFAULT)) {
      return action.run(new Registry(http, base));
    }
  }
}
