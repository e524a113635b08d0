package dev.plimsoll.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.system.UpstreamFront.Mood;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A registry of ours that mirrors Debian's docker-registry, which wants a password and is behind a
 * proxy that misbehaves; the clients are docker, containerd and skopeo. Each test has images of its
 * own.
 */
class MirrorIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  private static Places places;
  private static TestEngine engine;
  private static PeerServer upstream;
  private static UpstreamFront front;
  private static RunningServer mirror;
  private static TestContainerd containerd;
  private static Shell shell;

  @BeforeAll
  static void start() throws Exception {
    places = Places.make();
    Path work = places.scratch();
    upstream = PeerServer.dockerRegistry(work);
    front = UpstreamFront.before(upstream.host());
    Files.writeString(
        work.resolve("credentials.json"),
        "{\"auths\":{\"%s\":{\"auth\":\"dXNlcjpyaWdodA==\"}}}".formatted(front.host()));
    Files.writeString(
        work.resolve("mirror.yaml"),
        """
        registry:
          mirror:
            upstreams: [up.test=http://%s]
            fallback: up.test
            credentials-file: %s/credentials.json
            revalidate-after: 1ms
            patience: 2s
            outage: 1ms
        """
            .formatted(front.host(), work));
    mirror =
        RunningServer.registryLoggingTo(
            work.resolve("mirror.log"), places.data(), "--config=" + work.resolve("mirror.yaml"));
    Files.writeString(
        work.resolve("engine.yaml"),
        "engine: {registry-mirrors: [%s]}\n".formatted(mirror.address()));
    engine = TestEngine.start("--config=" + work.resolve("engine.yaml"));
    containerd = TestContainerd.start(work, places.run());
    Path hosts = Files.createDirectories(work.resolve("hosts/up.test"));
    Files.writeString(
        hosts.resolve("hosts.toml"),
        """
        server = "http://127.0.0.1:1"
        [host."%s"]
          capabilities = ["pull", "resolve"]
        """
            .formatted(mirror.address()));
    Files.writeString(
        work.resolve("registries.conf"),
        """
        [[registry]]
        prefix = "up.test"
        location = "127.0.0.1:1"
        [[registry.mirror]]
        location = "%s/up.test"
        insecure = true
        """
            .formatted(mirror.host()));
    shell =
        engine
            .shell()
            .with("W", work.toString())
            .with("U", upstream.host())
            .with("M", mirror.host())
            .with("CTR", "ctr --address " + containerd.socket());
    shell.line("cat >$W/busybox.tar").input(TestImage.busybox().archive()).run().succeeded();
  }

  @AfterAll
  static void stop() throws Exception {
    containerd.close();
    engine.close();
    mirror.close();
    front.close();
    upstream.close();
    places.remove();
  }

  @AfterEach
  void everybodyIsHonestAgain() {
    front.become(Mood.HONEST);
    front.holdBlobs(new CountDownLatch(0));
  }

  /** Pushes an image to the upstream that nobody else has, such as {@code team/app:1}. */
  private static void publish(String name, String content) throws Exception {
    byte[] image = TestImage.busybox().layer(new Tar().file("content", content)).archive();
    shell.line("cat >$W/image.tar").input(image).run().succeeded();
    shell.out(
        "skopeo copy -q --dest-tls-verify=false --dest-creds user:right"
            + " docker-archive:$W/image.tar docker://$U/"
            + name);
  }

  /** Has every client pull an image of {@code team/NAME}, as if it had never had it. */
  private static void everyClientPulls(String name) throws Exception {
    Shell pulling = shell.with("I", "team/" + name + ":1");
    pulling.out("docker pull -q $M/up.test/$I && docker run --rm $M/up.test/$I cat /content");
    pulling.out("docker rmi $M/up.test/$I");
    pulling.out("docker pull -q $I && docker rmi $I");
    pulling.out("$CTR images pull --snapshotter native --hosts-dir $W/hosts up.test/$I");
    assertThat(
            pulling.out(
                "mkdir $W/root && $CTR images mount --snapshotter native up.test/$I $W/root"
                    + " >/dev/null && cat $W/root/content; $CTR images unmount --rm $W/root"
                    + " >/dev/null; rmdir $W/root"))
        .isEqualTo("of " + name);
    pulling.out("$CTR images rm --sync up.test/$I");
    pulling.out("skopeo copy -q --src-tls-verify=false docker://$M/up.test/$I dir:$W/named");
    pulling.out("skopeo copy -q --registries-conf $W/registries.conf docker://up.test/$I dir:$W/m");
    pulling.out("diff -r $W/named $W/m && rm -r $W/named $W/m");
  }

  private static String head(String path) throws Exception {
    return shell.out(
        "curl -sSI -H 'Accept: application/vnd.docker.distribution.manifest.v2+json'"
            + " http://$M/v2/up.test/"
            + path);
  }

  private static String metric(String name) throws Exception {
    return shell.out("curl -sS http://$M/metrics | grep '^plimsoll_registry_" + name + "'");
  }

  @Test
  void everyClientPullsByNameAndThroughTheMirrorAndGoesOnWhenTheUpstreamDies() throws Exception {
    publish("team/app:1", "of app");
    everyClientPulls("app");
    long blobs = front.asked("GET /v2/team/app/blobs/");
    assertThat(blobs).as("the layers and the configuration, each once").isEqualTo(3);
    assertThat(head("team/app/manifests/1")).contains("Plimsoll-Mirror: current");

    front.become(Mood.STOPPED);
    everyClientPulls("app");

    assertThat(head("team/app/manifests/1"))
        .contains("Plimsoll-Mirror: stale")
        .contains("Warning: 110 - \"Response is Stale: http://" + front.host());
    assertThat(Files.readString(places.scratch().resolve("mirror.log")))
        .contains("stale manifest served repository=up.test/team/app tag=1");
    assertThat(metric("mirror_manifests_total"))
        .containsPattern("result=\"stale\",upstream=\"up.test\"} [1-9]");
    assertThat(metric("mirror_upstreams_down")).endsWith(" 1.0");
  }

  @Test
  void whateverTheUpstreamDoesWhatWasPulledIsServed() throws Exception {
    publish("team/moved:1", "of moved");
    Shell pulling = shell.with("I", "docker://$M/up.test/team/moved:1");
    String pull = "skopeo copy -q --src-tls-verify=false docker://$M/up.test/team/moved:1 dir:$W/";
    pulling.out(pull + "before");
    publish("team/moved:1", "moved meanwhile");

    for (Mood mood : new Mood[] {Mood.BUSY, Mood.LYING, Mood.CUTTING, Mood.SLOW}) {
      front.become(mood);
      pulling.out(pull + "after && diff -r $W/before $W/after && rm -r $W/after");
      assertThat(head("team/moved/manifests/1"))
          .as("%s", mood)
          .contains("Plimsoll-Mirror: stale", "Response is Stale");
    }

    front.become(Mood.HONEST);
    pulling.out(pull + "after");
    assertThat(pulling.run("diff -q $W/before/manifest.json $W/after/manifest.json").code())
        .as("the tag moves as soon as the upstream can say so")
        .isEqualTo(1);
  }

  @Test
  void wrongBytesForADigestAreServedToNobody() throws Exception {
    publish("team/lied:1", "of lied");
    shell.out("curl -sSfI http://$M/v2/up.test/team/lied/manifests/1");
    String layer =
        shell.out(
            "skopeo inspect --tls-verify=false docker://$M/up.test/team/lied:1"
                + " | grep -o 'sha256:[0-9a-f]*' | tail -n 1");
    front.become(Mood.LYING);

    String blob = "http://$M/v2/up.test/team/lied/blobs/" + layer;
    assertThat(shell.run("curl -sSf -o $W/lie " + blob).code())
        .as("curl has not got all it was promised")
        .isIn(18, 22, 56);
    String copy = "skopeo copy -q --src-tls-verify=false docker://$M/up.test/team/lied:1 dir:$W/";
    assertThat(shell.run(copy + "lied").code()).isNotZero();

    front.become(Mood.HONEST);
    assertThat(shell.out("curl -sSf " + blob + " | sha256sum")).startsWith(layer.substring(7));
    shell.out("docker pull -q $M/up.test/team/lied:1 && docker rmi $M/up.test/team/lied:1");
  }

  @Test
  void aDownloadThatBreaksOffGoesOnWhereItWas() throws Exception {
    publish("team/cut:1", "of cut");
    shell.out("curl -sSfI http://$M/v2/up.test/team/cut/manifests/1");
    String layer =
        shell.out(
            "skopeo inspect --raw --tls-verify=false docker://$M/up.test/team/cut:1"
                + " | grep -o 'sha256:[0-9a-f]*' | sed -n 2p");
    front.become(Mood.CUTTING);
    CompletableFuture<String> pulled =
        CompletableFuture.supplyAsync(() -> {
          try {
            return shell.out(
                "curl -sSf http://$M/v2/up.test/team/cut/blobs/" + layer + " | sha256sum");
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
    await().atMost(SOON).until(() -> front.asked("GET /v2/team/cut/blobs/") >= 1);
    front.become(Mood.HONEST);

    assertThat(pulled.join()).startsWith(layer.substring(7));
  }

  @Test
  void aWarmedImageIsThereWhenTheUpstreamIsNot() throws Exception {
    publish("team/warm:1", "of warm");

    assertThat(
            Program.plimsoll(
                    "registry",
                    "warm",
                    "--url",
                    mirror.address(),
                    "up.test/team/warm:1",
                    "up.test/team/none:1")
                .run())
        .satisfies(result -> {
          assertThat(result.code()).as("one of the two did not come").isEqualTo(1);
          assertThat(result.out()).contains("up.test/team/warm@sha256:");
          assertThat(result.out() + result.err())
              .contains("3 blobs, 3 of them fetched")
              .contains("up.test/team/none:1: ");
        });

    front.become(Mood.STOPPED);
    shell.out(
        "docker pull -q $M/up.test/team/warm:1 && docker run --rm $M/up.test/team/warm:1 cat"
            + " /content");
  }

  @Test
  void twoPullsAtTheSameTimeAreOneDownload() throws Exception {
    publish("team/twice:1", "of twice");
    CountDownLatch gate = new CountDownLatch(1);
    front.holdBlobs(gate);
    Process[] pulls = new Process[2];
    for (int i = 0; i < pulls.length; i++) {
      pulls[i] =
          shell
              .line(
                  "skopeo copy -q --src-tls-verify=false docker://$M/up.test/team/twice:1 dir:$W/t"
                      + i)
              .start();
    }
    // Both follow the first layer, of which the second half is held back.
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(metric("mirror_followers")).endsWith(" 2.0"));
    gate.countDown();

    for (Process pull : pulls) {
      assertThat(pull.waitFor()).isZero();
    }
    assertThat(front.asked("GET /v2/team/twice/blobs/")).isEqualTo(3);
    shell.out("diff -r $W/t0 $W/t1");
  }
}
