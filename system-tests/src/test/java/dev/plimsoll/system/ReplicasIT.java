package dev.plimsoll.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two processes on PostgreSQL and S3 behind HAProxy, which gives every request to the other one. */
class ReplicasIT {
  private static final String OCI = "application/vnd.oci.image.manifest.v1+json";
  private static final int PUSHERS = 3;
  private static final int IMAGES_EACH = 8;

  private final HttpClient http = HttpClient.newHttpClient();
  private Backing backing;
  private Places first;
  private Places second;
  private RunningServer one;
  private RunningServer two;
  private String balancer;

  @BeforeEach
  void start() throws Exception {
    backing = new Backing();
    first = Places.make();
    second = Places.make();
    one = replica(first, "127.0.0.1:0");
    two = replica(second, "127.0.0.1:0");
    balancer = backing.balance(List.of(one.host(), two.host()));
  }

  private RunningServer replica(Places places, String listen) throws IOException {
    return RunningServer.registry(
        places.data(), "--config=" + backing.configuration("replica"), "--listen=" + listen);
  }

  @AfterEach
  void stop() throws Exception {
    http.close();
    one.close();
    two.close();
    first.remove();
    second.remove();
    backing.close();
  }

  @Test
  void oneKilledAmidPushesLosesNothingAndNothingDeletedIsServed() throws Exception {
    AtomicInteger pushed = new AtomicInteger();
    List<String> images = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<String>>> pushers = new ArrayList<>();
      for (int i = 0; i < PUSHERS; i++) {
        int pusher = i;
        pushers.add(threads.submit(() -> push(pusher, pushed)));
      }
      org.awaitility.Awaitility.await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> pushed.get() >= PUSHERS * IMAGES_EACH / 3);
      String address = two.host();
      two.kill();
      two = replica(second, address);
      for (Future<List<String>> pusher : pushers) {
        images.addAll(pusher.get());
      }
    }
    assertThat(images).hasSize(PUSHERS * IMAGES_EACH);
    for (String image : images) {
      assertWhole(one.address(), image);
      assertWhole(two.address(), image);
    }
    String deleted = images.getFirst();
    String digest =
        send("HEAD", one.address() + deleted, new byte[0])
            .headers()
            .firstValue("Docker-Content-Digest")
            .orElseThrow();
    String byDigest = deleted.substring(0, deleted.lastIndexOf('/') + 1) + digest;
    assertThat(send("DELETE", two.address() + byDigest, new byte[0]).statusCode()).isEqualTo(202);
    for (String replica : List.of(one.address(), two.address())) {
      assertThat(send("GET", replica + deleted, new byte[0]).statusCode()).isEqualTo(404);
      assertThat(send("GET", replica + byDigest, new byte[0]).statusCode()).isEqualTo(404);
    }
  }

  /** Each request of an upload goes to the next replica; what fails is begun anew, as clients do. */
  private List<String> push(int pusher, AtomicInteger pushed) throws Exception {
    List<String> answered = new ArrayList<>();
    for (int i = 0; i < IMAGES_EACH; i++) {
      byte[] layer = new byte[i % 4 == 0 ? 9 << 20 : 50_000];
      new Random(pusher * 100L + i).nextBytes(layer);
      byte[] config = "{\"pusher\":%d,\"image\":%d}".formatted(pusher, i).getBytes();
      String image = "/v2/app%d/manifests/t%d".formatted(pusher, i);
      int attempts = 0;
      while (!pushOnce("/v2/app" + pusher, image, layer, config)) {
        assertThat(attempts++).as("attempts of %s", image).isLessThan(100);
      }
      answered.add(image);
      pushed.incrementAndGet();
    }
    return answered;
  }

  private boolean pushOnce(String repository, String image, byte[] layer, byte[] config)
      throws Exception {
    try {
      return upload(repository, layer)
          && upload(repository, config)
          && send("PUT", balancer + image, manifest(config, layer), "Content-Type", OCI)
                  .statusCode()
              == 201;
    } catch (IOException e) {
      return false; // the replica was killed under it
    }
  }

  private boolean upload(String repository, byte[] bytes) throws Exception {
    HttpResponse<byte[]> begun =
        send("POST", balancer + repository + "/blobs/uploads/", new byte[0]);
    if (begun.statusCode() != 202) {
      return false;
    }
    String at = balancer + begun.headers().firstValue("Location").orElseThrow();
    int half = bytes.length / 2;
    return send("PATCH", at, Arrays.copyOf(bytes, half)).statusCode() == 202
        && send("PATCH", at, Arrays.copyOfRange(bytes, half, bytes.length)).statusCode() == 202
        && send("PUT", at + "?digest=" + digest(bytes), new byte[0]).statusCode() == 201;
  }

  private void assertWhole(String replica, String image) throws Exception {
    HttpResponse<byte[]> manifest = send("GET", replica + image, new byte[0]);
    assertThat(manifest.statusCode()).as(replica + image).isEqualTo(200);
    String text = new String(manifest.body(), StandardCharsets.UTF_8);
    var digests = java.util.regex.Pattern.compile("sha256:[0-9a-f]{64}").matcher(text);
    String repository = image.substring(0, image.indexOf("/manifests/"));
    while (digests.find()) {
      HttpResponse<byte[]> blob =
          send("GET", replica + repository + "/blobs/" + digests.group(), new byte[0]);
      assertThat(blob.statusCode()).as(image).isEqualTo(200);
      assertThat(digest(blob.body())).isEqualTo(digests.group());
    }
  }

  private HttpResponse<byte[]> send(String method, String url, byte[] body, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url))
            .timeout(Duration.ofMinutes(1))
            .method(
                method,
                body.length == 0
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static byte[] manifest(byte[] config, byte[] layer) throws Exception {
    return """
    {"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"application/vnd.oci.image.config.v1+json",\
    "digest":"%s","size":%d},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar",\
    "digest":"%s","size":%d}]}\
    """
        .formatted(OCI, digest(config), config.length, digest(layer), layer.length)
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String digest(byte[] bytes) throws Exception {
    return "sha256:" + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
