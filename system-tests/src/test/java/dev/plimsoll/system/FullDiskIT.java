package dev.plimsoll.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A registry with a policy whose disk is filled to the last byte, and what docker and skopeo see. */
class FullDiskIT {
  private static final String PASSWORD = "adas-long-password";

  /** Whoever wrote first has given the reserve up, and taken some of it. */
  private static final String SENTENCE =
      "no space left on device: the registry has only (0 B|8\\.0 MiB|7\\.\\d MiB) left and takes nothing new"
          + " until there are (4.0|16) MiB";

  private static final int LAYER_BYTES = 300_000;

  private TestEngine engine;
  private RunningServer registry;
  private Shell shell;
  private Path log;

  @BeforeEach
  void start() throws Exception {
    TestImage busybox = TestImage.busybox();
    byte[] random = new byte[LAYER_BYTES];
    new Random(1).nextBytes(random);
    engine =
        TestEngine.with(
            busybox, busybox.layer(new Tar().file("new", 0644, random)).named("second:latest"));
    Path scratch = engine.scratch();
    log = scratch.resolve("registry.log");
    Path policy =
        Files.writeString(
            scratch.resolve("access.yaml"),
            "grants: [{to: \"user:ada\", may: admin, repositories: \"**\"}]\n");
    Path settings =
        Files.writeString(
            scratch.resolve("plimsoll.yaml"),
            """
            registry.access.policy: %s
            registry.access-log: true
            registry.space.reserve: 8MiB
            registry.space.low-water: 4MiB
            registry.gc.every: 1s
            """
                .formatted(policy));
    engine.shell().out("mkdir $D/disk && mount -t tmpfs -o size=64m plimsoll-test $D/disk");
    Path data = scratch.resolve("disk");
    Program.plimsoll("registry", "user", "add", "ada", "--data=" + data, "--config=" + settings)
        .input(PASSWORD + "\n")
        .run()
        .succeeded();
    registry = RunningServer.registryLoggingTo(log, data, "--config=" + settings);
    shell =
        engine
            .shell()
            .with("R", registry.host())
            .with("PLIMSOLL_PASSWORD", PASSWORD)
            .with("ADMIN", "--user=ada --url=" + registry.address())
            .with("REGISTRY_AUTH_FILE", engine.scratch().resolve("auth.json").toString())
            .with("plimsoll", Program.launcher() + " registry");
    shell.out("docker login -u ada --password-stdin $R 2>&1 <<<$PLIMSOLL_PASSWORD");
    shell.out("skopeo login --tls-verify=false -u ada --password-stdin $R <<<$PLIMSOLL_PASSWORD");
  }

  @AfterEach
  void stop() throws Exception {
    registry.close();
    shell.out("umount $D/disk");
    engine.close();
  }

  /** To the last byte; what the registry then does by itself may cost it its reserve. */
  private void fill() throws Exception {
    assertThat(shell.out("head -c 1G /dev/zero 2>&1 >$D/disk/filler; stat -f -c %a $D/disk"))
        .contains("No space left on device")
        .matches("(?s).*\n(0|2048)");
  }

  private boolean takesPushes() throws Exception {
    return ready().contains("\"takesPushes\":true");
  }

  private String ready() throws Exception {
    return shell.out("curl -s http://$R/readyz");
  }

  private long logged(String words) throws Exception {
    return Files.readAllLines(log).stream().filter(line -> line.contains(words)).count();
  }

  private void awaitPushesTaken() {
    await().atMost(Duration.ofSeconds(30)).until(this::takesPushes);
  }

  @Test
  void aFullDiskRefusesPushesOnceServesTheRestAndGoesOnByItself() throws Exception {
    awaitPushesTaken();
    shell.out("docker tag busybox $R/team/app:1 && docker push -q $R/team/app:1");
    shell.out("docker tag second $R/team/app:2");
    fill();

    assertThat(shell.refusal("docker push $R/team/app:2")).containsPattern(SENTENCE);
    assertThat(logged("status=507")).as("docker does not try again").isEqualTo(1);
    shell.out("docker save -o $D/second.tar second");
    assertThat(
            shell.refusal(
                "skopeo copy --insecure-policy --dest-tls-verify=false"
                    + " docker-archive:$D/second.tar docker://$R/team/app:2"))
        .containsPattern(SENTENCE);
    assertThat(logged("status=507")).as("nor does skopeo").isLessThanOrEqualTo(4);
    assertThat(ready()).contains("\"ready\":true", "\"takesPushes\":false");
    assertThat(logged("pushes are refused")).as("once, however often asked").isEqualTo(1);

    shell.out("docker rmi $R/team/app:1 && docker pull -q $R/team/app:1");
    shell.out("skopeo inspect --tls-verify=false docker://$R/team/app:1");
    shell.out("skopeo delete --tls-verify=false docker://$R/team/app:1");
    shell.out("$plimsoll restore team/app 1 $ADMIN");
    shell.out("skopeo inspect --tls-verify=false docker://$R/team/app:1");
    shell.out("skopeo delete --tls-verify=false docker://$R/team/app:1");
    shell.out("$plimsoll purge team/app 1 $ADMIN");
    shell.out("$plimsoll gc --now $ADMIN");
    assertThat(shell.refusal("skopeo inspect --tls-verify=false docker://$R/team/app:1"))
        .contains("manifest unknown");
    assertThat(shell.out("find $D/disk/registry/content -type f -size +100k | wc -l"))
        .as("its layer is gone from the disk")
        .isEqualTo("0");

    shell.out("rm $D/disk/filler");
    awaitPushesTaken();
    assertThat(logged("pushes are taken again")).isEqualTo(1);
    shell.out("docker push -q $R/team/app:2 && docker rmi $R/team/app:2");
    shell.out("docker pull -q $R/team/app:2");
  }
}
