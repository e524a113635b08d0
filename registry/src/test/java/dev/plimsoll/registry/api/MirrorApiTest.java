package dev.plimsoll.registry.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Manifest;
import dev.plimsoll.oci.MediaTypes;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.AccessSettings;
import dev.plimsoll.registry.RegistrySettings;
import dev.plimsoll.registry.api.Client.Reply;
import dev.plimsoll.registry.api.LyingFront.Mood;
import dev.plimsoll.registry.mirror.MirrorSettings;
import dev.plimsoll.registry.mirror.Upstream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One registry shows another one, which behaves in every way there is. */
class MirrorApiTest {
  private static final String LAYER = "the layer's bytes ".repeat(10_000);

  @TempDir private Path directory;
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-03-01T00:00:00Z"));
  private Client upstream;
  private LyingFront front;
  private Client mirror;
  private byte[] image;

  @BeforeEach
  void start() throws Exception {
    upstream = Client.start(directory.resolve("upstream"));
    image = upstream.image("library/app", "1", LAYER);
    front = new LyingFront(upstream.url());
    mirror = open();
  }

  private Client open() throws IOException {
    return open(AccessSettings.DEFAULT);
  }

  private Client open(AccessSettings access) throws IOException {
    InstantSource clock = now::get;
    return Client.start(
        RegistrySettings.in(directory.resolve("mirror"))
            .withAccess(access)
            .withMirror(
                MirrorSettings.NONE
                    .withUpstreams(
                        List.of(new Upstream(new RepositoryName("up"), front.url())),
                        Optional.of("up"))
                    .withWaits(
                        Duration.ofMinutes(1), Duration.ofMillis(300), Duration.ofSeconds(10))),
        clock);
  }

  @AfterEach
  void stop() throws Exception {
    front.close();
    mirror.close();
    upstream.close();
  }

  private Digest layer() {
    return Digest.sha256(LAYER.getBytes(StandardCharsets.UTF_8));
  }

  private Reply pullTag() throws Exception {
    return mirror.send("GET", "/v2/up/library/app/manifests/1");
  }

  private Reply pullLayer() throws Exception {
    return mirror.send("GET", "/v2/up/library/app/blobs/" + layer());
  }

  private void awaitStored() throws Exception {
    // A part of a blob is served from the store, and waited for until it is there.
    assertThat(
            mirror.send("GET", "/v2/up/library/app/blobs/" + layer(), "Range", "bytes=0-").status())
        .isEqualTo(206);
  }

  @Test
  void whatIsPulledComesByteForByteAndIsAskedForOnce() throws Exception {
    Reply manifest = pullTag();
    assertThat(manifest.status()).isEqualTo(200);
    assertThat(manifest.body()).isEqualTo(image);
    assertThat(manifest.header("Plimsoll-Mirror")).isEqualTo("current");
    assertThat(pullLayer().text()).isEqualTo(LAYER);
    awaitStored();

    pullTag();
    pullLayer();
    assertThat(front.asked("HEAD /v2/library/app/manifests/1")).isEqualTo(1);
    assertThat(front.asked("GET /v2/library/app/blobs/" + layer())).isEqualTo(1);
  }

  @Test
  void aTagThatMovedUpstreamMovesHereAfterItWasBelievedLongEnough() throws Exception {
    pullTag();
    byte[] newer = upstream.image("library/app", "1", "newer");
    assertThat(pullTag().body()).isEqualTo(image);
    now.updateAndGet(t -> t.plus(Duration.ofMinutes(2)));
    assertThat(pullTag().body()).isEqualTo(newer);
  }

  @Test
  void sevenHoursWithoutTheUpstreamCostNoPull() throws Exception {
    pullTag();
    pullLayer();
    awaitStored();
    for (Mood mood : List.of(Mood.BROKEN, Mood.SLOW, Mood.BUSY, Mood.LYING, Mood.EMPTY)) {
      front.become(mood);
      if (mood == Mood.LYING) {
        upstream.image("library/app", "1", "newer");
      }
      for (int minutes = 0; minutes < 84; minutes += 12) {
        now.updateAndGet(t -> t.plus(Duration.ofMinutes(12)));
        Reply manifest = pullTag();
        assertThat(manifest.status()).as("%s", mood).isEqualTo(200);
        assertThat(manifest.body()).isEqualTo(image);
        assertThat(manifest.header("Plimsoll-Mirror")).as("%s", mood).isEqualTo("stale");
        assertThat(manifest.header("Warning")).startsWith("110 - \"Response is Stale: http");
        assertThat(pullLayer().text()).isEqualTo(LAYER);
      }
    }
    assertThat(mirror.send("GET", "/metrics").text())
        .contains(
            "plimsoll_registry_mirror_manifests_total{result=\"stale\",upstream=\"up\"} 35.0");
  }

  @Test
  void whatWasPulledOutlivesARestartWithoutTheUpstream() throws Exception {
    pullTag();
    pullLayer();
    awaitStored();
    mirror.close();
    front.become(Mood.BROKEN);
    mirror = open();
    assertThat(pullTag().body()).isEqualTo(image);
    assertThat(pullLayer().text()).isEqualTo(LAYER);
  }

  @Test
  void anUpstreamThatFailedIsLeftAloneForAWhile() throws Exception {
    pullTag();
    front.become(Mood.BROKEN);
    now.updateAndGet(t -> t.plus(Duration.ofMinutes(2)));
    for (int i = 0; i < 5; i++) {
      assertThat(pullTag().header("Plimsoll-Mirror")).isEqualTo("stale");
    }
    assertThat(front.asked("HEAD /v2/library/app/manifests/1")).isEqualTo(2);
    front.become(Mood.HONEST);
    now.updateAndGet(t -> t.plus(Duration.ofSeconds(11)));
    assertThat(pullTag().header("Plimsoll-Mirror")).isEqualTo("current");
  }

  @Test
  void manyPullsOfOneBlobCostTheUpstreamOneAndAllBeginBeforeItsEnd() throws Exception {
    pullTag();
    CountDownLatch gate = new CountDownLatch(1);
    front.holdBlobs(gate);
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Reply>> replies = new ArrayList<>();
      replies.add(clients.submit(this::pullLayer));
      awaitFollowers(1);
      for (int i = 1; i < 8; i++) {
        replies.add(clients.submit(this::pullLayer));
      }
      // All eight have their first half while the second is held back: sizes say so.
      awaitFollowers(8);
      gate.countDown();
      for (Future<Reply> reply : replies) {
        assertThat(reply.get().text()).isEqualTo(LAYER);
      }
    }
    assertThat(front.asked("GET /v2/library/app/blobs/" + layer())).isEqualTo(1);
    assertThat(front.asked("HEAD /v2/library/app/blobs/" + layer()))
        .as("who comes while the blob is on its way costs the upstream nothing")
        .isEqualTo(1);
  }

  private void awaitFollowers(int number) {
    String line = "plimsoll_registry_mirror_followers %d.0".formatted(number);
    await().until(() -> mirror.send("GET", "/metrics").text().lines().anyMatch(line::equals));
  }

  @Test
  void aSlowUpstreamTakesNoPlacesFromAnother() throws Exception {
    List<Digest> held = new ArrayList<>();
    for (int i = 0; i < MirrorSettings.NONE.fetchesMax(); i++) {
      held.add(upstream.blob("library/held", ("held " + i).getBytes(StandardCharsets.UTF_8)));
    }
    CountDownLatch gate = new CountDownLatch(1);
    front.holdBlobs(gate);
    try (var quick = new LyingFront(upstream.url());
        Client two = ofTwo(quick);
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Reply>> waiting = new ArrayList<>();
      try {
        for (Digest digest : held) {
          waiting.add(clients.submit(() -> two.send("GET", "/v2/up/library/held/blobs/" + digest)));
        }
        await()
            .until(() ->
                held.stream().allMatch(d -> front.asked("GET /v2/library/held/blobs/" + d) == 1));

        assertThat(two.send("GET", "/v2/quick/library/app/blobs/" + layer()).text())
            .isEqualTo(LAYER);
      } finally {
        gate.countDown();
      }
      for (Future<Reply> reply : waiting) {
        assertThat(reply.get().status()).isEqualTo(200);
      }
    }
  }

  private Client ofTwo(LyingFront other) throws IOException {
    return Client.start(
        RegistrySettings.in(directory.resolve("two"))
            .withMirror(
                MirrorSettings.NONE.withUpstreams(
                    List.of(
                        new Upstream(new RepositoryName("up"), front.url()),
                        new Upstream(new RepositoryName("quick"), other.url())),
                    Optional.empty())),
        now::get);
  }

  @Test
  void anUpstreamIsLeftAloneAsLongAsItAsksFor() throws Exception {
    pullTag();
    front.become(Mood.BUSY);
    front.askForPatience("600");
    now.updateAndGet(t -> t.plus(Duration.ofMinutes(2)));
    assertThat(pullTag().header("Warning")).contains("asks us to wait");
    int asked = front.askedInAll();
    assertThat(pullTag().header("Warning")).contains("asks us to wait");

    now.updateAndGet(t -> t.plus(Duration.ofMinutes(4)));
    Reply stale = pullTag();
    assertThat(stale.header("Plimsoll-Mirror")).isEqualTo("stale");
    assertThat(stale.header("Warning")).contains("it is asked again in 10m");
    Reply never = mirror.send("GET", "/v2/up/library/app/manifests/2");
    assertThat(never.status()).isEqualTo(429);
    assertThat(never.header("Retry-After")).isEqualTo("360");
    assertThat(never.text()).contains("TOOMANYREQUESTS", "asks us to wait");
    assertThat(pullLayer().status()).isEqualTo(429);
    assertThat(front.askedInAll()).as("it is asked for nothing at all").isEqualTo(asked);
    assertThat(mirror.send("GET", "/metrics").text())
        .contains("plimsoll_registry_mirror_upstreams_waited_for 1.0");

    front.become(Mood.HONEST);
    now.updateAndGet(t -> t.plus(Duration.ofMinutes(7)));
    assertThat(pullTag().header("Plimsoll-Mirror")).isEqualTo("current");
    assertThat(mirror.send("GET", "/metrics").text())
        .contains("plimsoll_registry_mirror_upstreams_waited_for 0.0");
  }

  @Test
  void anUpstreamThatRefusesTheBytesIsNotAskedForThemAgain() throws Exception {
    pullTag();
    front.become(Mood.BUSY_WITH_BLOBS);
    front.askForPatience("600");

    Reply first = pullLayer();
    assertThat(first.status()).as("nothing was sent yet").isEqualTo(429);
    assertThat(first.text()).contains(front.url().toString(), "asks us to wait");
    assertThat(mirror.send("GET", "/metrics").text())
        .contains("plimsoll_registry_mirror_upstreams_waited_for 1.0");

    assertThat(front.asked("GET /v2/library/app/blobs/" + layer())).isEqualTo(1);
    Reply again = pullLayer();
    assertThat(again.status()).isEqualTo(429);
    assertThat(again.header("Retry-After")).isEqualTo("600");
  }

  @Test
  void anUpstreamIsLeftAloneForLessThanAnOutageToo() throws Exception {
    front.become(Mood.BUSY);
    front.askForPatience("5");
    assertThat(pullTag().status()).isEqualTo(429);
    front.become(Mood.HONEST);
    int asked = front.askedInAll();

    Reply other = mirror.send("GET", "/v2/up/library/app/manifests/2");
    assertThat(other.status()).isEqualTo(429);
    assertThat(other.header("Retry-After")).isEqualTo("5");
    assertThat(front.askedInAll()).isEqualTo(asked);

    now.updateAndGet(t -> t.plus(Duration.ofSeconds(5)));
    assertThat(pullTag().body()).as("nothing is here to be served").isEqualTo(image);
  }

  @Test
  void anUpstreamThatIsDownMayNameTheTimeWhenItIsBack() throws Exception {
    front.become(Mood.BROKEN);
    front.askForPatience(
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            Instant.now().plus(Duration.ofMinutes(10)).atZone(ZoneOffset.UTC)));

    Reply refused = pullTag();

    assertThat(refused.status()).isEqualTo(429);
    assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(570, 600);
    front.become(Mood.HONEST);
    assertThat(pullTag().status()).as("it is asked for nothing until then").isEqualTo(429);
  }

  @Test
  void aDownloadThatWaitedItsTurnDoesNotBeginInAPause() throws Exception {
    List<Digest> all = new ArrayList<>();
    for (int i = 0; i <= MirrorSettings.NONE.fetchesMax(); i++) {
      all.add(upstream.blob("library/app", ("held " + i).getBytes(StandardCharsets.UTF_8)));
    }
    CountDownLatch gate = new CountDownLatch(1);
    front.holdBlobs(gate);
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Reply>> replies = new ArrayList<>();
      try {
        for (Digest blob : all) {
          replies.add(clients.submit(() -> mirror.send("GET", "/v2/up/library/app/blobs/" + blob)));
        }
        awaitFollowers(all.size());
        await().until(() -> all.stream().filter(this::isAsked).count() == all.size() - 1);
        front.become(Mood.BUSY);
        front.askForPatience("600");
        assertThat(pullTag().status()).isEqualTo(429);
      } finally {
        gate.countDown();
      }
      List<Integer> statuses = new ArrayList<>();
      for (Future<Reply> reply : replies) {
        statuses.add(reply.get().status());
      }
      assertThat(statuses).containsOnlyOnce(429);
    }
    assertThat(all.stream().filter(this::isAsked)).hasSize(all.size() - 1);
  }

  private boolean isAsked(Digest blob) {
    return front.asked("GET /v2/library/app/blobs/" + blob) > 0;
  }

  @Test
  void whatPassesThroughHearsOfAPauseToo() throws Exception {
    pullTag();
    mirror.send("PUT", "/plimsoll/v1/read-only?reason=test");
    front.become(Mood.BUSY_WITH_BLOBS);
    front.askForPatience("600");

    assertThat(pullLayer().status()).isEqualTo(429);
    Reply again = pullLayer();

    assertThat(again.header("Retry-After")).isEqualTo("600");
    assertThat(front.asked("GET /v2/library/app/blobs/" + layer())).isEqualTo(1);
  }

  @Test
  void uselessAnswersAreCounted() throws Exception {
    front.become(Mood.LYING);
    assertThat(pullTag().status()).isEqualTo(502);
    assertThat(mirror.send("GET", "/metrics").text())
        .contains("mirror_failures_total{upstream=\"up\"} 1.0");
  }

  @Test
  void noUpstreamIsLeftAloneForDaysWhateverItAsksFor() throws Exception {
    pullTag();
    front.become(Mood.BUSY);
    front.askForPatience("999999999");
    now.updateAndGet(t -> t.plus(Duration.ofMinutes(2)));
    pullTag();

    Reply never = mirror.send("GET", "/v2/up/library/app/manifests/2");
    assertThat(never.header("Retry-After")).isEqualTo("3600");
    front.become(Mood.HONEST);
    now.updateAndGet(t -> t.plus(Duration.ofMinutes(61)));
    assertThat(pullTag().header("Plimsoll-Mirror")).isEqualTo("current");
  }

  @Test
  void aWrongBlobNeverReachesAClientWhole() throws Exception {
    pullTag();
    front.become(Mood.LYING);
    try {
      Reply refused = pullLayer();
      assertThat(refused.status()).as("found out before the first byte went").isEqualTo(502);
      assertThat(refused.text()).contains("sent something wrong");
    } catch (IOException cutOff) {
      assertThat(cutOff).as("found out on the way").isNotNull();
    }
    front.become(Mood.HONEST);
    assertThat(pullLayer().text()).isEqualTo(LAYER);
  }

  @Test
  void whatWasNeverPulledIsRefusedWithTheReason() throws Exception {
    Reply unknown = mirror.send("GET", "/v2/up/library/app/manifests/none");
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.text()).contains("MANIFEST_UNKNOWN");

    front.become(Mood.BUSY);
    Reply busy = mirror.send("GET", "/v2/up/library/app/manifests/2");
    assertThat(busy.status()).isEqualTo(429);

    front.become(Mood.BROKEN);
    Reply down = mirror.send("GET", "/v2/up/library/app/manifests/2");
    assertThat(down.status()).isEqualTo(502);
    assertThat(down.text()).contains(front.url().toString()).contains("cannot be asked");
  }

  @Test
  void clientsNameTheUpstreamAsContainerdDoesOrNotAtAllAsDockerDoes() throws Exception {
    assertThat(mirror.send("GET", "/v2/library/app/manifests/1?ns=up").body()).isEqualTo(image);
    assertThat(mirror.send("GET", "/v2/library/app/manifests/1").body()).isEqualTo(image);
    assertThat(mirror.send("GET", "/v2/library/app/blobs/" + layer()).text()).isEqualTo(LAYER);
    Reply other = mirror.send("GET", "/v2/library/app/manifests/1?ns=example.org");
    assertThat(other.status()).isEqualTo(400);
    assertThat(other.text()).contains("ns=example.org is not mirrored here");
  }

  @Test
  void whatIsPushedHereComesBeforeTheFallback() throws Exception {
    byte[] own = mirror.image("library/app", "1", "our own");
    assertThat(mirror.send("GET", "/v2/library/app/manifests/1").body()).isEqualTo(own);
    assertThat(pullTag().body()).isEqualTo(image);
  }

  @Test
  void aNameIsTheFallbacksUntilItIsPushedHereAndWhenItsLastManifestHasLeftTheTrash()
      throws Exception {
    String tag = "/v2/library/app/manifests/1";
    assertThat(mirror.send("GET", tag).body()).isEqualTo(image);
    byte[] own = mirror.image("library/app", "1", "our own");
    assertThat(mirror.send("GET", tag).body()).isEqualTo(own);
    String digest = "/v2/library/app/manifests/" + Digest.sha256(own);
    assertThat(mirror.send("DELETE", digest).status()).isEqualTo(202);
    assertThat(mirror.send("GET", tag).status()).isEqualTo(404);
    assertThat(mirror.send("POST", "/plimsoll/v1/gc?now").status()).isEqualTo(200);
    assertThat(mirror.send("GET", tag).body()).isEqualTo(image);
  }

  @Test
  void aNameThatWasPushedHereNeverMeansAStrangersRepository() throws Exception {
    upstream.image("team/app", "2", "a stranger's");
    mirror.image("team/app", "1", "our own");
    assertThat(mirror.send("GET", "/v2/team/app/manifests/2").status()).isEqualTo(404);
    String gone = "/v2/team/app/manifests/1";
    assertThat(mirror.send("DELETE", gone).status()).isEqualTo(202);
    upstream.image("team/app", "1", "a stranger's too");
    assertThat(mirror.send("GET", gone).status()).as("it is in the trash").isEqualTo(404);
    assertThat(front.asked("HEAD " + gone)).as("the name is told to nobody").isZero();
  }

  @Test
  void aBlobThatIsSaidToBeEmptyAndIsNotIsServedToNobody() throws Exception {
    pullTag();
    front.become(Mood.EMPTY_BLOBS);
    Reply blob = pullLayer();
    assertThat(blob.status()).isEqualTo(502);
    assertThat(blob.text()).contains(front.url().toString(), "has 0 bytes");
    front.become(Mood.HONEST);
    assertThat(pullLayer().text()).isEqualTo(LAYER);
  }

  @Test
  void anUpstreamThatTellsNoSizeToAHeadIsMirroredAllTheSame() throws Exception {
    pullTag();
    front.become(Mood.SIZELESS_BLOBS);

    Reply blob = pullLayer();

    assertThat(blob.status()).isEqualTo(200);
    assertThat(blob.text()).isEqualTo(LAYER);
  }

  @Test
  void whetherABlobIsThereToBePushedOverIsNotAskedOfTheFallback() throws Exception {
    assertThat(mirror.send("HEAD", "/v2/library/app/blobs/" + layer()).status()).isEqualTo(404);
    front.become(Mood.BROKEN);
    assertThat(mirror.send("HEAD", "/v2/library/app/blobs/" + layer()).status()).isEqualTo(404);

    byte[] own = mirror.image("library/app", "1", LAYER);
    assertThat(mirror.send("GET", "/v2/library/app/manifests/1").body()).isEqualTo(own);
  }

  @Test
  void aPushUnderAMirrorsNameIsRefused() throws Exception {
    Reply upload = mirror.send("POST", "/v2/up/library/app/blobs/uploads/");
    assertThat(upload.status()).isEqualTo(403);
    assertThat(upload.text()).contains("DENIED").contains("push under another name");
    assertThat(mirror.manifest("up/library/app", "1", image).status()).isEqualTo(403);
  }

  @Test
  void aPartOfABlobThatIsNotHereYetIsServed() throws Exception {
    Reply part = mirror.send("GET", "/v2/up/library/app/blobs/" + layer(), "Range", "bytes=4-8");
    assertThat(part.status()).isEqualTo(206);
    assertThat(part.text()).isEqualTo("layer");
  }

  @Test
  void tagsAreThoseOfTheUpstreamAndThoseThatWerePulled() throws Exception {
    pullTag();
    upstream.image("library/app", "2", "second");
    assertThat(mirror.send("GET", "/v2/up/library/app/tags/list").text()).contains("[\"1\",\"2\"]");
    Reply page = mirror.send("GET", "/v2/up/library/app/tags/list?n=1");
    assertThat(page.text()).contains("[\"1\"]");
    assertThat(page.header("Link")).contains("last=1");
    assertThat(mirror.send("GET", "/v2/up/library/app/tags/list?n=1&last=1").text())
        .contains("[\"2\"]");
    front.become(Mood.BROKEN);
    assertThat(mirror.send("GET", "/v2/up/library/app/tags/list").text()).contains("[\"1\"]");
  }

  @Test
  void tagsThatNobodyCanTellAreNotSaidToBeNone() throws Exception {
    String never = "/v2/up/library/never/tags/list";
    front.become(Mood.BROKEN);
    Reply down = mirror.send("GET", never);
    assertThat(down.status()).isEqualTo(502);
    assertThat(down.text()).contains(front.url().toString(), "cannot be asked");

    front.become(Mood.BUSY);
    front.askForPatience("600");
    assertThat(mirror.send("GET", never).header("Retry-After")).isEqualTo("600");
  }

  @Test
  void tagsAreToldWithoutAskingWhileAnUpstreamThatFailedIsLeftAlone() throws Exception {
    pullTag();
    front.become(Mood.BROKEN);
    String list = "/v2/up/library/app/tags/list";
    mirror.send("GET", list);
    int asked = front.askedInAll();

    Reply again = mirror.send("GET", list);

    assertThat(again.text()).contains("[\"1\"]");
    assertThat(again.header("Plimsoll-Mirror")).isEqualTo("stale");
    assertThat(front.askedInAll()).isEqualTo(asked);
  }

  @Test
  void warmingBringsAWholeImageBeforeItIsNeeded() throws Exception {
    byte[] body =
        "{\"images\":[\"%s/library/app:1\",\"%s/library/none:1\",\"example.org/app\"]}"
            .formatted(front.url().getAuthority(), front.url().getAuthority())
            .getBytes(StandardCharsets.UTF_8);
    Reply warmed = mirror.send("POST", "/plimsoll/v1/warm", body);
    assertThat(warmed.text().lines().toList())
        .anySatisfy(line -> assertThat(line).contains("\"fetchedBlobs\":2"))
        .anySatisfy(line -> assertThat(line).contains("library/none", "error"))
        .anySatisfy(line -> assertThat(line).contains("no mirror is set up for example.org"));

    front.become(Mood.BROKEN);
    assertThat(pullTag().body()).isEqualTo(image);
    assertThat(pullLayer().text()).isEqualTo(LAYER);
  }

  @Test
  void anImageThatCannotBeKeptIsNotSaidToHaveCome() throws Exception {
    restart("quotas: [{namespace: up, tags: 1}]\n");
    pullTag();
    upstream.image("library/app", "2", "second");
    String body = "{\"images\":[\"%s/library/app:2\"]}".formatted(front.url().getAuthority());

    Reply warmed = mirror.send("POST", "/plimsoll/v1/warm", body.getBytes(StandardCharsets.UTF_8));

    assertThat(warmed.text())
        .contains("\"error\"", "cannot be kept", "quota")
        .doesNotContain("blob");
  }

  @Test
  void aPlatformThatAnImageDoesNotHaveIsNamed() throws Exception {
    byte[] index =
        """
        {"schemaVersion":2,"mediaType":"%s","manifests":[{"mediaType":"%s","digest":"%s","size":%d,
        "platform":{"os":"linux","architecture":"amd64"}}]}
        """
            .formatted(
                MediaTypes.OCI_INDEX, MediaTypes.OCI_MANIFEST, Digest.sha256(image), image.length)
            .getBytes(StandardCharsets.UTF_8);
    assertThat(upstream.manifest("library/app", "all", index, MediaTypes.OCI_INDEX).status())
        .isEqualTo(201);
    String body =
        "{\"images\":[\"%s/library/app:all\"],\"platforms\":[\"linux/amd64\",\"linux/riscv64\"]}"
            .formatted(front.url().getAuthority());

    Reply warmed = mirror.send("POST", "/plimsoll/v1/warm", body.getBytes(StandardCharsets.UTF_8));

    assertThat(warmed.text())
        .contains("has no image for linux/riscv64; it has linux/amd64")
        .contains(layer().toString());
  }

  private String referrers() throws Exception {
    Reply reply = mirror.send("GET", "/v2/up/library/app/referrers/" + Digest.sha256(image));
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    return reply.header("Plimsoll-Mirror") + " " + reply.text();
  }

  /** A manifest about the image, which the upstream has under no tag. */
  private Digest sign(String by) throws Exception {
    byte[] config = "{\"by\":\"%s\"}".formatted(by).getBytes(StandardCharsets.UTF_8);
    upstream.blob("library/app", config);
    byte[] signature =
        Client.imageManifest(
            config,
            List.of(),
            ",\"artifactType\":\"example/%s\",\"subject\":%s"
                .formatted(by, Client.descriptor(MediaTypes.OCI_MANIFEST, image)));
    Digest digest = Digest.sha256(signature);
    assertThat(upstream.manifest("library/app", digest.toString(), signature).status())
        .isEqualTo(201);
    return digest;
  }

  @Test
  void whatRefersToAManifestIsListedAsTheUpstreamListsIt() throws Exception {
    pullTag();
    assertThat(referrers()).startsWith("current").contains("\"manifests\":[]");
    Digest one = sign("one");
    assertThat(referrers()).as("believed for a minute").doesNotContain(one.toString());
    now.updateAndGet(t -> t.plus(Duration.ofMinutes(2)));
    Digest two = sign("two");
    assertThat(referrers()).startsWith("current").contains(one.toString(), two.toString());

    String path = "/v2/up/library/app/referrers/" + Digest.sha256(image);
    Reply filtered = mirror.send("GET", path + "?artifactType=example/two");
    assertThat(filtered.text()).contains(two.toString()).doesNotContain(one.toString());
    Reply page = mirror.send("GET", path + "?n=1");
    String next = page.header("Link").replaceAll(".*<(.*)>.*", "$1");
    assertThat(page.text() + mirror.send("GET", next).text())
        .containsOnlyOnce(one.toString())
        .containsOnlyOnce(two.toString());
    assertThat(mirror.send("GET", "/v2/library/app/referrers/" + Digest.sha256(image)).text())
        .contains(one.toString());
  }

  @Test
  void whatRefersToAManifestOutlivesTheUpstreamAndARestart() throws Exception {
    pullTag();
    Digest one = sign("one");
    referrers();
    front.become(Mood.BROKEN);
    now.updateAndGet(t -> t.plus(Duration.ofMinutes(2)));
    assertThat(referrers()).startsWith("stale").contains(one.toString());
    mirror.close();
    mirror = open();
    assertThat(referrers()).startsWith("stale").contains(one.toString());
    assertThat(mirror.send("GET", "/v2/up/library/app/manifests/" + one).status()).isEqualTo(200);
    String neverTold = "/v2/up/library/app/referrers/" + Digest.sha256(new byte[1]);
    assertThat(mirror.send("GET", neverTold).status()).as("nobody can tell").isEqualTo(502);
  }

  @Test
  void anUpstreamWithoutReferrersIsAskedForTheTagThatStandsIn() throws Exception {
    pullTag();
    front.knowNothingOf("/referrers/");
    assertThat(referrers()).startsWith("current").contains("\"manifests\":[]");
    Digest one = sign("one");
    byte[] signature = upstream.send("GET", "/v2/library/app/manifests/" + one).body();
    String tag = Digest.sha256(image).toString().replace(':', '-');
    upstream.manifest("library/app", tag, Client.index("", signature), MediaTypes.OCI_INDEX);
    now.updateAndGet(t -> t.plus(Duration.ofMinutes(2)));

    assertThat(referrers()).startsWith("current").contains(one.toString(), "example/one");
  }

  @Test
  void whatTheUpstreamDoesNotHaveIsAskedForOnceInAWhile() throws Exception {
    String digest = Digest.sha256(new byte[1]).toString();
    for (int i = 0; i < 3; i++) {
      for (String what : List.of("manifests/later", "manifests/" + digest, "blobs/" + digest)) {
        assertThat(mirror.send("GET", "/v2/up/library/app/" + what).status()).isEqualTo(404);
      }
    }
    assertThat(front.asked("HEAD /v2/library/app/manifests/later")).isEqualTo(1);
    assertThat(front.asked("GET /v2/library/app/manifests/" + digest)).isEqualTo(1);
    assertThat(front.asked("HEAD /v2/library/app/blobs/" + digest)).isEqualTo(1);

    byte[] later = upstream.image("library/app", "later", "later");
    now.updateAndGet(t -> t.plus(Duration.ofSeconds(30)));
    assertThat(mirror.send("GET", "/v2/up/library/app/manifests/later").body()).isEqualTo(later);
  }

  private void restart(String rules) throws Exception {
    mirror.close();
    Path policy =
        Files.writeString(
            directory.resolve("access.yaml"),
            "grants: [{to: anonymous, may: admin, repositories: \"**\"}]\n" + rules);
    mirror = open(AccessSettings.DEFAULT.withPolicy(policy));
  }

  private void pullWhole(String repository, byte[] manifest) throws Exception {
    for (Descriptor blob : Manifest.parse(manifest, MediaTypes.OCI_MANIFEST).references()) {
      String path = repository + "/blobs/" + blob.digest();
      await()
          .until(() -> {
            int before = front.asked("HEAD /v2/" + path);
            assertThat(mirror.send("GET", "/v2/up/" + path).status()).isEqualTo(200);
            return front.asked("HEAD /v2/" + path) == before;
          });
    }
  }

  @Test
  void aTagWhoseNewImageDidNotComeWholeMeansTheOldOneUntilItCan() throws Exception {
    pullTag();
    pullWhole("library/app", image);
    byte[] newer = upstream.image("library/app", "1", "newer");
    now.updateAndGet(t -> t.plus(Duration.ofMinutes(2)));
    mirror.send("HEAD", "/v2/up/library/app/manifests/1");
    front.become(Mood.BUSY);
    String blob =
        "/v2/up/library/app/blobs/" + Digest.sha256("newer".getBytes(StandardCharsets.UTF_8));
    assertThat(mirror.send("GET", blob).status()).isEqualTo(429);

    for (int minutes = 0; minutes < 4; minutes += 2) {
      Reply stale = pullTag();
      assertThat(stale.body()).isEqualTo(image);
      assertThat(stale.header("Plimsoll-Mirror")).isEqualTo("stale");
      assertThat(stale.header("Warning")).contains("; of sha256:", " not all is here");
      now.updateAndGet(t -> t.plus(Duration.ofMinutes(2)));
    }

    front.become(Mood.HONEST);
    assertThat(pullTag().body()).isEqualTo(newer);
    pullWhole("library/app", newer);
    front.become(Mood.BROKEN);
    now.updateAndGet(t -> t.plus(Duration.ofMinutes(2)));
    assertThat(pullTag().body()).isEqualTo(newer);
  }

  @Test
  void anImmutableTagIsServedAsItWas() throws Exception {
    restart("immutable-tags: [{repositories: \"**\", tags: \"*\"}]\n");
    pullTag();
    upstream.image("library/app", "1", "newer");
    now.updateAndGet(t -> t.plus(Duration.ofMinutes(2)));

    Reply stale = pullTag();

    assertThat(stale.status()).isEqualTo(200);
    assertThat(stale.body()).isEqualTo(image);
    assertThat(stale.header("Warning")).contains("upstream has moved it", "is immutable");
  }

  @Test
  void whatAQuotaOrReadOnlyForbidsIsServedAndNotKept() throws Exception {
    restart("quotas: [{namespace: up, tags: 1}]\n");
    pullTag();
    byte[] second = upstream.image("library/app", "2", "second");
    for (int asked = 1; asked <= 2; asked++) {
      assertThat(mirror.send("GET", "/v2/up/library/app/manifests/2").body()).isEqualTo(second);
      assertThat(front.asked("HEAD /v2/library/app/manifests/2")).isEqualTo(asked);
    }

    mirror.send("PUT", "/plimsoll/v1/read-only?reason=test");
    for (int asked = 1; asked <= 2; asked++) {
      assertThat(pullLayer().text()).isEqualTo(LAYER);
      assertThat(front.asked("GET /v2/library/app/blobs/" + layer())).isEqualTo(asked);
      assertThat(mirror.send("GET", "/v2/up/library/app/manifests/2").body()).isEqualTo(second);
    }
    front.become(Mood.BROKEN);
    Reply tags = mirror.send("GET", "/v2/up/library/app/tags/list");
    assertThat(tags.text()).contains("[\"1\"]");
    assertThat(tags.header("Plimsoll-Mirror")).isEqualTo("stale");
    assertThat(tags.header("Warning")).startsWith("110 - ");
  }

  @Test
  void anUpstreamThatCannotBeReadIsRefusedWithTheSettingsName() {
    for (String wrong : List.of("x", "a.io=http://", "=http://x", "a=b c", "A=http://x")) {
      assertThatThrownBy(() -> Upstream.parse(wrong))
          .hasMessageStartingWith("registry.mirror.upstreams: ")
          .hasMessageContaining("such as quay.io=https://quay.io");
    }
    assertThatThrownBy(() -> Upstream.parse("a=http://me:pass word@x"))
        .hasMessageNotContaining("pass");
  }

  @Test
  void twoRegistriesUnderOneNameAreRefused() {
    assertThatThrownBy(() ->
            MirrorSettings.NONE.withUpstreams(
                List.of(
                    new Upstream(new RepositoryName("a"), front.url()),
                    new Upstream(new RepositoryName("a/b"), front.url())),
                Optional.empty()))
        .hasMessageContaining("show two registries under one name");
  }
}
