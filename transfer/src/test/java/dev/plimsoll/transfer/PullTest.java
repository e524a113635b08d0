package dev.plimsoll.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.http.client.ClientSettings;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageName;
import dev.plimsoll.oci.MediaTypes;
import dev.plimsoll.oci.Platform;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class PullTest {
  private static final Platform AMD64 = new Platform("linux", "amd64");
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final TestImage IMAGE = TestImage.of(200_000, 70_000, 10);

  @TempDir private static Path noCertificates;

  private final MemorySink sink = new MemorySink();
  private final PullLines lines = new PullLines();
  private FakeRegistry registry;
  private Registries registries;

  private static RegistrySettings settings() {
    return RegistrySettings.DEFAULT
        .withCertificatesDirectory(noCertificates)
        .withRetries(3, Duration.ofMillis(1))
        .withHttp(ClientSettings.DEFAULT.withTimeouts(LONG, LONG, LONG));
  }

  @BeforeEach
  void start() throws IOException {
    registry = new FakeRegistry();
    registries = new Registries(settings());
  }

  @AfterEach
  void stop() throws IOException {
    registries.close();
    registry.close();
  }

  @Test
  void anImageComesWithConfigAndLayers() throws Exception {
    registry.image("team/app", "1", IMAGE);

    PulledImage pulled = pull("team/app:1");

    assertThat(pulled.target().digest()).isEqualTo(IMAGE.digest());
    assertThat(pulled.image().bytes()).isEqualTo(IMAGE.manifest());
    assertThat(pulled.config()).isEqualTo(IMAGE.config());
    assertThat(pulled.layers()).hasSize(3);
    for (int i = 0; i < 3; i++) {
      assertThat(sink.committed(Digest.sha256(IMAGE.layer(i)))).isEqualTo(IMAGE.layer(i));
    }
  }

  @Test
  void eachLayerHasDockersLines() throws Exception {
    registry.image("team/app", "1", IMAGE);
    sink.put(IMAGE.layer(1));

    pull("team/app:1");

    assertThat(lines.of(IMAGE.layer(0)))
        .containsExactly(
            "Pulling fs layer", "Downloading all", "Verifying Checksum", "Download complete");
    assertThat(lines.of(IMAGE.layer(1))).containsExactly("Already exists");
    assertThat(registry.count("GET /v2/team/app/blobs/" + Digest.sha256(IMAGE.layer(1)))).isZero();
  }

  @Test
  void aLayerThatOccursTwiceIsFetchedOnce() throws Exception {
    TestImage twice = TestImage.of(500, 500);
    registry.image("team/app", "1", twice);

    assertThat(pull("team/app:1").layers()).hasSize(2);

    assertThat(sink.committedCount()).isEqualTo(1);
    assertThat(registry.count("GET /v2/team/app/blobs/" + Digest.sha256(twice.layer(0))))
        .isEqualTo(1);
  }

  @Test
  void onlySoManyLayersAreFetchedAtOnce() throws Exception {
    TestImage many = TestImage.of(11, 12, 13, 14, 15, 16);
    registry.image("team/app", "1", many);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch two = new CountDownLatch(2);
    registry.gate(exchange -> {
      if (exchange.getRequestURI().getPath().contains("/blobs/")
          && !exchange.getRequestURI().getPath().contains(configDigest(many))) {
        most.accumulateAndGet(running.incrementAndGet(), Math::max);
        two.countDown();
        await(two); // both places are taken before either answers
        running.decrementAndGet();
      }
    });
    try (Registries narrow = new Registries(settings().withConcurrency(2, 2))) {
      narrow.pull(registry.image("team/app:1"), AMD64, Credentials.anonymous(), sink, lines);
    }

    assertThat(most).hasValue(2);
    assertThat(sink.committedCount()).isEqualTo(6);
    assertThat(lines.all()).anyMatch(line -> line.endsWith("Waiting"));
  }

  @Test
  void aDigestIsAskedForAndChecked() throws Exception {
    registry.image("team/app", "1", IMAGE);
    assertThat(pull("team/app@" + IMAGE.digest()).target().digest()).isEqualTo(IMAGE.digest());

    byte[] other = TestImage.of(77).manifest();
    registry.on(
        "/v2/team/app/manifests/" + IMAGE.digest(),
        exchange -> FakeRegistry.send(exchange, 200, MediaTypes.DOCKER_MANIFEST, other));

    assertThatThrownBy(() -> pull("team/app@" + IMAGE.digest()))
        .isInstanceOf(TransferException.DigestMismatch.class)
        .hasMessageContaining(IMAGE.digest().toString());
  }

  @Test
  void aTagWhoseDigestHeaderLiesIsRefused() {
    registry.on(
        "/v2/team/app/manifests/1",
        exchange -> {
          exchange
              .getResponseHeaders()
              .set("Docker-Content-Digest", Digest.sha256(new byte[1]).toString());
          FakeRegistry.send(exchange, 200, MediaTypes.DOCKER_MANIFEST, IMAGE.manifest());
        });

    assertThatThrownBy(() -> pull("team/app:1"))
        .isInstanceOf(TransferException.DigestMismatch.class);
  }

  @Test
  void theImageOfThePlatformIsChosen() throws Exception {
    TestImage arm = TestImage.of(33);
    byte[] index =
        TestImage.index(
            arm.entry("{\"architecture\":\"arm64\",\"os\":\"linux\",\"variant\":\"v8\"}"),
            IMAGE.entry("{\"architecture\":\"amd64\",\"os\":\"linux\"}"),
            arm.entry("{\"architecture\":\"unknown\",\"os\":\"unknown\"}"));
    registry
        .image("team/app", "arm", arm)
        .image("team/app", "amd", IMAGE)
        .manifest("team/app", "1", MediaTypes.OCI_INDEX, index);

    PulledImage pulled = pull("team/app:1");

    assertThat(pulled.target().digest()).isEqualTo(Digest.sha256(index));
    assertThat(pulled.image().digest()).isEqualTo(IMAGE.digest());
    assertThatThrownBy(() ->
            registries.pull(
                registry.image("team/app:1"),
                new Platform("linux", "s390x"),
                Credentials.anonymous(),
                sink,
                lines))
        .isInstanceOf(TransferException.NoMatchingPlatform.class)
        .hasMessage("no matching manifest for linux/s390x in the manifest list entries");
  }

  @Test
  void anIndexThatHoldsItselfEndsSomewhere() {
    byte[] inner = TestImage.index();
    String platform = "{\"architecture\":\"amd64\",\"os\":\"linux\"}";
    for (int depth = 0; depth < 6; depth++) {
      registry.manifest("team/app", "1", MediaTypes.OCI_INDEX, inner);
      inner =
          TestImage.index(
              "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d,\"platform\":%s}"
                  .formatted(MediaTypes.OCI_INDEX, Digest.sha256(inner), inner.length, platform));
    }
    registry.manifest("team/app", "1", MediaTypes.OCI_INDEX, inner);

    assertThatThrownBy(() -> pull("team/app:1"))
        .isInstanceOf(TransferException.UnsupportedManifest.class)
        .hasMessageContaining("nested");
  }

  @Test
  void aBrokenConnectionGoesOnWhereItBroke() throws Exception {
    byte[] layer = IMAGE.layer(0);
    registry.image("team/app", "1", IMAGE);
    registry.on(
        "/v2/team/app/blobs/" + Digest.sha256(layer),
        exchange -> FakeRegistry.cutAfter(exchange, layer, 30_000));

    pull("team/app:1");

    assertThat(sink.committed(Digest.sha256(layer))).isEqualTo(layer);
    assertThat(lines.of(layer)).contains("Retrying");
    // 200,000 bytes in pieces of 30,000: more breaks than retries, but each brought progress.
    assertThat(registry.count("GET /v2/team/app/blobs/" + Digest.sha256(layer))).isEqualTo(7);
  }

  @Test
  void breaksWithoutProgressEndThePull() {
    byte[] layer = IMAGE.layer(0);
    registry.image("team/app", "1", IMAGE);
    registry.on(
        "/v2/team/app/blobs/" + Digest.sha256(layer),
        exchange -> FakeRegistry.cutAfter(exchange, layer, 0));

    assertThatThrownBy(() -> pull("team/app:1")).isInstanceOf(IOException.class);
    assertThat(registry.count("GET /v2/team/app/blobs/" + Digest.sha256(layer))).isEqualTo(4);
    assertThat(sink.committed(Digest.sha256(layer))).isEmpty();
  }

  @Test
  void aLaterPullGoesOnWithWhatAnEarlierOneLeft() throws Exception {
    byte[] layer = IMAGE.layer(0);
    registry.image("team/app", "1", IMAGE);
    sink.putBrokenOff(Digest.sha256(layer), Arrays.copyOf(layer, 150_000));
    List<String> ranges = new java.util.concurrent.CopyOnWriteArrayList<>();
    registry.gate(exchange -> {
      String range = exchange.getRequestHeaders().getFirst("Range");
      if (range != null) {
        ranges.add(range);
      }
    });

    pull("team/app:1");

    assertThat(ranges).containsExactly("bytes=150000-");
    assertThat(sink.committed(Digest.sha256(layer))).isEqualTo(layer);
  }

  @Test
  void aRegistryThatKnowsNoRangesSendsAllAgain() throws Exception {
    byte[] layer = IMAGE.layer(0);
    registry.image("team/app", "1", IMAGE);
    registry.on(
        "/v2/team/app/blobs/" + Digest.sha256(layer),
        exchange -> FakeRegistry.send(exchange, 200, "application/octet-stream", layer));
    sink.putBrokenOff(Digest.sha256(layer), Arrays.copyOf(layer, 1000));

    pull("team/app:1");

    assertThat(sink.committed(Digest.sha256(layer))).isEqualTo(layer);
  }

  @Test
  void aServerThatForgetsTheRangeHeaderIsAskedAnew() throws Exception {
    byte[] layer = IMAGE.layer(0);
    registry.image("team/app", "1", IMAGE);
    registry.on(
        "/v2/team/app/blobs/" + Digest.sha256(layer),
        exchange -> {
          if (exchange.getRequestHeaders().getFirst("Range") != null) {
            exchange.getResponseHeaders().set("Content-Range", "bytes 0-9/10");
            FakeRegistry.send(exchange, 206, "application/octet-stream", new byte[10]);
          } else {
            FakeRegistry.send(exchange, 200, "application/octet-stream", layer);
          }
        });
    sink.putBrokenOff(Digest.sha256(layer), Arrays.copyOf(layer, 1000));

    pull("team/app:1");

    assertThat(sink.committed(Digest.sha256(layer))).isEqualTo(layer);
  }

  @Test
  void wrongBytesLeftByAnEarlierPullAreFoundOutAndFetchedAgain() throws Exception {
    byte[] layer = IMAGE.layer(0);
    registry.image("team/app", "1", IMAGE);
    sink.putBrokenOff(Digest.sha256(layer), new byte[1000]);

    pull("team/app:1");

    assertThat(sink.committed(Digest.sha256(layer))).isEqualTo(layer);
    assertThat(registry.count("GET /v2/team/app/blobs/" + Digest.sha256(layer))).isEqualTo(2);
  }

  @Test
  void wrongBytesThatCameAgainAreDropped() {
    byte[] layer = IMAGE.layer(0);
    registry.image("team/app", "1", IMAGE);
    registry.on(
        "/v2/team/app/blobs/" + Digest.sha256(layer),
        exchange ->
            FakeRegistry.send(exchange, 200, "application/octet-stream", new byte[layer.length]));
    sink.putBrokenOff(Digest.sha256(layer), new byte[1000]);

    assertThatThrownBy(() -> pull("team/app:1"))
        .isInstanceOf(TransferException.DigestMismatch.class);

    assertThat(sink.brokenOff(Digest.sha256(layer))).isEmpty();
    assertThat(registry.count("GET /v2/team/app/blobs/" + Digest.sha256(layer))).isEqualTo(2);
  }

  @Test
  void aLayerWithOtherContentIsRefused() {
    byte[] layer = IMAGE.layer(0);
    byte[] wrong = layer.clone();
    wrong[100] ^= 1;
    registry.image("team/app", "1", IMAGE);
    registry.on(
        "/v2/team/app/blobs/" + Digest.sha256(layer),
        exchange -> FakeRegistry.send(exchange, 200, "application/octet-stream", wrong));

    assertThatThrownBy(() -> pull("team/app:1"))
        .isInstanceOf(TransferException.DigestMismatch.class)
        .hasMessageContaining("verification failed");
    assertThat(sink.committed(Digest.sha256(layer))).isEmpty();
  }

  @Test
  void anEndlessLayerIsCutOffAtItsSize() {
    byte[] layer = IMAGE.layer(0);
    registry.image("team/app", "1", IMAGE);
    registry.on(
        "/v2/team/app/blobs/" + Digest.sha256(layer),
        exchange -> {
          exchange.sendResponseHeaders(200, 0); // chunked
          while (true) {
            exchange.getResponseBody().write(new byte[64 * 1024]);
          }
        });

    assertThatThrownBy(() -> pull("team/app:1"))
        .isInstanceOf(TransferException.DigestMismatch.class)
        .hasMessageContaining("longer than the 200000 bytes");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 199_999, 200_001})
  void aLayerOfAnotherSizeIsRefused(int sizeBytes) {
    registry.image("team/app", "1", IMAGE);
    registry.on(
        "/v2/team/app/blobs/" + Digest.sha256(IMAGE.layer(0)),
        exchange ->
            FakeRegistry.send(exchange, 200, "application/octet-stream", new byte[sizeBytes]));

    assertThatThrownBy(() -> pull("team/app:1"))
        .isInstanceOf(TransferException.DigestMismatch.class);
  }

  @Test
  void aStalledLayerIsFetchedAgain() throws Exception {
    byte[] layer = IMAGE.layer(0);
    registry.image("team/app", "1", IMAGE);
    AtomicInteger asked = new AtomicInteger();
    CountDownLatch end = new CountDownLatch(1);
    registry.on(
        "/v2/team/app/blobs/" + Digest.sha256(layer),
        exchange -> {
          if (asked.incrementAndGet() == 1) {
            FakeRegistry.cutAfter(exchange, layer, 1000);
            await(end);
          } else {
            FakeRegistry.sendRange(exchange, layer);
          }
        });
    ClientSettings impatient =
        ClientSettings.DEFAULT.withTimeouts(LONG, LONG, Duration.ofMillis(300));
    try (Registries hasty = new Registries(settings().withHttp(impatient))) {
      hasty.pull(registry.image("team/app:1"), AMD64, Credentials.anonymous(), sink, lines);
    } finally {
      end.countDown();
    }

    assertThat(sink.committed(Digest.sha256(layer))).isEqualTo(layer);
  }

  @Test
  void aServerErrorIsTriedAgainAndARefusalIsNot() throws Exception {
    byte[] layer = IMAGE.layer(0);
    String path = "/v2/team/app/blobs/" + Digest.sha256(layer);
    registry.image("team/app", "1", IMAGE);
    AtomicInteger asked = new AtomicInteger();
    registry.on(
        path,
        exchange -> {
          if (asked.incrementAndGet() < 3) {
            FakeRegistry.send(exchange, 503, "text/plain", "busy");
          } else {
            FakeRegistry.sendRange(exchange, layer);
          }
        });
    pull("team/app:1");
    assertThat(asked).hasValue(3);

    registry.on(path, exchange -> FakeRegistry.error(exchange, 404, "BLOB_UNKNOWN", "gone"));
    MemorySink empty = new MemorySink();
    assertThatThrownBy(() ->
            registries.pull(
                registry.image("team/app:1"), AMD64, Credentials.anonymous(), empty, lines))
        .isInstanceOf(TransferException.NotFound.class)
        .hasMessage("blob unknown: gone");
    assertThat(registry.count("GET " + path)).isEqualTo(4);
  }

  @Test
  void anInterruptEndsThePull() throws Exception {
    registry.image("team/app", "1", IMAGE);
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    registry.on(
        "/v2/team/app/blobs/" + Digest.sha256(IMAGE.layer(0)),
        exchange -> {
          asked.countDown();
          await(end);
        });
    BlockingQueue<Throwable> outcome = new ArrayBlockingQueue<>(1);
    Thread pulling =
        Thread.ofVirtual()
            .start(() -> {
              try {
                pull("team/app:1");
              } catch (Throwable e) {
                outcome.add(e);
              }
            });
    asked.await();

    pulling.interrupt();

    assertThat(outcome.take()).isInstanceOf(InterruptedException.class);
    assertThat(lines.of(IMAGE.layer(0))).doesNotContain("Retrying");
    end.countDown();
  }

  @Test
  void aFullDiskIsNotTakenForABrokenConnection() {
    registry.image("team/app", "1", IMAGE);
    sink.fullAfter(100_000);

    assertThatThrownBy(() -> pull("team/app:1"))
        .isInstanceOf(IOException.class)
        .hasMessage("No space left on device");
    assertThat(registry.count("GET /v2/team/app/blobs/" + Digest.sha256(IMAGE.layer(0))))
        .isEqualTo(1);
  }

  @Test
  void aMissingManifestReadsAsInDocker() {
    assertThatThrownBy(() -> pull("team/app:nope"))
        .isInstanceOf(TransferException.NotFound.class)
        .hasMessage(
            "manifest for %s/team/app:nope not found: manifest unknown: manifest unknown"
                .formatted(registry.host()));
  }

  @Test
  void aDeniedPullReadsAsInDocker() {
    registry.on(
        "/v2/team/app/manifests/latest",
        exchange ->
            FakeRegistry.error(
                exchange, 403, "DENIED", "requested access to the resource is denied"));

    assertThatThrownBy(() -> pull("team/app"))
        .isInstanceOf(TransferException.Denied.class)
        .hasMessage(
            ("pull access denied for %s/team/app, repository does not exist or may require"
                    + " 'docker login': denied: requested access to the resource is denied")
                .formatted(registry.host()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "not json",
        "{\"schemaVersion\":2}",
        "{\"schemaVersion\":2,\"config\":{\"digest\":\"sha256:../../x\",\"size\":1},\"layers\":[]}",
        "{\"schemaVersion\":2,\"config\":{\"digest\":\"md5:00\",\"size\":1},\"layers\":[]}",
        "{\"schemaVersion\":1,\"name\":\"a\",\"fsLayers\":[]}"
      })
  void aMalformedManifestIsRefused(String json) {
    registry.on(
        "/v2/team/app/manifests/1",
        exchange ->
            FakeRegistry.send(
                exchange, 200, "application/json", json.getBytes(StandardCharsets.UTF_8)));

    assertThatThrownBy(() -> pull("team/app:1"))
        .isInstanceOf(TransferException.UnsupportedManifest.class)
        .hasMessageStartingWith("manifest of ");
  }

  @Test
  void schema1IsRefusedByItsType() {
    registry.on(
        "/v2/team/app/manifests/1",
        exchange ->
            FakeRegistry.send(exchange, 200, MediaTypes.DOCKER_SCHEMA_1_SIGNED + "; a=b", "{}"));

    assertThatThrownBy(() -> pull("team/app:1"))
        .isInstanceOf(TransferException.UnsupportedManifest.class)
        .hasMessageContaining("schema 1");
  }

  @Test
  void anEndlessManifestIsCutOff() {
    registry.on(
        "/v2/team/app/manifests/1",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          while (true) {
            exchange.getResponseBody().write(new byte[64 * 1024]);
          }
        });

    assertThatThrownBy(() -> pull("team/app:1"))
        .isInstanceOf(TransferException.UnsupportedManifest.class)
        .hasMessageContaining("larger than");
  }

  @Test
  void anEndlessErrorIsCutOff() {
    registry.on(
        "/v2/team/app/manifests/1",
        exchange -> {
          exchange.sendResponseHeaders(418, 0);
          while (true) {
            exchange.getResponseBody().write(new byte[64 * 1024]);
          }
        });

    assertThatThrownBy(() -> pull("team/app:1"))
        .isInstanceOfSatisfying(
            TransferException.Rejected.class,
            rejected -> assertThat(rejected.status()).isEqualTo(418));
  }

  @Test
  void aChartIsNoImage() {
    registry.image(
        "team/chart",
        "1",
        TestImage.of("application/vnd.cncf.helm.config.v1+json", "{}", List.of()));

    assertThatThrownBy(() -> pull("team/chart:1"))
        .isInstanceOf(TransferException.UnsupportedManifest.class)
        .hasMessage(
            "Encountered remote \"application/vnd.cncf.helm.config.v1+json\"(unknown) when"
                + " fetching");
  }

  @Test
  void aHugeConfigIsRefusedUnread() {
    String json =
        "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":99999999}}"
            .formatted(MediaTypes.OCI_CONFIG, Digest.sha256(new byte[0]));
    registry.manifest(
        "team/app", "1", MediaTypes.OCI_MANIFEST, json.getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(() -> pull("team/app:1"))
        .isInstanceOf(TransferException.UnsupportedManifest.class);
  }

  @Test
  void redirectsAreFollowedWithoutTheCredentials() throws Exception {
    try (FakeRegistry storage = new FakeRegistry()) {
      byte[] layer = IMAGE.layer(0);
      registry.image("team/app", "1", IMAGE);
      storage.on("/bucket/object one", exchange -> FakeRegistry.sendRange(exchange, layer));
      registry.on(
          "/v2/team/app/blobs/" + Digest.sha256(layer),
          exchange -> {
            String target = storage.url() + "/bucket/object one?signature=a|b";
            exchange.getResponseHeaders().set("Location", target);
            exchange.sendResponseHeaders(307, -1);
          });
      requireBasic("user", "secret");

      registries.pull(
          registry.image("team/app:1"),
          AMD64,
          new Credentials.Password("user", "secret"),
          sink,
          lines);

      assertThat(sink.committed(Digest.sha256(layer))).isEqualTo(layer);
      assertThat(storage.requests())
          .singleElement()
          .asString()
          .isEqualTo("GET /bucket/object%20one?signature=a%7Cb");
      assertThat(registry.requests()).anyMatch(request -> request.contains(" Basic "));
    }
  }

  @Test
  void aRedirectLoopEnds() {
    registry.on(
        "/v2/team/app/manifests/1",
        exchange -> {
          exchange.getResponseHeaders().set("Location", "/v2/team/app/manifests/1");
          exchange.sendResponseHeaders(302, -1);
        });

    assertThatThrownBy(() -> pull("team/app:1"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("more than 10 redirects");
  }

  @ParameterizedTest
  @ValueSource(strings = {"file:///etc/passwd", "ftp://host/x", "http://", "http://[", "gopher:x"})
  void aRedirectToNowhereIsRefused(String location) {
    registry.on(
        "/v2/team/app/manifests/1",
        exchange -> {
          exchange.getResponseHeaders().set("Location", location);
          exchange.sendResponseHeaders(302, -1);
        });

    assertThatThrownBy(() -> pull("team/app:1"))
        .isInstanceOfAny(IOException.class, IllegalArgumentException.class);
  }

  @Test
  void missingCredentialsReadAsInDocker() {
    registry.image("team/app", "1", IMAGE);
    requireBasic("user", "secret");

    assertThatThrownBy(() -> pull("team/app:1"))
        .isInstanceOf(TransferException.Unauthorized.class)
        .hasMessage(
            "Get \"%s/v2/team/app/manifests/1\": no basic auth credentials"
                .formatted(registry.url()));
  }

  @Test
  void aWrongPasswordIsShownOnce() {
    registry.image("team/app", "1", IMAGE);
    requireBasic("user", "secret");

    assertThatThrownBy(() ->
            registries.pull(
                registry.image("team/app:1"),
                AMD64,
                new Credentials.Password("user", "wrong"),
                sink,
                lines))
        .isInstanceOf(TransferException.Unauthorized.class)
        .hasMessageContaining("unauthorized: authentication required")
        .hasMessageNotContaining("wrong");
    assertThat(registry.requests()).filteredOn(request -> request.contains("Basic")).hasSize(1);
  }

  @Test
  void aMirrorServesWhatItHasAndTheRegistryTheRest() throws Exception {
    try (FakeRegistry mirror = new FakeRegistry()) {
      registry.image("library/busybox", "1", IMAGE);
      mirror.image("library/busybox", "1", IMAGE);
      byte[] layer = IMAGE.layer(0);
      mirror.on(
          "/v2/library/busybox/blobs/" + Digest.sha256(layer),
          exchange -> FakeRegistry.error(exchange, 404, "BLOB_UNKNOWN", "not here"));
      URI first = URI.create("http://127.0.0.1:1/");
      try (Registries mirrored =
          new Registries(
              settings()
                  .withMirrors(
                      List.of(
                          first, URI.create(mirror.url()), URI.create(registry.url() + "/"))))) {
        mirrored.pull(
            ImageName.parse("busybox:1"),
            AMD64,
            new Credentials.Password("user", "for the hub only"),
            sink,
            lines);
      }

      assertThat(sink.committed(Digest.sha256(layer))).isEqualTo(layer);
      assertThat(mirror.requests()).noneMatch(request -> request.contains("Basic"));
      assertThat(mirror.count("GET /v2/library/busybox/manifests/1")).isEqualTo(1);
      assertThat(lines.of(IMAGE.layer(2)))
          .as("fetched once, whoever served it")
          .filteredOn("Download complete"::equals)
          .hasSize(1);
    }
  }

  @Test
  void aDeadRegistryIsNamed() {
    ImageName nobody = ImageName.parse("127.0.0.1:1/app");

    assertThatThrownBy(() -> registries.pull(nobody, AMD64, Credentials.anonymous(), sink, lines))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Get \"http://127.0.0.1:1/v2/\"")
        .hasMessageContaining("connection refused");
  }

  @Test
  void resolvingAsksByHead() throws Exception {
    registry.image("team/app", "1", IMAGE);

    var found = registries.resolve(registry.image("team/app:1"), Credentials.anonymous());

    assertThat(found.digest()).isEqualTo(IMAGE.digest());
    assertThat(found.mediaType()).isEqualTo(MediaTypes.DOCKER_MANIFEST);
    assertThat(found.size()).isEqualTo(IMAGE.manifest().length);
    assertThat(registry.count("GET /v2/team")).isZero();
  }

  @Test
  void resolvingAMissingTagReadsAsInDocker() {
    assertThatThrownBy(
            () -> registries.resolve(registry.image("team/app:2"), Credentials.anonymous()))
        .isInstanceOf(TransferException.NotFound.class)
        .hasMessageContaining("manifest unknown");
  }

  @Test
  void aPlatformIsOptionalInAnIndexOfOne() throws Exception {
    registry.image("team/app", "x", IMAGE);
    String bare =
        "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
            .formatted(IMAGE.mediaType(), IMAGE.digest(), IMAGE.manifest().length);
    registry.manifest("team/app", "1", MediaTypes.OCI_INDEX, TestImage.index(bare));

    assertThat(pull("team/app:1").image().digest()).isEqualTo(IMAGE.digest());
  }

  @Test
  void anOlderVariantRunsToo() {
    assertThat(
            PlatformChoice.runnable(
                new Platform("arm64", "linux", Optional.empty(), Optional.empty())))
        .extracting(Platform::toString)
        .containsExactly(
            "linux/arm64", "linux/arm/v8", "linux/arm/v7", "linux/arm/v6", "linux/arm/v5");
    assertThat(PlatformChoice.runnable(AMD64))
        .extracting(Platform::toString)
        .containsExactly("linux/amd64", "linux/386");
    assertThat(PlatformChoice.runnable(new Platform("linux", "arm")))
        .extracting(Platform::toString)
        .containsExactly("linux/arm", "linux/arm/v6", "linux/arm/v5");
  }

  private void requireBasic(String user, String password) {
    String right = new Credentials.Password(user, password).basic();
    registry.gate(exchange -> {
      if (!right.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
        exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"here\"");
        FakeRegistry.error(exchange, 401, "UNAUTHORIZED", "authentication required");
      }
    });
  }

  private PulledImage pull(String repositoryAndReference) throws Exception {
    return registries.pull(
        registry.image(repositoryAndReference), AMD64, Credentials.anonymous(), sink, lines);
  }

  private static String configDigest(TestImage image) {
    return Digest.sha256(image.config()).toString();
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
