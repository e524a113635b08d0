package dev.plimsoll.registry.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.api.Client.Reply;
import dev.plimsoll.registry.api.LyingFront.Mood;
import dev.plimsoll.registry.mirror.MirrorSettings;
import dev.plimsoll.registry.mirror.Upstream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mirror whose disk is full: pulls go on, past the store. */
class MirrorFullDiskTest {
  private static final int MEBIBYTE = 1 << 20;
  private static final int LOW_WATER = 4 * MEBIBYTE;

  @TempDir private Path directory;
  private SmallDisk disk;
  private Client upstream;
  private LyingFront front;
  private Client mirror;

  @BeforeEach
  void start() throws Exception {
    disk = SmallDisk.mount(directory.resolve("disk"));
    upstream = Client.start(directory.resolve("upstream"));
    front = new LyingFront(upstream.url());
    mirror =
        Client.start(
            disk.settings()
                .withMirror(
                    MirrorSettings.NONE
                        .withUpstreams(
                            List.of(new Upstream(new RepositoryName("up"), front.url())),
                            Optional.empty())
                        .withWaits(
                            Duration.ofMillis(1), Duration.ofSeconds(5), Duration.ofMillis(1))));
    disk.awaitReserve(mirror);
  }

  @AfterEach
  void stop() throws Exception {
    try {
      mirror.close();
      front.close();
      upstream.close();
    } finally {
      disk.close();
    }
  }

  private Reply pull(String what) throws Exception {
    return mirror.send("GET", "/v2/up/app/" + what);
  }

  private int asked(Digest blob) {
    return front.asked("GET /v2/app/blobs/" + blob);
  }

  @Test
  void whatIsNotHereIsPassedOnAndNotKept() throws Exception {
    byte[] image = upstream.image("app", "1", "layer");
    Digest layer = Digest.sha256("layer".getBytes(StandardCharsets.UTF_8));
    disk.fillBut(0);

    for (int i = 1; i <= 2; i++) {
      assertThat(pull("manifests/1").body()).isEqualTo(image);
      Reply blob = pull("blobs/" + layer);
      assertThat(blob.text()).isEqualTo("layer");
      assertThat(blob.header("Plimsoll-Mirror")).isEqualTo("fetching");
      assertThat(asked(layer)).as("it is asked for each time").isEqualTo(i);
    }
    assertThat(mirror.send("POST", "/v2/app/blobs/uploads/").status()).isEqualTo(507);

    disk.makeRoom();
    await().atMost(Duration.ofSeconds(30)).until(mirror::takesPushes);
    assertThat(pull("manifests/1").body()).isEqualTo(image);
    pull("blobs/" + layer);
    front.become(Mood.BROKEN);
    assertThat(pull("manifests/1").body()).isEqualTo(image);
    await().until(() -> pull("blobs/" + layer).status() == 200);
  }

  @Test
  void whatWasPulledBeforeIsServedWithoutTheUpstream() throws Exception {
    byte[] image = upstream.image("app", "1", "layer");
    Digest layer = Digest.sha256("layer".getBytes(StandardCharsets.UTF_8));
    pull("manifests/1");
    await()
        .until(() -> {
          int before = asked(layer);
          pull("blobs/" + layer);
          return asked(layer) == before;
        });
    disk.fillBut(0);
    front.become(Mood.BROKEN);

    Reply manifest = pull("manifests/1");
    assertThat(manifest.body()).isEqualTo(image);
    assertThat(manifest.header("Plimsoll-Mirror")).isEqualTo("stale");
    assertThat(pull("blobs/" + layer).text()).isEqualTo("layer");
  }

  @Test
  void twoBlobsOfWhichOnlyOneFitsAreBothServed() throws Exception {
    List<byte[]> contents = List.of(Client.random(6 * MEBIBYTE, 3), Client.random(6 * MEBIBYTE, 4));
    Digest first = upstream.blob("app", contents.get(0));
    Digest second = upstream.blob("app", contents.get(1));
    disk.fillBut(LOW_WATER + 20 * MEBIBYTE);
    CountDownLatch gate = new CountDownLatch(1);
    front.holdBlobs(gate);
    try (ExecutorService client = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Reply> held = client.submit(() -> pull("blobs/" + first));
      await().until(() -> asked(first) == 1);
      Future<Reply> other = client.submit(() -> pull("blobs/" + second));
      await().until(() -> asked(second) == 1);
      gate.countDown();
      assertThat(held.get().body()).isEqualTo(contents.get(0));
      assertThat(other.get().body()).isEqualTo(contents.get(1));
    }
    disk.fillBut(LOW_WATER);
    assertThat(pull("blobs/" + first).body()).isEqualTo(contents.get(0));
    assertThat(asked(first)).as("kept").isEqualTo(1);
    pull("blobs/" + second);
    assertThat(asked(second)).as("passed on").isEqualTo(2);
  }

  @Test
  void aWrongBlobIsNotPassedOnWhole() throws Exception {
    byte[] content = Client.random(3 * MEBIBYTE, 1);
    Digest blob = upstream.blob("app", content);
    disk.fillBut(0);
    front.become(Mood.LYING);
    assertThatThrownBy(() -> pull("blobs/" + blob)).isInstanceOf(IOException.class);
    assertThat(mirror.send("GET", "/metrics").text())
        .as("one wrong blob is no outage")
        .contains("plimsoll_registry_mirror_upstreams_down 0.0");

    front.become(Mood.HONEST);
    assertThat(pull("blobs/" + blob).body()).isEqualTo(content);
  }

  @Test
  void aBlobThatWouldFillTheDiskIsPassedOnAsWell() throws Exception {
    byte[] content = Client.random(24 * MEBIBYTE, 2);
    Digest blob = upstream.blob("app", content);
    disk.fillBut(16 * MEBIBYTE);
    assertThat(mirror.takesPushes()).as("there is room, but not for this").isTrue();

    assertThat(pull("blobs/" + blob).body()).isEqualTo(content);
    assertThat(mirror.takesPushes()).isTrue();
  }
}
