import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Images that can be made anew from their number, and what is done with many of them at once. */
final class Images {
  static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  private static final byte[] CONFIG =
      "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}"
          .getBytes(StandardCharsets.UTF_8);

  private Images() {}

  /** What one connection does with one number. */
  interface Step {
    void run(Http http, int number) throws Exception;
  }

  /** Takes the numbers from {@code from} to {@code to} through {@code connections}. */
  static double seconds(String url, int connections, int from, int to, Step step)
      throws Exception {
    long start = System.nanoTime();
    try (var threads = Executors.newFixedThreadPool(connections)) {
      List<Future<?>> all = new ArrayList<>();
      for (int c = 0; c < connections; c++) {
        int first = from + c;
        Callable<Void> work =
            () -> {
              try (Http http = new Http(url)) {
                for (int i = first; i < to; i += connections) {
                  step.run(http, i);
                }
              }
              return null;
            };
        all.add(threads.submit(work));
      }
      for (Future<?> each : all) {
        await(each);
      }
    }
    return (System.nanoTime() - start) / 1e9;
  }

  private static void await(Future<?> work) throws Exception {
    try {
      work.get();
    } catch (ExecutionException e) {
      System.err.println(e.getCause());
      System.exit(1);
    }
  }

  static byte[] layer(int number) {
    byte[] layer = new byte[16 * 1024];
    new Random(number).nextBytes(layer);
    return layer;
  }

  static byte[] manifest(String layerDigest, int layerBytes) {
    return """
        {"schemaVersion":2,"mediaType":"%s","config":{"mediaType":\
        "application/vnd.oci.image.config.v1+json","digest":"%s","size":%d},"layers":[{"mediaType":\
        "application/vnd.oci.image.layer.v1.tar","digest":"%s","size":%d}]}"""
        .formatted(MANIFEST, digest(CONFIG), CONFIG.length, layerDigest, layerBytes)
        .getBytes(StandardCharsets.UTF_8);
  }

  static byte[] manifest(int number) {
    byte[] layer = layer(number);
    return manifest(digest(layer), layer.length);
  }

  static void pushBlob(Http http, String repository, byte[] blob) throws IOException {
    String place =
        http.send(202, "POST", "/v2/" + repository + "/blobs/uploads/", "", Http.NOTHING)
            .location();
    http.send(
        201,
        "PUT",
        place + (place.contains("?") ? "&" : "?") + "digest=" + digest(blob),
        "Content-Type: application/octet-stream\r\n",
        blob);
  }

  static void pushManifest(Http http, String repository, String reference, byte[] manifest)
      throws IOException {
    http.send(
        201,
        "PUT",
        "/v2/" + repository + "/manifests/" + reference,
        "Content-Type: " + MANIFEST + "\r\n",
        manifest);
  }

  static void pushConfig(Http http, String repository) throws IOException {
    pushBlob(http, repository, CONFIG);
  }

  /** An image with one layer, whose config is there. */
  static void push(Http http, String repository, int number) throws IOException {
    pushBlob(http, repository, layer(number));
    pushManifest(http, repository, "i%05d".formatted(number), manifest(number));
  }

  static void delete(Http http, String repository, int number) throws IOException {
    String target = "/v2/" + repository + "/manifests/" + digest(manifest(number));
    http.send(202, "DELETE", target, "", Http.NOTHING);
  }

  static String digest(byte[] bytes) {
    try {
      return "sha256:"
          + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
