package dev.plimsoll.registry.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.registry.RegistrySettings;
import dev.plimsoll.registry.gc.GcPolicy;
import dev.plimsoll.registry.repository.Lease;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pushes while the collector runs without a pause. Under this load registries that collect by
 * marking and sweeping answer 201 to images of which most are broken afterwards.
 */
class GcRaceTest {
  private static final int PUSHERS = 3;
  private static final int PUSHES_EACH = 25;

  @TempDir private Path data;

  private record Image(String tag, List<byte[]> blobs) {}

  @ParameterizedTest
  @ValueSource(strings = {"/plimsoll/v1/gc", "/plimsoll/v1/gc?now"})
  void everyImageThatWasAnsweredIsWhole(String gc) throws Exception {
    var eager = new GcPolicy(Duration.ZERO, Duration.ZERO, 50).withStepsAside(false);
    RegistrySettings settings =
        RegistrySettings.in(data)
            .withGc(new Lease(Duration.ofSeconds(30)), eager, Duration.ofMinutes(1));
    try (Client client = Client.start(settings);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      AtomicBoolean pushing = new AtomicBoolean(true);
      AtomicInteger runs = new AtomicInteger();
      Future<?> collecting =
          threads.submit(
              (Callable<Void>)
                  () -> {
                    while (pushing.get()) {
                      assertThat(client.send("POST", gc).status()).isEqualTo(200);
                      runs.incrementAndGet();
                    }
                    return null;
                  });
      List<Future<List<Image>>> pushers = new ArrayList<>();
      for (int i = 0; i < PUSHERS; i++) {
        int pusher = i;
        pushers.add(threads.submit(() -> push(client, pusher)));
      }
      List<Image> answered = new ArrayList<>();
      for (Future<List<Image>> pusher : pushers) {
        answered.addAll(pusher.get());
      }
      pushing.set(false);
      collecting.get();
      client.send("POST", "/plimsoll/v1/gc");

      assertThat(runs.get()).isGreaterThan(5);
      if (!gc.endsWith("now")) {
        assertThat(answered).hasSize(PUSHERS * PUSHES_EACH);
      }
      for (Image image : answered) {
        assertWhole(client, image);
      }
    }
  }

  /** Pushes, and deletes every third image again, so that there is garbage all the time. */
  private static List<Image> push(Client client, int pusher) throws Exception {
    List<Image> answered = new ArrayList<>();
    for (int i = 0; i < PUSHES_EACH; i++) {
      String tag = pusher + "-" + i;
      byte[] shared = ("base " + (i % 3)).repeat(8_000).getBytes(UTF_8);
      byte[] own = Client.random(40_000, pusher * 1000L + i);
      byte[] config = ("{\"tag\":\"" + tag + "\"}").getBytes(UTF_8);
      for (byte[] blob : List.of(shared, own, config)) {
        Digest digest = Digest.sha256(blob);
        if (client.send("HEAD", "/v2/app/blobs/" + digest).status() != 200) {
          client.blob("app", blob);
        }
      }
      byte[] manifest = Client.imageManifest(config, List.of(shared, own), "");
      Client.Reply reply = client.manifest("app", tag, manifest);
      assertThat(reply.status()).isIn(201, 404);
      if (reply.status() == 201) {
        answered.add(new Image(tag, List.of(shared, own, config)));
        byte[] doomed = Client.imageManifest(config, List.of(shared), "");
        if (client.manifest("app", "doomed-" + tag, doomed).status() == 201) {
          client.send("DELETE", "/v2/app/manifests/" + Digest.sha256(doomed));
        }
      }
    }
    return answered;
  }

  private static void assertWhole(Client client, Image image) throws Exception {
    assertThat(client.send("GET", "/v2/app/manifests/" + image.tag()).status())
        .as(image.tag())
        .isEqualTo(200);
    for (byte[] blob : image.blobs()) {
      assertThat(client.send("GET", "/v2/app/blobs/" + Digest.sha256(blob)).body()).isEqualTo(blob);
    }
  }
}
