package dev.plimsoll.registry.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.content.s3.FaultProxy;
import dev.plimsoll.content.s3.FaultProxy.Fault;
import dev.plimsoll.content.s3.S3Address;
import dev.plimsoll.content.s3.S3Server;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.registry.RegistrySettings;
import dev.plimsoll.registry.StorageSettings;
import dev.plimsoll.registry.gc.GcPolicy;
import dev.plimsoll.registry.repository.Lease;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What clients see of an S3 that fails, and what is left of it afterwards. */
class S3OutageTest {
  /** Its bytes are too many for a row, and fit into one part. */
  private static final int LAYER_BYTES = 100_000;

  private static final int STEPS_MAX = 60;

  @TempDir private Path directory;
  private FaultProxy proxy;
  private Client client;

  @BeforeEach
  void start() throws IOException {
    S3Address direct = S3Server.shared().bucket();
    proxy = FaultProxy.before(direct.endpoint().orElseThrow());
    S3Address through =
        new S3Address(
            direct.bucket(),
            Optional.of(proxy.endpoint()),
            direct.region(),
            "",
            direct.nameStyle(),
            direct.credentials(),
            direct.encryption(),
            S3Address.Needs.NONE,
            new S3Address.Limits(Duration.ofSeconds(10), 1)); // every fault reaches the registry
    client =
        Client.start(
            RegistrySettings.in(directory)
                .withGc(
                    new Lease(Duration.ofHours(1)),
                    new GcPolicy(Duration.ofDays(7), Duration.ZERO, 50).withStepsAside(false),
                    Duration.ofHours(1))
                .withStorage(
                    new StorageSettings(
                        Optional.of(through),
                        Optional.empty(),
                        4,
                        Optional.empty(),
                        Duration.ofDays(7))));
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    proxy.close();
  }

  private record Image(String tag, byte[] layer, byte[] config, byte[] manifest) {
    static Image of(int number) {
      byte[] layer = Client.random(LAYER_BYTES, number);
      byte[] config = Client.random(100, -number);
      return new Image(
          "t" + number, layer, config, Client.imageManifest(config, List.of(layer), ""));
    }
  }

  /** Every request of a push in turn has an answer that is clear, and is made again. */
  private void push(Image image) throws Exception {
    again("POST", "/v2/app/blobs/uploads/?digest=" + Digest.sha256(image.layer()), image.layer());
    again("POST", "/v2/app/blobs/uploads/?digest=" + Digest.sha256(image.config()), image.config());
    again("PUT", "/v2/app/manifests/" + image.tag(), image.manifest());
  }

  private void again(String method, String path, byte[] body) throws Exception {
    for (int attempts = 0; attempts < 3; attempts++) {
      Client.Reply reply =
          client.send(
              method, path, body, "Content-Type", "application/vnd.oci.image.manifest.v1+json");
      if (reply.status() == 201) {
        return;
      }
      assertThat(reply.status()).as(reply.text()).isEqualTo(503);
      assertThat(reply.header("Retry-After")).isNotEmpty();
      assertThat(reply.text()).contains("try again");
    }
    throw new AssertionError("three times refused: " + path);
  }

  private void assertWhole(Image image) throws Exception {
    assertThat(client.send("GET", "/v2/app/manifests/" + image.tag()).body())
        .isEqualTo(image.manifest());
    assertThat(client.send("GET", "/v2/app/blobs/" + Digest.sha256(image.layer())).body())
        .isEqualTo(image.layer());
    assertThat(client.send("GET", "/v2/app/blobs/" + Digest.sha256(image.config())).body())
        .isEqualTo(image.config());
  }

  private void delete(Image image) throws Exception {
    String path = "/v2/app/manifests/" + Digest.sha256(image.manifest());
    assertThat(client.send("DELETE", path).status()).isEqualTo(202);
  }

  private String collectNow() throws Exception {
    return client.send("POST", "/plimsoll/v1/gc?now").text();
  }

  /** Every third request each; every request with each: {@code -Dplimsoll.s3.faults=all}. */
  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"ANSWERED_500", "ANSWERED_503", "ANSWER_LOST"})
  void aFaultAtAnyRequestIsSaidAndTheNextPushIsWhole(Fault fault) throws Exception {
    Image kept = Image.of(1);
    push(kept);
    boolean all = "all".equals(System.getProperty("plimsoll.s3.faults"));
    int first = all || fault == Fault.ANSWERED_500 ? 1 : fault == Fault.ANSWER_LOST ? 2 : 3;
    for (int step = first; step < STEPS_MAX; step += all ? 1 : 3) {
      AtomicInteger requests = new AtomicInteger();
      int faulty = step;
      proxy.misbehave((method, path) -> requests.incrementAndGet() == faulty ? fault : Fault.NONE);

      Image image = Image.of(100 + step);
      push(image);
      delete(image);
      collectNow(); // which may fail to delete, and says so
      boolean met = requests.get() >= faulty;
      proxy.behave();

      assertThat(collectNow()).contains("\"failed\":0");
      assertWhole(kept);
      push(image);
      assertWhole(image);
      delete(image);
      collectNow();
      if (!met) {
        assertThat(step).isGreaterThan(4);
        return;
      }
    }
    throw new AssertionError("a push of more than %d requests".formatted(STEPS_MAX));
  }

  @Test
  void deletesThatComeLateAndTwiceHitNothingNew() throws Exception {
    Image image = Image.of(1);
    for (int round = 0; round < 3; round++) {
      push(image);
      delete(image);
      assertThat(collectNow()).contains("\"failed\":0");
    }
    push(image);

    proxy.repeatDeletes();

    assertWhole(image);
  }

  @Test
  void whileS3IsAwayManifestsAreServedAndDeletedAndTheRestIsRefusedWithASentence()
      throws Exception {
    Image kept = Image.of(1);
    Image deleted = Image.of(2);
    push(kept);
    push(deleted);
    assertThat(client.send("GET", "/readyz").text()).contains("\"takesPushes\":true");
    proxy.misbehave((method, path) -> Fault.ANSWERED_503);

    assertThat(client.send("GET", "/v2/app/manifests/" + kept.tag()).body())
        .isEqualTo(kept.manifest());
    Client.Reply blob = client.send("GET", "/v2/app/blobs/" + Digest.sha256(kept.layer()));
    assertThat(blob.status()).isEqualTo(503);
    assertThat(blob.text()).contains("try again");
    Client.Reply ready = client.send("GET", "/readyz");
    assertThat(ready.status()).as("manifests are still served").isEqualTo(200);
    assertThat(ready.text())
        .contains("\"reason\":\"the storage did not answer", "\"takesPushes\":false");
    assertThat(client.send("GET", "/metrics").text())
        .contains("plimsoll_registry_storage_answers 0.0");
    Image refused = Image.of(3);
    assertThat(
            client
                .send(
                    "POST",
                    "/v2/app/blobs/uploads/?digest=" + Digest.sha256(refused.layer()),
                    refused.layer())
                .status())
        .isEqualTo(503);
    delete(deleted);
    assertThat(collectNow()).doesNotContain("\"failed\":0");

    proxy.behave();
    assertThat(collectNow()).contains("\"failed\":0");
    assertWhole(kept);
    assertThat(client.send("GET", "/readyz").text())
        .contains("\"takesPushes\":true")
        .doesNotContain("reason");
    assertThat(client.send("GET", "/metrics").text())
        .contains("plimsoll_registry_storage_answers 1.0");
    push(refused);
    assertWhole(refused);
    assertThat(client.send("GET", "/v2/app/manifests/" + deleted.tag()).status()).isEqualTo(404);
  }
}
