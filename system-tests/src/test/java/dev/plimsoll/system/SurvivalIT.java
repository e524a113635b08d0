package dev.plimsoll.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** SIGKILL to the engine, and what the next one finds. */
class SurvivalIT {
  private static final Duration SOON = Duration.ofSeconds(15);
  private static final int MANY = 50;

  private TestEngine engine;
  private Shell shell;

  @BeforeEach
  void start() throws Exception {
    engine = TestEngine.with(TestImage.busybox());
    shell = engine.shell();
  }

  @AfterEach
  void stop() throws Exception {
    engine.close();
  }

  @Test
  void whatRanRunsOnAndItsLogGoesOn() throws Exception {
    shell.out(
        "docker run -d --name ticks busybox sh -c 'i=0; while :; do echo $((i+=1)); sleep 0.1; done'");
    Awaitility.await().atMost(SOON).until(() -> !shell.out("docker logs ticks").isEmpty());
    String pid = shell.out("docker inspect -f '{{.State.Pid}}' ticks");

    engine.kill();
    int before = Integer.parseInt(shell.out("sleep 1; kill -0 %s && echo 10".formatted(pid)));
    engine.next();

    assertThat(shell.out("docker inspect -f '{{.State.Pid}} {{.State.Status}}' ticks"))
        .isEqualTo(pid + " running");
    String[] lines = shell.out("docker logs ticks").split("\n");
    assertThat(lines.length).isGreaterThan(before);
    for (int i = 0; i < lines.length; i++) {
      assertThat(lines[i]).isEqualTo(Integer.toString(i + 1));
    }
  }

  @Test
  void whatEndedMeanwhileHasItsCode() throws Exception {
    shell.out("docker run -d --name ended busybox sh -c 'echo last; sleep 1; echo words; exit 42'");
    shell.out("docker run -d --name killed busybox sleep 100");
    String pid = shell.out("docker inspect -f '{{.State.Pid}}' killed");

    engine.kill();
    shell.out("kill -9 %s; sleep 1.5".formatted(pid));
    engine.next();

    assertThat(shell.out("docker wait ended killed")).isEqualTo("42\n137");
    assertThat(shell.out("docker logs ended")).isEqualTo("last\nwords");
    assertThat(shell.out("docker ps -a --filter name=ended --format '{{.Status}}'"))
        .startsWith("Exited (42)");
    assertThat(
            shell.out(
                "sleep 1; docker events --since 1h --until 0s --filter event=die --filter container=ended"
                    + " --format '{{.Actor.Attributes.exitCode}}'"))
        .isEqualTo("42");
  }

  @Test
  void everyStateIsTheRightOne() throws Exception {
    shell.out("docker create --name made busybox true");
    shell.out("docker run --name done busybox sh -c 'exit 5'; true");
    shell.out("docker run -d --name runs -p 127.0.0.1::80 busybox nc -ll -p 80 -e hostname");
    shell.out("docker run -d --name held busybox sleep 100; docker pause held");
    String port = shell.out("docker port runs 80/tcp");

    engine.kill();
    engine.next();

    assertThat(
            shell.out(
                "docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' made done runs held"))
        .isEqualTo("created 0\nexited 5\nrunning 0\npaused 0");
    assertThat(shell.out("docker port runs 80/tcp")).isEqualTo(port);
    assertThat(
            shell.out(
                "nc -w 2 127.0.0.1 %s </dev/null || busybox nc 127.0.0.1 %s </dev/null"
                    .formatted(port.split(":")[1], port.split(":")[1])))
        .isEqualTo(shell.out("docker exec runs hostname"));
    shell.out("docker unpause held && docker stop -t 0 held runs && docker start made");
    assertThat(shell.out("docker wait made")).isEqualTo("0");
  }

  @Test
  void clientsWaitAndFollowAcross() throws Exception {
    shell.out("docker run -d --name across busybox sh -c 'echo one; sleep 3; echo two; exit 9'");

    engine.kill();
    engine.next();

    assertThat(shell.out("docker logs -f across & docker wait across; wait"))
        .contains("one\n", "two", "9");
  }

  @Test
  void restartPoliciesGoOn() throws Exception {
    shell.out("docker run -d --name comes-back --restart always busybox sleep 1000");
    shell.out("docker run -d --name unless --restart unless-stopped busybox sleep 1000");
    shell.out("docker run -d --name stopped --restart unless-stopped busybox sleep 1000");
    shell.out("docker stop -t 0 stopped");
    String pids = shell.out("docker inspect -f '{{.State.Pid}}' comes-back unless | tr '\\n' ' '");

    engine.kill();
    shell.out("kill -9 " + pids);
    engine.next();

    Awaitility.await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(shell.out("docker inspect -f '{{.State.Status}}' comes-back unless stopped"))
                .isEqualTo("running\nrunning\nexited"));
  }

  @Test
  void whatWasToBeRemovedIsRemoved() throws Exception {
    shell.out("docker run -d --rm --name short busybox sleep 0.5");
    shell.out("docker run -d --rm --name longer busybox sleep 4");

    engine.kill();
    shell.out("sleep 1");
    engine.next();

    Awaitility.await()
        .atMost(SOON)
        .untilAsserted(() -> {
          assertThat(shell.out("docker ps -aq")).isEmpty();
          assertThat(shell.out("ls %s/engine/containers".formatted(engine.data()))).isEmpty();
        });
  }

  @Test
  void fiftyAreAdoptedAtOnce() throws Exception {
    shell.out(
        "seq %d | xargs -P 4 -I N docker run -d --name many-N --network none busybox sleep 1000"
            .formatted(MANY));

    engine.kill();
    long began = System.nanoTime();
    engine.next();
    String running = shell.out("docker ps -q | wc -l");
    Duration took = Duration.ofNanos(System.nanoTime() - began);

    assertThat(running).isEqualTo(Integer.toString(MANY));
    System.out.printf("%d containers adopted, from start to listing: %s%n", MANY, took);
    shell.out("docker ps -q | xargs docker rm -f");
  }

  @Test
  void anExecEndsWithItsClientButTheContainerRunsOn() throws Exception {
    shell.out("docker run -d --name host-of busybox sleep 100");
    Process exec = shell.line("docker exec host-of sleep 50").start();
    Awaitility.await()
        .atMost(SOON)
        .until(() -> shell.out("docker top host-of").contains("sleep 50"));

    engine.kill();

    assertThat(exec.onExit().join().exitValue()).isNotZero();
    engine.next();
    assertThat(shell.out("docker exec host-of echo works")).isEqualTo("works");
  }

  @Test
  void anOrderlyEndLeavesContainersRunningToo() throws Exception {
    shell.out("docker run -d --name stays busybox sleep 1000");

    engine.end();
    engine.next();

    assertThat(shell.out("docker inspect -f '{{.State.Status}}' stays")).isEqualTo("running");
  }

  @Test
  void killsAtAnyMomentLoseNothing() throws Exception {
    for (int round = 0; round < 5; round++) {
      Process work =
          shell
              .line(
                  "for i in $(seq 40); do id=$(docker run -d --name r%1$d-$i busybox sleep 1000) && echo $id >>$D/ids%1$d || exit 0; done"
                      .formatted(round))
              .start();
      // The kill comes amid the work: after at least one answer, and some part of a second later.
      Path answers = engine.scratch().resolve("ids" + round);
      Awaitility.await().atMost(SOON).until(() -> Files.exists(answers) && Files.size(answers) > 0);
      shell.out("sleep 0.%d".formatted(1 + 2 * round));
      engine.kill();
      work.onExit().join();
      engine.next();
      List<String> answered = Files.readAllLines(answers);
      assertThat(answered).isNotEmpty();
      assertThat(shell.out("docker ps -q --no-trunc").lines())
          .as("what was answered in round %d runs", round)
          .containsAll(answered);
    }

    String states = shell.out("docker ps -a --format '{{.State}}' | sort | uniq -c");
    assertThat(states.replaceAll("[ 0-9]", "").lines()).isSubsetOf("running", "created", "exited");
    assertThat(shell.out("docker ps -q | wc -l"))
        .isEqualTo(
            shell.out(
                "grep -c ' %s.*/merged\\| %s.*/rootfs' /proc/mounts || true"
                    .formatted(engine.data(), engine.data())));
    shell.out("docker ps -aq | xargs docker rm -f");
    assertThat(shell.out("docker ps -aq")).isEmpty();
  }
}
