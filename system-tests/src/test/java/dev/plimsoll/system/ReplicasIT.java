package dev.plimsoll.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Two processes on PostgreSQL and S3 behind HAProxy, which gives every request to the other one. S3
 * wants every request signed.
 */
class ReplicasIT {
  private static final String OCI = "application/vnd.oci.image.manifest.v1+json";
  private static final String DOCKER = "application/vnd.docker.distribution.manifest.v2+json";
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final int PUSHERS = 3;
  private static final int IMAGES_EACH = 8;

  private final HttpClient http = HttpClient.newHttpClient();
  private static Backing backing;

  private Places first;
  private Places second;
  private RunningServer one;
  private RunningServer two;
  private String balancer;

  @BeforeAll
  static void startBacking() throws Exception {
    backing = new Backing();
  }

  @AfterAll
  static void stopBacking() throws Exception {
    backing.close();
  }

  private void start(String lease) throws IOException {
    Path settings = backing.configuration("replica", lease, Backing.Blobs.FROM_THE_REPLICA);
    first = Places.make();
    second = Places.make();
    one = replica(first, settings, "127.0.0.1:0");
    two = replica(second, settings, "127.0.0.1:0");
    balancer = backing.balance(List.of(one.host(), two.host()));
  }

  private static RunningServer replica(Places places, Path settings, String listen)
      throws IOException {
    return RunningServer.registry(places.data(), "--config=" + settings, "--listen=" + listen);
  }

  @AfterEach
  void stop() throws Exception {
    http.close();
    one.close();
    two.close();
    first.remove();
    second.remove();
  }

  @Test
  void theLeaderKilledAmidPushesLosesNothingAndTheOtherGoesOnCollecting() throws Exception {
    start("5s");
    AtomicInteger pushed = new AtomicInteger();
    List<String> images = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<String>>> pushers = new ArrayList<>();
      for (int i = 0; i < PUSHERS; i++) {
        int pusher = i;
        pushers.add(threads.submit(() -> push(pusher, pushed)));
      }
      await().atMost(LONG).until(() -> pushed.get() >= PUSHERS * IMAGES_EACH / 3);
      killTheLeader();
      for (Future<List<String>> pusher : pushers) {
        images.addAll(pusher.get());
      }
    }
    assertThat(images).hasSize(PUSHERS * IMAGES_EACH);
    for (String image : images) {
      assertWhole(one.address(), image);
      assertWhole(two.address(), image);
    }
    expectDeletedAndCollected(images.getFirst());
    for (String image : images.subList(1, images.size())) {
      assertWhole(balancer, image);
    }
  }

  /** Kills the one that collects, waits until the other does, and has the killed one come back. */
  private void killTheLeader() throws Exception {
    double ofOne = collections(one);
    double ofTwo = collections(two);
    await().atMost(LONG).until(() -> collections(one) > ofOne || collections(two) > ofTwo);
    boolean firstLeads = collections(one) > ofOne;
    RunningServer leader = firstLeads ? one : two;
    RunningServer survivor = firstLeads ? two : one;
    double before = firstLeads ? ofTwo : ofOne;
    assertThat(collections(survivor)).as("of the one that does not lead").isEqualTo(before);
    leader.kill();
    await().atMost(LONG).until(() -> collections(survivor) > before);
    Path settings = backing.configuration("replica", "5s", Backing.Blobs.FROM_THE_REPLICA);
    if (firstLeads) {
      one = replica(first, settings, leader.host());
    } else {
      two = replica(second, settings, leader.host());
    }
  }

  /** How many collections a replica has carried through, that of its start included. */
  private double collections(RunningServer replica) throws Exception {
    String name = "plimsoll_registry_gc_runs_total ";
    HttpResponse<byte[]> metrics = send("GET", replica.address() + "/metrics", new byte[0]);
    return new String(metrics.body(), StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
        .findFirst()
        .orElseThrow();
  }

  private void expectDeletedAndCollected(String image) throws Exception {
    List<String> blobs = blobs(one.address(), image);
    String layer = blobs.getLast();
    assertThat(backing.holds(layer)).isTrue();
    String digest =
        send("HEAD", one.address() + image, new byte[0])
            .headers()
            .firstValue("Docker-Content-Digest")
            .orElseThrow();
    String byDigest = image.substring(0, image.lastIndexOf('/') + 1) + digest;
    assertThat(send("DELETE", two.address() + byDigest, new byte[0]).statusCode()).isEqualTo(202);
    for (String replica : List.of(one.address(), two.address())) {
      assertThat(send("GET", replica + image, new byte[0]).statusCode()).isEqualTo(404);
      assertThat(send("GET", replica + byDigest, new byte[0]).statusCode()).isEqualTo(404);
    }
    await().atMost(LONG).until(() -> !backing.holds(layer));
  }

  @Test
  void dockerAndSkopeoPushAndPullThroughBothAndFromTheBucket() throws Exception {
    start("10m");
    Tar large = new Tar().file("large", 0644, random(20 << 20, 1));
    TestImage image = TestImage.busybox().layer(large);
    Path archive = Files.write(first.scratch().resolve("i.tar"), image.archive());
    Path direct = backing.configuration("direct", "10m", Backing.Blobs.FROM_THE_BUCKET);
    Places clients = Places.make();
    Places third = Places.make();
    try (TestDockerd dockerd = TestDockerd.start(clients);
        RunningServer sending = replica(third, direct, "127.0.0.1:0")) {
      Shell shell =
          dockerd
              .shell()
              .with("DOCKER_CONFIG", clients.client().toString())
              .with("W", first.scratch().toString())
              .with("B", balancer.substring("http://".length()))
              .with("S", sending.host());

      shell.out("docker load -q -i " + archive + " && docker tag busybox:latest $B/team/app:1");
      shell.out("docker push -q $B/team/app:1 && docker rmi -f $(docker images -q | sort -u)");
      shell.out("skopeo copy -q --src-tls-verify=false docker://$B/team/app:1 dir:$W/skopeo");
      shell.out("skopeo copy -q --dest-tls-verify=false dir:$W/skopeo docker://$B/team/other:1");
      assertPulled(shell, "$B/team/other:1", image);

      expectSentToTheBucket(sending, "/v2/team/other/manifests/1");
      shell.out("skopeo copy -q --src-tls-verify=false docker://$S/team/other:1 dir:$W/direct");
      shell.out("diff -r $W/skopeo $W/direct");
      assertPulled(shell, "$S/team/other:1", image);
    } finally {
      clients.remove();
      third.remove();
    }
  }

  private static void assertPulled(Shell shell, String name, TestImage image) throws Exception {
    shell.out("docker pull -q " + name);
    assertThat(shell.out("docker image inspect -f '{{.Id}}' " + name)).isEqualTo(image.id());
    shell.out("docker rmi -f $(docker images -q | sort -u)");
  }

  /** Each layer is at a presigned address, which is the only way to it without the key. */
  private void expectSentToTheBucket(RunningServer replica, String image) throws Exception {
    for (String blob : blobs(replica.address(), image).stream().skip(1).toList()) {
      String path = image.substring(0, image.indexOf("/manifests/")) + "/blobs/" + blob;
      HttpResponse<byte[]> sent = send("GET", replica.address() + path, new byte[0]);
      assertThat(sent.statusCode()).isEqualTo(307);
      String presigned = sent.headers().firstValue("Location").orElseThrow();
      assertThat(presigned)
          .startsWith(backing.bucketAddress() + "registry/content/")
          .contains("X-Amz-Signature=");
      assertThat(digest(send("GET", presigned, new byte[0]).body())).isEqualTo(blob);
      String unsigned = presigned.substring(0, presigned.indexOf('?'));
      assertThat(send("GET", unsigned, new byte[0]).statusCode()).isEqualTo(403);
    }
  }

  /** Each request of an upload goes to the next replica; what fails is begun anew, as clients do. */
  private List<String> push(int pusher, AtomicInteger pushed) throws Exception {
    List<String> answered = new ArrayList<>();
    for (int i = 0; i < IMAGES_EACH; i++) {
      byte[] layer = random(i % 4 == 0 ? 9 << 20 : 50_000, pusher * 100L + i);
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
    String repository = image.substring(0, image.indexOf("/manifests/"));
    for (String digest : blobs(replica, image)) {
      HttpResponse<byte[]> blob =
          send("GET", replica + repository + "/blobs/" + digest, new byte[0]);
      assertThat(blob.statusCode()).as(image).isEqualTo(200);
      assertThat(digest(blob.body())).isEqualTo(digest);
    }
  }

  /** What an image's manifest names: its configuration, then its layers. */
  private List<String> blobs(String replica, String image) throws Exception {
    HttpResponse<byte[]> manifest =
        send("GET", replica + image, new byte[0], "Accept", OCI + ", " + DOCKER);
    assertThat(manifest.statusCode()).as(replica + image).isEqualTo(200);
    return DIGEST
        .matcher(new String(manifest.body(), StandardCharsets.UTF_8))
        .results()
        .map(MatchResult::group)
        .toList();
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

  private static byte[] random(int sizeBytes, long seed) {
    byte[] bytes = new byte[sizeBytes];
    new Random(seed).nextBytes(bytes);
    return bytes;
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
