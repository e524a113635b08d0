package dev.plimsoll.registry.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.content.s3.S3Server;
import dev.plimsoll.database.PostgresServer;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Json;
import dev.plimsoll.registry.RegistrySettings;
import dev.plimsoll.registry.StorageSettings;
import dev.plimsoll.registry.auth.NamePattern;
import dev.plimsoll.registry.event.Webhook;
import dev.plimsoll.registry.event.WebhookSettings;
import dev.plimsoll.registry.gc.GcPolicy;
import dev.plimsoll.registry.repository.Lease;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;
import tools.jackson.databind.JsonNode;

/** Two registries on one PostgreSQL and one bucket are one registry. */
class ReplicasTest {
  private static final int MIB = 1 << 20;
  private static final GcPolicy EAGER =
      new GcPolicy(Duration.ZERO, Duration.ZERO, 50).withStepsAside(false);

  @TempDir private Path directory;
  private Client one;
  private Client other;

  @BeforeEach
  void start() throws IOException {
    StorageSettings storage = SharedStorage.create();
    one = start("one", storage, Duration.ofHours(1));
    other = start("other", storage, Duration.ofHours(1));
  }

  private Client start(String name, StorageSettings storage, Duration lease) throws IOException {
    return Client.start(
        RegistrySettings.in(directory.resolve(name))
            .withGc(new Lease(lease), EAGER, Duration.ofHours(1))
            .withStorage(storage));
  }

  @AfterEach
  void stop() throws IOException {
    one.close();
    other.close();
  }

  @Test
  void whatIsPushedToOneIsPulledFromTheOther() throws Exception {
    byte[] layer = Client.random(3 * MIB, 1);
    byte[] config = Client.random(100, 2);
    one.blob("app", layer);
    other.blob("app", config);
    byte[] manifest = Client.imageManifest(config, List.of(layer), "");
    assertThat(one.manifest("app", "1", manifest).status()).isEqualTo(201);

    assertThat(other.send("GET", "/v2/app/manifests/1").body()).isEqualTo(manifest);
    assertThat(other.send("GET", "/v2/app/blobs/" + Digest.sha256(layer)).body()).isEqualTo(layer);
    assertThat(one.send("GET", "/v2/app/blobs/" + Digest.sha256(config)).body()).isEqualTo(config);
    Client.Reply part =
        other.send("GET", "/v2/app/blobs/" + Digest.sha256(layer), "Range", "bytes=1000-1999");
    assertThat(part.status()).isEqualTo(206);
    assertThat(part.body()).isEqualTo(Arrays.copyOfRange(layer, 1000, 2000));
  }

  @Test
  void whatIsDeletedOnOneIsServedByNone() throws Exception {
    byte[] manifest = one.image("app", "1", "first");
    String byDigest = "/v2/app/manifests/" + Digest.sha256(manifest);
    for (int round = 0; round < 10; round++) {
      Client deleting = round % 2 == 0 ? one : other;
      Client reading = round % 2 == 0 ? other : one;
      assertThat(reading.send("GET", "/v2/app/manifests/1").status()).isEqualTo(200);
      assertThat(reading.send("GET", byDigest).status()).isEqualTo(200);

      assertThat(deleting.send("DELETE", byDigest).status()).isEqualTo(202);

      assertThat(reading.send("GET", "/v2/app/manifests/1").status()).isEqualTo(404);
      assertThat(reading.send("GET", byDigest).status()).isEqualTo(404);
      assertThat(reading.manifest("app", "1", manifest).status()).isEqualTo(201);
    }
  }

  @Test
  void aTagThatMovedOnOneHasMovedOnTheOther() throws Exception {
    one.image("app", "latest", "first");
    assertThat(other.send("GET", "/v2/app/manifests/latest").status()).isEqualTo(200);

    byte[] second = one.image("app", "latest", "second");

    assertThat(other.send("GET", "/v2/app/manifests/latest").body()).isEqualTo(second);
  }

  @Test
  void anUploadBegunOnOneGetsItsBytesOnTheOtherAndIsFinishedOnTheFirst() throws Exception {
    byte[] layer = Client.random(20 * MIB, 3);
    String at = begin(one);

    assertThat(other.send("PATCH", at, layer).status()).isEqualTo(202);
    assertThat(one.send("GET", at).header("Range")).isEqualTo("0-" + (layer.length - 1));
    assertThat(one.send("PUT", at + "?digest=" + Digest.sha256(layer)).status()).isEqualTo(201);

    assertThat(other.send("GET", "/v2/app/blobs/" + Digest.sha256(layer)).body()).isEqualTo(layer);
  }

  @Test
  void chunksThatGoToOneAndTheOtherInTurnMakeOneBlob() throws Exception {
    byte[] layer = Client.random(25 * MIB, 4);
    String at = begin(one);
    int chunk = 3 * MIB + 7;
    int turn = 0;
    for (int first = 0; first < layer.length; first += chunk, turn++) {
      int end = Math.min(first + chunk, layer.length);
      Client.Reply reply =
          (turn % 2 == 0 ? other : one)
              .send(
                  "PATCH",
                  at,
                  Arrays.copyOfRange(layer, first, end),
                  "Content-Range",
                  first + "-" + (end - 1));
      assertThat(reply.status()).isEqualTo(202);
    }
    assertThat(one.send("PUT", at + "?digest=" + Digest.sha256(layer)).status()).isEqualTo(201);

    assertThat(one.send("GET", "/v2/app/blobs/" + Digest.sha256(layer)).body()).isEqualTo(layer);
    assertThat(other.send("GET", at).status()).isEqualTo(404);
  }

  @Test
  void anUploadSurvivesTheReplicaThatBeganIt() throws Exception {
    byte[] layer = Client.random(9 * MIB, 5);
    String at = begin(one);
    assertThat(one.send("PATCH", at, Arrays.copyOf(layer, 8 * MIB + 5)).status()).isEqualTo(202);
    one.close();

    byte[] rest = Arrays.copyOfRange(layer, 8 * MIB + 5, layer.length);
    assertThat(other.send("PUT", at + "?digest=" + Digest.sha256(layer), rest).status())
        .isEqualTo(201);

    assertThat(other.send("GET", "/v2/app/blobs/" + Digest.sha256(layer)).body()).isEqualTo(layer);
  }

  @Test
  void aWrongOffsetOnTheOtherIsRefusedAndTheUploadGoesOn() throws Exception {
    byte[] bytes = "hello".getBytes();
    String at = begin(one);
    one.send("PATCH", at, Arrays.copyOf(bytes, 2));

    Client.Reply refused = other.send("PATCH", at, new byte[1], "Content-Range", "7-7");

    assertThat(refused.status()).isEqualTo(416);
    assertThat(refused.header("Range")).isEqualTo("0-1");
    byte[] rest = Arrays.copyOfRange(bytes, 2, 5);
    assertThat(one.send("PUT", at + "?digest=" + Digest.sha256(bytes), rest).status())
        .isEqualTo(201);
  }

  @Test
  void underCollectorsOnBothEveryImageThatWasAnsweredIsWhole() throws Exception {
    AtomicBoolean pushing = new AtomicBoolean(true);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> collecting = new ArrayList<>();
      for (Client client : List.of(one, other)) {
        collecting.add(
            threads.submit(
                (Callable<Void>)
                    () -> {
                      while (pushing.get()) {
                        assertThat(client.send("POST", "/plimsoll/v1/gc").status()).isEqualTo(200);
                      }
                      return null;
                    }));
      }
      List<Future<List<String>>> pushers = new ArrayList<>();
      for (int pusher = 0; pusher < 4; pusher++) {
        int number = pusher;
        pushers.add(threads.submit(() -> pushAndDelete(number)));
      }
      List<String> kept = new ArrayList<>();
      for (Future<List<String>> pusher : pushers) {
        kept.addAll(pusher.get());
      }
      pushing.set(false);
      for (Future<?> collector : collecting) {
        collector.get();
      }
      assertThat(kept).hasSize(4 * 6);
      for (String image : kept) {
        assertWhole(one, image);
        assertWhole(other, image);
      }
    }
  }

  @Test
  void whatBothCollectAtOnceIsCountedOnceAndAsTheDryRunSaid() throws Exception {
    for (int i = 0; i < 5; i++) {
      byte[] manifest = one.image("app", "v" + i, "content " + i);
      other.send("DELETE", "/v2/app/manifests/" + Digest.sha256(manifest));
    }
    one.image("app", "kept", "kept");

    JsonNode told = Json.tree(other.send("POST", "/plimsoll/v1/gc?now&dry-run").body());
    List<Future<Client.Reply>> runs = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Client client : List.of(one, other)) {
        runs.add(threads.submit(() -> client.send("POST", "/plimsoll/v1/gc?now")));
      }
    }
    int blobs = 0;
    long bytes = 0;
    for (Future<Client.Reply> run : runs) {
      JsonNode did = Json.tree(run.get().body());
      blobs += did.path("deletedBlobs").asInt();
      bytes += did.path("freedBytes").asLong();
    }

    assertThat(told.path("deletedBlobs").asInt()).isEqualTo(10).isEqualTo(blobs);
    assertThat(told.path("freedBytes").asLong()).isEqualTo(bytes);
    assertWhole(one, "/v2/app/manifests/kept");
  }

  /** All share a layer, half of the images go again; pushed to one and deleted on the other. */
  private List<String> pushAndDelete(int pusher) throws Exception {
    List<String> kept = new ArrayList<>();
    byte[] base = Client.random(40_000, 7);
    for (int i = 0; i < 12; i++) {
      Client here = i % 3 == 0 ? one : other;
      Client there = i % 2 == 0 ? one : other;
      byte[] layer = Client.random(33_000, pusher * 100 + i % 5);
      byte[] config = Client.random(50, pusher * 1000 + i);
      String repository = "app" + pusher % 2;
      here.blob(repository, base);
      there.blob(repository, layer);
      here.blob(repository, config);
      byte[] manifest = Client.imageManifest(config, List.of(base, layer), "");
      String tag = "t" + pusher + "-" + i;
      assertThat(there.manifest(repository, tag, manifest).status()).isEqualTo(201);
      if (i % 2 == 0) {
        String path = "/v2/" + repository + "/manifests/" + Digest.sha256(manifest);
        assertThat(here.send("DELETE", path).status()).isEqualTo(202);
      } else {
        kept.add("/v2/" + repository + "/manifests/" + tag);
      }
    }
    return kept;
  }

  private static void assertWhole(Client client, String image) throws Exception {
    Client.Reply manifest = client.send("GET", image);
    assertThat(manifest.status()).as(image).isEqualTo(200);
    String repository = image.substring(0, image.indexOf("/manifests/"));
    var digests = java.util.regex.Pattern.compile("sha256:[0-9a-f]{64}").matcher(manifest.text());
    while (digests.find()) {
      Client.Reply blob = client.send("GET", repository + "/blobs/" + digests.group());
      assertThat(blob.status()).as("%s of %s", digests.group(), image).isEqualTo(200);
      assertThat(Digest.sha256(blob.body())).hasToString(digests.group());
    }
  }

  @Test
  void aDatabaseThatIsAwayIsSaidAndUsedAgainWhenItIsBack() throws Exception {
    try (PostgresServer server = PostgresServer.start();
        Client client =
            start("away", SharedStorage.on(server.schema(), Optional.empty()), Duration.ZERO)) {
      byte[] manifest = client.image("app", "1", "before");
      server.stop();

      Client.Reply away = client.send("GET", "/v2/app/manifests/1");

      assertThat(away.status()).isEqualTo(503);
      assertThat(away.header("Retry-After")).isEqualTo("5");
      assertThat(away.text()).contains("cannot reach its database").contains("try again");
      assertThat(client.send("POST", "/v2/app/blobs/uploads/").status()).isEqualTo(503);
      Client.Reply ready = client.send("GET", "/readyz");
      assertThat(ready.status()).as("a balancer asks another replica").isEqualTo(503);
      assertThat(ready.text()).contains("\"ready\":false", "the database cannot be reached");
      assertThat(client.send("GET", "/healthz").status()).isEqualTo(200);

      server.begin();

      assertThat(client.send("GET", "/v2/app/manifests/1").body()).isEqualTo(manifest);
      client.image("app", "2", "after");
      await().until(() -> client.send("GET", "/readyz").status() == 200);
    }
  }

  @Test
  void clientsAreSentToS3AndTheCollectorWaitsForThem() throws Exception {
    StorageSettings storage =
        SharedStorage.on(PostgresServer.shared().schema(), Optional.of(Duration.ofMinutes(10)));
    try (Client client = start("redirecting", storage, Duration.ZERO)) {
      byte[] layer = Client.random(50_000, 9);
      Digest digest = client.blob("app", layer);

      Client.Reply sent = client.send("GET", "/v2/app/blobs/" + digest);

      assertThat(sent.status()).isEqualTo(307);
      assertThat(client.send("HEAD", "/v2/app/blobs/" + digest).status()).isEqualTo(200);
      client.send("DELETE", "/v2/app/blobs/" + digest);
      client.send("POST", "/plimsoll/v1/gc?now");
      assertThat(client.send("GET", "/v2/app/blobs/" + digest).status()).isEqualTo(404);
      assertThat(client.send("GET", sent.header("Location")).body()).isEqualTo(layer);
    }
  }

  @Test
  void bytesWhoseMarkIsLostAreKeptForTheirRowAndThoseWithoutOneAreNot() throws Exception {
    StorageSettings storage =
        SharedStorage.on(PostgresServer.shared().schema(), Optional.empty(), Duration.ofMillis(1));
    String bucket = storage.s3().orElseThrow().bucket();
    byte[] layer = Client.random(9 * MIB, 12);
    Digest digest;
    try (Client client = start("pushing", storage, Duration.ofHours(1))) {
      digest = client.blob("app", layer);
    }
    try (S3Client s3 = S3Server.shared().client()) {
      String stray = "content/parts/1000000000000000";
      String mark = names(s3, bucket, "content/blobs/sha256/" + digest.hex()).getFirst();
      s3.deleteObject(r -> r.bucket(bucket).key(mark));
      s3.putObject(r -> r.bucket(bucket).key(stray), RequestBody.fromString("nobody's"));
      RegistrySettings tidying =
          RegistrySettings.in(directory.resolve("tidying"))
              .withGc(new Lease(Duration.ofHours(1)), EAGER, Duration.ofMillis(100))
              .withStorage(storage);
      try (Client client = Client.start(tidying)) {
        await().atMost(Duration.ofMinutes(1)).until(() -> names(s3, bucket, stray).isEmpty());

        assertThat(names(s3, bucket, mark)).containsExactly(mark);
        assertThat(client.send("GET", "/v2/app/blobs/" + digest).body()).isEqualTo(layer);
      }
    }
  }

  private static List<String> names(S3Client s3, String bucket, String prefix) {
    return s3.listObjectsV2(r -> r.bucket(bucket).prefix(prefix)).contents().stream()
        .map(S3Object::key)
        .toList();
  }

  @Test
  @SuppressWarnings("try") // one is closed before the other, which is the point
  void changesOnBothAreToldByOneAndWhenItStopsByTheOther() throws Exception {
    StorageSettings shared = SharedStorage.create();
    try (Receiver receiver = new Receiver();
        Client first = telling("first", shared, receiver);
        Client second = telling("second", shared, receiver)) {
      first.image("a", "1", "on the first");
      second.image("b", "1", "on the second");
      awaitTold(receiver, "a:1", "b:1");

      first.close();
      second.image("c", "1", "on the second alone");

      awaitTold(receiver, "a:1", "b:1", "c:1");
    }
  }

  private Client telling(String name, StorageSettings storage, Receiver receiver)
      throws IOException {
    Webhook webhook =
        new Webhook(
            "ci",
            URI.create(receiver.url()),
            Optional.empty(),
            List.of(NamePattern.parse("tag.moved")),
            List.of(NamePattern.EVERYTHING),
            Duration.ofSeconds(10));
    WebhookSettings none = WebhookSettings.NONE;
    return Client.start(
        RegistrySettings.in(directory.resolve(name))
            .withStorage(storage)
            .withWebhooks(
                new WebhookSettings(
                    List.of(webhook),
                    none.queueMax(),
                    none.deadMax(),
                    none.ageMax(),
                    none.retryFirst(),
                    none.retryMost())));
  }

  private static void awaitTold(Receiver receiver, String... subjects) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() ->
            assertThat(receiver.taken())
                .extracting(got -> got.event().path("subject").asString())
                .containsExactlyInAnyOrder(subjects));
  }

  private static String begin(Client client) throws Exception {
    Client.Reply begun = client.send("POST", "/v2/app/blobs/uploads/");
    assertThat(begun.status()).isEqualTo(202);
    return begun.header("Location");
  }
}
