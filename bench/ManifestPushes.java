import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Pushes manifests that are all different and name one config, over some connections at once, and
 * prints how many a second were answered 201: {@code ManifestPushes URL CONNECTIONS COUNT}.
 */
final class ManifestPushes {
  private static final String CONFIG = "{}";

  public static void main(String[] arguments) throws Exception {
    String url = arguments[0];
    int connections = Integer.parseInt(arguments[1]);
    int count = Integer.parseInt(arguments[2]);
    String run = Long.toHexString(System.nanoTime());
    String config = "sha256:" + hex(CONFIG.getBytes(StandardCharsets.UTF_8));
    send(
        HttpClient.newHttpClient(),
        HttpRequest.newBuilder(
                URI.create(url + "/v2/bench/manifests/blobs/uploads/?digest=" + config))
            .POST(HttpRequest.BodyPublishers.ofString(CONFIG)));
    long start = System.nanoTime();
    try (var threads = Executors.newFixedThreadPool(connections)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        int connection = i;
        all.add(
            threads.submit(
                () -> {
                  push(url, config, run + "-" + connection, count / connections);
                  return null;
                }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
    System.out.printf("%.0f%n", count / ((System.nanoTime() - start) / 1e9));
  }

  private static void push(String url, String config, String name, int count) throws Exception {
    try (HttpClient http =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      for (int i = 0; i < count; i++) {
        String manifest =
            """
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
             "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":2},
             "layers":[],"annotations":{"n":"%s-%d"}}
            """
                .formatted(config, name, i);
        send(
            http,
            HttpRequest.newBuilder(
                    URI.create(url + "/v2/bench/manifests/manifests/" + name + "-" + i))
                .header("Content-Type", "application/vnd.oci.image.manifest.v1+json")
                .PUT(HttpRequest.BodyPublishers.ofString(manifest)));
      }
    }
  }

  private static void send(HttpClient http, HttpRequest.Builder request) throws Exception {
    int status = http.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
    if (status != 201) {
      throw new IllegalStateException("a push was answered " + status);
    }
  }

  private static String hex(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
