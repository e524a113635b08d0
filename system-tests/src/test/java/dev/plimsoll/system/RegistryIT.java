package dev.plimsoll.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The registry as its clients see it: skopeo, and HTTP by hand where a client must misbehave. */
class RegistryIT {
  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

  private final HttpClient http = HttpClient.newHttpClient();
  private TestRegistry registry;
  private Shell shell;

  @BeforeEach
  void start() throws Exception {
    registry = TestRegistry.start();
    shell = new Shell(Map.of("R", registry.host(), "D", registry.scratch().toString()));
  }

  @AfterEach
  void stop() throws Exception {
    http.close();
    registry.close();
  }

  @Test
  void whatSkopeoPushesItPullsTheSame() throws Exception {
    shell.line("cat >$D/b.tar").input(TestImage.busybox().archive()).run().succeeded();

    shell.out("skopeo copy --dest-tls-verify=false docker-archive:$D/b.tar docker://$R/b:1");
    shell.out("skopeo copy --src-tls-verify=false docker://$R/b:1 dir:$D/out");
    shell.out(
        "skopeo copy --src-tls-verify=false --dest-tls-verify=false --format oci docker://$R/b:1 docker://$R/b:oci");

    assertThat(shell.out("skopeo list-tags --tls-verify=false docker://$R/b"))
        .contains("\"1\"", "\"oci\"");
    assertThat(shell.out("sha256sum <$D/out/manifest.json | cut -c1-64"))
        .isEqualTo(
            shell.out(
                "skopeo inspect --tls-verify=false -f '{{.Digest}}' docker://$R/b:1 | cut -c8-"));
    shell.out("skopeo delete --tls-verify=false docker://$R/b:1");
    assertThat(shell.run("skopeo inspect --tls-verify=false docker://$R/b:1").code()).isNotZero();
  }

  @Test
  void gcOnTheRunningServerTellsWhatWouldGoAndThenTakesIt() throws Exception {
    byte[] blob = bytes(100_000, 7);
    String location = header(send("POST", "/v2/r/blobs/uploads/", new byte[0]), "Location");
    send("PUT", location + "?digest=" + digest(blob), blob);
    String[] gc = {"registry", "gc", "--url", registry.url(), "--now", "--json"};
    String[] dry = {"registry", "gc", "--url", registry.url(), "--now", "--dry-run"};

    String would = Program.plimsoll(dry).run().succeeded();
    int between = send("GET", "/v2/r/blobs/" + digest(blob), new byte[0]).statusCode();
    String report = Program.plimsoll(gc).run().succeeded();

    assertThat(would).contains(digest(blob));
    assertThat(between).isEqualTo(200);
    assertThat(report).contains("\"freedBytes\":100000", digest(blob));
    assertThat(send("GET", "/v2/r/blobs/" + digest(blob), new byte[0]).statusCode()).isEqualTo(404);
  }

  @Test
  void anUploadGoesOnAfterAKill() throws Exception {
    byte[] blob = bytes(3_000_000, 1);
    String location = header(send("POST", "/v2/r/blobs/uploads/", new byte[0]), "Location");
    HttpResponse<byte[]> first = sendPart(location, blob, 0, 1_000_000);
    assertThat(first.statusCode()).isEqualTo(202);

    registry.kill();
    registry.next();

    HttpResponse<byte[]> status = send("GET", header(first, "Location"), new byte[0]);
    assertThat(status.statusCode()).isEqualTo(204);
    int received = Integer.parseInt(header(status, "Range").substring(2)) + 1;
    assertThat(received).isEqualTo(1_000_000);
    HttpResponse<byte[]> second = sendPart(header(status, "Location"), blob, received, blob.length);
    String end = header(second, "Location");
    String put = end + (end.contains("?") ? "&" : "?") + "digest=" + digest(blob);
    assertThat(send("PUT", put, new byte[0]).statusCode()).isEqualTo(201);
    assertThat(send("GET", "/v2/r/blobs/" + digest(blob), new byte[0]).body()).isEqualTo(blob);
  }

  @Test
  void whatWasAnsweredIsThereAfterAnyKill() throws Exception {
    ConcurrentLinkedQueue<Integer> answered = new ConcurrentLinkedQueue<>();
    for (int round = 0; round < 4; round++) {
      int from = round * 10_000;
      List<Thread> pushers = new ArrayList<>();
      for (int pusher = 0; pusher < 4; pusher++) {
        int first = from + pusher * 1000;
        pushers.add(Thread.ofVirtual().start(() -> pushUntilItFails(first, answered)));
      }
      int atLeast = answered.size() + 20;
      org.awaitility.Awaitility.await().until(() -> answered.size() > atLeast);
      registry.kill();
      for (Thread pusher : pushers) {
        pusher.join();
      }
      registry.next();
    }

    for (int seed : answered) {
      byte[] blob = bytes(20_000, seed);
      assertThat(
              send("GET", "/v2/r%d/blobs/%s".formatted(seed % 3, digest(blob)), new byte[0]).body())
          .isEqualTo(blob);
      HttpResponse<byte[]> manifest =
          send("GET", "/v2/r%d/manifests/t%d".formatted(seed % 3, seed), new byte[0]);
      assertThat(manifest.body()).isEqualTo(manifest(blob));
    }
    assertThat(answered).hasSizeGreaterThan(80);
  }

  private void pushUntilItFails(int first, ConcurrentLinkedQueue<Integer> answered) {
    try {
      for (int seed = first; ; seed++) {
        byte[] blob = bytes(20_000, seed);
        String repository = "/v2/r%d".formatted(seed % 3);
        int blobCode =
            send("POST", repository + "/blobs/uploads/?digest=" + digest(blob), blob).statusCode();
        int configCode =
            send("POST", repository + "/blobs/uploads/?digest=" + digest(CONFIG), CONFIG)
                .statusCode();
        int code = send("PUT", repository + "/manifests/t" + seed, manifest(blob)).statusCode();
        if (blobCode != 201 || configCode != 201 || code != 201) {
          throw new AssertionError("%d %d %d".formatted(blobCode, configCode, code));
        }
        answered.add(seed);
      }
    } catch (java.io.IOException e) {
      // the kill
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aWrongDigestAndATruncatedUploadLeaveNothing() throws Exception {
    byte[] blob = bytes(5000, 7);

    HttpResponse<byte[]> wrong =
        send("POST", "/v2/r/blobs/uploads/?digest=" + digest(bytes(5000, 8)), blob);

    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(new String(wrong.body(), java.nio.charset.StandardCharsets.UTF_8))
        .contains("DIGEST_INVALID");
    shell.run(
        "(printf 'POST /v2/r/blobs/uploads/?digest=%s HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 5000\\r\\n\\r\\nhalf'; sleep 0.2) | busybox nc ${R%%:*} ${R##*:}"
            .formatted(digest(blob)));
    assertThat(send("HEAD", "/v2/r/blobs/" + digest(blob), new byte[0]).statusCode())
        .isEqualTo(404);
  }

  @Test
  void aMalformedManifestIsRefused() throws Exception {
    for (String body : List.of("", "{", "[]", "{\"schemaVersion\":2}", "{\"schemaVersion\":1}")) {
      HttpResponse<byte[]> answer =
          send(
              "PUT", "/v2/r/manifests/bad", body.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      assertThat(answer.statusCode()).as(body).isEqualTo(400);
    }
    HttpResponse<byte[]> unknown = send("PUT", "/v2/r/manifests/bad", manifest(bytes(10, 99)));
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(new String(unknown.body(), java.nio.charset.StandardCharsets.UTF_8))
        .contains("MANIFEST_BLOB_UNKNOWN");
  }

  @Test
  void twoRegistriesDoNotShareADirectory() throws Exception {
    String data = registry.scratch().getParent().toString();

    Program.Result second =
        Program.plimsoll("registry", "serve", "--listen=127.0.0.1:0", "--data=" + data).run();

    assertThat(second.code()).isEqualTo(1);
    assertThat(second.err()).contains(data).doesNotContain("Exception");
  }

  @Test
  void aPortInUseIsSaid() throws Exception {
    Program.Result second =
        Program.plimsoll(
                "registry", "serve", "--listen=" + registry.host(), "--data=" + registry.scratch())
            .run();

    assertThat(second.code()).isEqualTo(1);
    assertThat(second.err())
        .contains(registry.host())
        .containsIgnoringCase("in use")
        .doesNotContain("Exception");
  }

  private static final byte[] CONFIG = "{}".getBytes(java.nio.charset.StandardCharsets.UTF_8);

  private static byte[] manifest(byte[] blob) {
    return """
    {"schemaVersion":2,"mediaType":"%s",
     "config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"%s","size":%d},
     "layers":[{"mediaType":"application/octet-stream","digest":"%s","size":%d}]}\
    """
        .formatted(MANIFEST, digest(CONFIG), CONFIG.length, digest(blob), blob.length)
        .getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  private static byte[] bytes(int length, int seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static String digest(byte[] bytes) {
    return "sha256:" + TestImage.sha256(bytes);
  }

  private HttpResponse<byte[]> sendPart(String target, byte[] blob, int from, int to)
      throws java.io.IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(registry.url()).resolve(target))
            .header("Content-Range", "%d-%d".formatted(from, to - 1))
            .header("Content-Type", "application/octet-stream")
            .method("PATCH", BodyPublishers.ofByteArray(blob, from, to - from))
            .build(),
        BodyHandlers.ofByteArray());
  }

  private HttpResponse<byte[]> send(String method, String target, byte[] body)
      throws java.io.IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(registry.url()).resolve(target))
            .method(method, BodyPublishers.ofByteArray(body));
    if (target.contains("/manifests/")) {
      request.header(method.equals("GET") ? "Accept" : "Content-Type", MANIFEST);
    }
    return http.send(request.build(), BodyHandlers.ofByteArray());
  }

  private static String header(HttpResponse<?> response, String name) {
    return response
        .headers()
        .firstValue(name)
        .orElseThrow(() -> new AssertionError(response + " has no " + name));
  }
}
