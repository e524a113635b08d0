package dev.plimsoll.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A container from its making to its removal, by the command for each step. */
class LifecycleIT {
  private static final String WAITS = "busybox sleep 100";
  private static final String TRAPS =
      "busybox sh -c 'trap \"echo bye; exit 3\" TERM; echo up; while :; do sleep 0.1; done'";

  private static TestEngine engine;
  private static Shell shell;

  @BeforeAll
  static void start() throws Exception {
    engine = TestEngine.with(TestImage.busybox());
    shell = engine.shell();
  }

  @AfterAll
  static void stop() throws Exception {
    engine.close();
  }

  @Test
  void createdIsNotRunYet() throws Exception {
    shell.out("docker create --name made busybox touch /ran");

    assertThat(state("made")).isEqualTo("created");
    assertThat(shell.out("docker ps -q --filter name=made")).isEmpty();
    assertThat(shell.out("docker start made && docker wait made")).isEqualTo("made\n0");
    assertThat(shell.out("docker diff made")).isEqualTo("A /ran");
  }

  @Test
  void startingOneThatRunsIsNoMistakeAndWhatItWroteIsKept() throws Exception {
    shell.out(
        "docker run -d --name again busybox sh -c 'echo x >>/count; wc -l </count; sleep 100'");

    assertThat(shell.out("docker start again")).isEqualTo("again");
    shell.out("docker stop -t 0 again; docker start again");

    awaitLogs("again", "1\n2");
  }

  @Test
  void startAttachedGivesOutputAndCode() throws Exception {
    shell.out("docker create --name attached busybox sh -c 'echo seen; exit 6'");

    Program.Result result = shell.run("docker start -a attached");

    assertThat(result.out()).isEqualTo("seen\n");
    assertThat(result.code()).isEqualTo(6);
  }

  @Test
  void startInteractiveTakesInput() throws Exception {
    shell.out("docker create -i --name talk busybox cat");

    assertThat(shell.line("docker start -ai talk").input("echoed\n").run().succeeded())
        .isEqualTo("echoed");
  }

  @Test
  void stopAsksFirst() throws Exception {
    shell.out("docker run -d --name polite " + TRAPS);
    awaitLogs("polite", "up");

    assertThat(shell.out("docker stop polite")).isEqualTo("polite");

    assertThat(shell.out("docker inspect -f '{{.State.ExitCode}} {{.State.Running}}' polite"))
        .isEqualTo("3 false");
    assertThat(shell.out("docker logs polite")).isEqualTo("up\nbye");
    assertThat(shell.out("docker stop polite")).as("twice").isEqualTo("polite");
  }

  @Test
  void killSendsTheSignalAskedFor() throws Exception {
    shell.out("docker run -d --name signalled " + TRAPS);
    awaitLogs("signalled", "up");

    shell.out("docker kill -s TERM signalled");

    assertThat(shell.out("docker wait signalled")).isEqualTo("3");
    assertThat(shell.refusal("docker kill signalled")).contains("is not running");
  }

  @Test
  void restartIsANewProcessInTheSameContainer() throws Exception {
    shell.out("docker run -d --name renewed " + WAITS);
    String pid = shell.out("docker inspect -f '{{.State.Pid}}' renewed");

    assertThat(shell.out("docker restart -t 0 renewed")).isEqualTo("renewed");

    assertThat(shell.out("docker inspect -f '{{.State.Running}} {{.State.Pid}}' renewed"))
        .startsWith("true ")
        .doesNotContain(pid);
  }

  @Test
  void pausedIsFrozenUntilUnpaused() throws Exception {
    shell.out("docker run -d --name frozen busybox sh -c 'while :; do echo x; sleep 0.05; done'");

    shell.out("docker pause frozen");
    assertThat(state("frozen")).isEqualTo("paused");
    String before = shell.out("docker logs frozen | wc -l");
    assertThat(shell.out("sleep 0.5; docker logs frozen | wc -l")).isEqualTo(before);
    assertThat(shell.out("docker ps --filter status=paused --format '{{.Names}} {{.Status}}'"))
        .matches("frozen Up .* \\(Paused\\)");
    assertThat(shell.refusal("docker pause frozen")).contains("already paused");

    shell.out("docker unpause frozen");
    assertThat(shell.out("sleep 0.3; docker logs frozen | wc -l")).isNotEqualTo(before);
    assertThat(shell.refusal("docker unpause frozen")).contains("is not paused");
  }

  @Test
  void removalOfOneThatRunsWantsForce() throws Exception {
    shell.out("docker run -d --name stubborn " + WAITS);

    assertThat(shell.refusal("docker rm stubborn"))
        .contains(
            "cannot remove container \"/stubborn\": container is running: stop the container before removing or force remove");
    assertThat(shell.out("docker rm -f stubborn")).isEqualTo("stubborn");
    assertThat(shell.refusal("docker inspect stubborn"))
        .isEqualTo("Error: No such object: stubborn");
    assertThat(shell.refusal("docker rm stubborn"))
        .contains("Error response from daemon: No such container: stubborn");
  }

  @Test
  void renamedAnswersToItsNewNameOnly() throws Exception {
    shell.out("docker create --name old busybox; docker rename old young");

    assertThat(state("young")).isEqualTo("created");
    assertThat(shell.run("docker inspect old").code()).isEqualTo(1);
    shell.out("docker create --name old busybox");
    assertThat(shell.refusal("docker rename old young")).contains("is already in use");
  }

  @Test
  void anUpdateIsInForceAtOnce() throws Exception {
    shell.out("docker run -d --name grown --memory 32m --memory-swap 64m " + WAITS);

    shell.out("docker update --memory 48m --cpus 0.25 --restart on-failure:3 grown");

    assertThat(
            shell.out(
                "docker inspect -f '{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}}"
                    + " {{.HostConfig.RestartPolicy.Name}}' grown"))
        .isEqualTo("50331648 250000000 on-failure");
    assertThat(
            shell.out(
                "find /sys/fs/cgroup -path \"*$(docker inspect -f {{.Id}} grown)*\""
                    + " '(' -name memory.limit_in_bytes -o -name memory.max ')' | head -1 | xargs cat"))
        .isEqualTo("50331648");
  }

  @Test
  void waitTellsEachCode() throws Exception {
    shell.out("docker run -d --name w1 busybox sh -c 'sleep 0.5; exit 1'");
    shell.out("docker run -d --name w2 busybox sh -c 'sleep 0.2; exit 2'");

    assertThat(shell.out("docker wait w1 w2")).isEqualTo("1\n2");
  }

  @Test
  void topTellsTheProcesses() throws Exception {
    shell.out("docker run -d --name busy busybox sh -c 'sleep 77 & sleep 78'");

    assertThat(shell.out("sleep 0.3; docker top busy")).contains("PID", "sleep 77", "sleep 78");
    assertThat(shell.out("docker top busy -o pid,comm").lines().findFirst())
        .hasValueSatisfying(header -> assertThat(header).matches("PID +COMMAND"));
  }

  @Test
  void statsTellWhatIsUsed() throws Exception {
    shell.out("docker run -d --name measured --memory 32m " + WAITS);

    assertThat(
            shell.out(
                "docker stats --no-stream --format '{{.Name}} {{.MemUsage}} {{.PIDs}}' measured"))
        .matches("measured .*(B|iB) / 32MiB 1");
  }

  @Test
  void attachShowsWhatComesFromNowOn() throws Exception {
    shell.out("docker run -d --name stage busybox sh -c 'sleep 1; echo out; echo err >&2; exit 8'");

    Program.Result result = shell.run("docker attach stage");

    assertThat(result.out()).isEqualTo("out\n");
    assertThat(result.err()).isEqualTo("err\n");
    assertThat(result.code()).isEqualTo(8);
  }

  @Test
  void filtersFindTheRightOnes() throws Exception {
    shell.out("docker create --name f-made -l kind=f -l tone=red busybox");
    shell.out("docker run --name f-done -l kind=f busybox sh -c 'exit 3'; true");
    shell.out("docker run -d --name f-runs -l kind=f -v f-vol:/f -p 127.0.0.1::80 " + WAITS);

    assertThat(names("--filter label=kind=f")).isEqualTo("f-runs\nf-done\nf-made");
    assertThat(names("--filter label=tone")).isEqualTo("f-made");
    assertThat(names("--filter label=kind=f --filter status=created")).isEqualTo("f-made");
    assertThat(names("--filter label=kind=f --filter exited=3")).isEqualTo("f-done");
    assertThat(names("--filter volume=f-vol")).isEqualTo("f-runs");
    assertThat(names("--filter publish=$(docker port f-runs 80 | cut -d: -f2)"))
        .isEqualTo("f-runs");
    assertThat(names("--filter publish=80 --filter label=kind=f")).isEmpty(); // the host's port
    assertThat(names("--filter expose=80 --filter label=kind=f")).isEqualTo("f-runs");
    assertThat(names("--filter label=kind=f --filter before=f-runs")).isEqualTo("f-done\nf-made");
    assertThat(names("--filter label=kind=f --filter since=f-made")).isEqualTo("f-runs\nf-done");
    assertThat(names("--filter label=kind=f --filter ancestor=busybox")).hasLineCount(3);
    assertThat(names("--filter label=kind=f --filter name='^/?f-d'")).isEqualTo("f-done");
    assertThat(names("--filter label=kind=f --filter network=bridge")).contains("f-runs");
    assertThat(names("-n 1 --filter label=kind=f")).isEqualTo("f-runs");
    assertThat(shell.refusal("docker ps --filter colour=red")).contains("invalid filter 'colour'");
  }

  @Test
  void theListingIsAsUsersKnowIt() throws Exception {
    shell.out("docker run --name listed busybox sh -c 'exit 4'; true");

    assertThat(shell.out("docker ps -a --filter name=listed"))
        .matches(
            "(?s)CONTAINER ID +IMAGE +COMMAND +CREATED +STATUS +PORTS +NAMES\n"
                + "[0-9a-f]{12} +busybox +\"sh -c 'exit 4'\" +.* ago +Exited \\(4\\) .* ago +listed");
    assertThat(shell.out("docker ps -as --filter name=listed --format '{{.Size}}'"))
        .matches("0B \\(virtual [0-9.]+MB\\)");
  }

  @Test
  void inspectTellsWhatWasAskedFor() throws Exception {
    shell.out(
        "docker create --name asked -e A=1 -w /tmp -u 5 -p 127.0.0.1:0:80 -v asked-vol:/v"
            + " --cpus 1.5 --restart always -h host busybox sleep 1");

    assertThat(
            shell.out(
                "docker inspect -f '{{json .Config.Cmd}} {{.Config.WorkingDir}} {{.Config.User}}"
                    + " {{.Config.Hostname}} {{.Config.Image}} {{.Name}} {{.Path}} {{.Args}}"
                    + " {{.HostConfig.NanoCpus}} {{.HostConfig.RestartPolicy.Name}}"
                    + " {{.HostConfig.NetworkMode}} {{(index .Mounts 0).Type}} {{.Driver}}' asked"))
        .isEqualTo(
            "[\"sleep\",\"1\"] /tmp 5 host busybox /asked sleep [1] 1500000000 always bridge"
                + " volume overlay2");
    assertThat(shell.out("docker inspect -f '{{.Image}}' asked"))
        .isEqualTo(shell.out("docker inspect -f '{{.Id}}' busybox"));
    assertThat(shell.out("docker inspect -s -f '{{.SizeRw}}' asked")).isEqualTo("0");
  }

  @Test
  void exposedPortsAreShownAlsoWhereTheyAreNotPublished() throws Exception {
    shell.out("docker run -d --name exposed --expose 80 --expose 53/udp " + WAITS);

    assertThat(shell.out("docker ps --filter name=exposed --format '{{.Ports}}'"))
        .isEqualTo("53/udp, 80/tcp");
    assertThat(shell.out("docker inspect -f '{{json .NetworkSettings.Ports}}' exposed"))
        .isEqualTo("{\"53/udp\":null,\"80/tcp\":null}");
    assertThat(shell.out("docker ps -q --filter publish=80")).isEmpty();
    assertThat(shell.out("docker ps --filter expose=80 --format '{{.Names}}'"))
        .isEqualTo("exposed");
  }

  @Test
  void programsSeeThatTheyAreInAContainer() throws Exception {
    shell.out("docker run --name marked busybox sh -c 'test -f /.dockerenv; ls -d /etc/mtab'");

    assertThat(shell.out("docker wait marked")).isEqualTo("0");
    assertThat(shell.out("docker diff marked")).isEmpty();
  }

  @Test
  void aJoinedContainerIsKeptById() throws Exception {
    String id = shell.out("docker run -d --name joined " + WAITS);
    shell.out("docker create --name joins --network container:joined busybox hostname");
    shell.out("docker rename joined renamed");

    assertThat(shell.out("docker inspect -f '{{.HostConfig.NetworkMode}}' joins"))
        .isEqualTo("container:" + id);
    shell.out("docker start -a joins");
    shell.out("docker kill renamed");
    assertThat(shell.refusal("docker start joins"))
        .contains("cannot join network of a non running container: " + id);
  }

  @Test
  void aPrefixOfTheIdIsEnough() throws Exception {
    String id = shell.out("docker create busybox");

    assertThat(shell.out("docker inspect -f '{{.Id}}' " + id.substring(0, 10))).isEqualTo(id);
    assertThat(shell.out("docker rm " + id.substring(0, 12))).isEqualTo(id.substring(0, 12));
  }

  @Test
  void pruneTakesWhatHasEnded() throws Exception {
    shell.out("docker run --name old-run -l prune busybox true");
    shell.out("docker run -d --name young-run -l prune " + WAITS);

    assertThat(shell.out("docker container prune -f --filter label=prune"))
        .contains("Deleted Containers:", "Total reclaimed space:");

    assertThat(names("--filter label=prune")).isEqualTo("young-run");
  }

  @Test
  void diffTellsAddedChangedAndDeleted() throws Exception {
    shell.out(
        "docker run --name differs busybox sh -c 'echo >>/etc/passwd; rm /etc/group; touch /new'");

    assertThat(shell.out("docker diff differs").lines().sorted())
        .containsExactly("A /new", "C /etc", "C /etc/passwd", "D /etc/group");
  }

  @Test
  void exportIsTheWholeFilesystem() throws Exception {
    shell.out("docker run --name exported busybox touch /mark");

    assertThat(shell.out("docker export exported | tar t")).contains("mark", "bin/busybox");
  }

  @Test
  void everyStepIsAnEvent() throws Exception {
    String past = "docker events --since 5m --until 0s --filter container=famous --format ";
    shell.out("docker create --name famous busybox sleep 100; docker start famous");
    shell.out("docker pause famous; docker unpause famous; docker kill famous; docker wait famous");
    shell.out("docker rm famous; sleep 1"); // the client cuts "now" to the second

    assertThat(shell.out(past + "'{{.Action}}' --filter type=container"))
        .isEqualTo("create\nstart\npause\nunpause\nkill\ndie\ndestroy");
    assertThat(
            shell.out(
                past
                    + "'{{.Actor.Attributes.exitCode}} {{.Actor.Attributes.image}}'"
                    + " --filter event=die"))
        .isEqualTo("137 busybox");
  }

  @Test
  void eventsAreToldWhileTheyHappen() throws Exception {
    Process events =
        shell
            .line("timeout 5 docker events --filter event=start --format '{{.Type}}' | head -1")
            .start();

    shell.out(
        "until docker run --rm busybox true && ! kill -0 %d 2>&-; do sleep 0.2; done"
            .formatted(events.pid()));

    assertThat(
            new String(
                events.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
        .isEqualTo("container\n");
  }

  private static String names(String filter) throws Exception {
    return shell.out("docker ps -a --format '{{.Names}}' " + filter);
  }

  private static String state(String container) throws Exception {
    return shell.out("docker inspect -f '{{.State.Status}}' " + container);
  }

  private static void awaitLogs(String container, String logs) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(shell.out("docker logs " + container)).isEqualTo(logs));
  }
}
