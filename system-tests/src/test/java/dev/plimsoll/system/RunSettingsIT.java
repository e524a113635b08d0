package dev.plimsoll.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The options of {@code docker run} that say as whom, where and how a command runs. */
class RunSettingsIT {
  private static TestEngine engine;
  private static Shell shell;

  @BeforeAll
  static void start() throws Exception {
    TestImage busybox = TestImage.busybox();
    engine =
        TestEngine.with(
            busybox,
            busybox
                .named("configured")
                .with("Env", List.of("PATH=/bin", "FROM_IMAGE=yes", "BOTH=image"))
                .with("WorkingDir", "/var/work")
                .with("User", "sailor")
                .with("Labels", java.util.Map.of("of", "image"))
                .with("StopSignal", "SIGUSR1"));
    shell = engine.shell();
  }

  @AfterAll
  static void stop() throws Exception {
    engine.close();
  }

  /** Each option is seen from inside of the container. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-e GREETING=hello                    | busybox sh -c 'echo $GREETING'           | hello",
        "-e HOST_ONE                          | busybox sh -c 'echo $HOST_ONE'           | one",
        "-e BOTH=mine                         | configured sh -c 'echo $BOTH$FROM_IMAGE' | mineyes",
        "-e FROM_IMAGE                        | configured sh -c 'echo [$FROM_IMAGE]'    | []",
        "--env-file $D/env                    | busybox sh -c 'echo $A-$B'               | 1-two words",
        "-w /home                             | busybox pwd                              | /home",
        "-w /made/for/it                      | busybox pwd                              | /made/for/it",
        "--rm                                 | configured pwd                           | /var/work",
        "--rm                                 | configured id -un                        | sailor",
        "-u sailor                            | busybox sh -c 'echo $(id -u):$(id -g)'   | 1000:1000",
        "-u 1000                              | busybox sh -c 'echo $(id -u):$(id -g)'   | 1000:1000",
        "-u sailor                            | busybox id -G                            | 1000 2000",
        "-u 4321:8765                         | busybox sh -c 'echo $(id -u):$(id -g)'   | 4321:8765",
        "-u root:deck                         | busybox id -g                            | 2000",
        "-u sailor                            | busybox sh -c 'echo $HOME'               | /home",
        "--group-add deck --group-add 77      | busybox id -G                            | 0 77 2000",
        "--hostname ship                      | busybox hostname                         | ship",
        "--hostname ship                      | busybox sh -c 'grep -c ship /etc/hosts'  | 1",
        "--hostname ship                      | busybox cat /etc/hostname                | ship",
        "--hostname ship --domainname sea     | busybox cat /proc/sys/kernel/domainname  | sea",
        "--add-host port:10.9.8.7             | busybox grep port /etc/hosts             | 10.9.8.7\tport",
        "--dns 10.1.2.3                       | busybox grep nameserver /etc/resolv.conf | nameserver 10.1.2.3",
        "--dns-search sea.example             | busybox grep search /etc/resolv.conf     | search sea.example",
        "--dns-option ndots:3                 | busybox grep options /etc/resolv.conf    | options ndots:3",
        "--sysctl net.ipv4.ip_forward=1       | busybox cat /proc/sys/net/ipv4/ip_forward | 1",
        "--sysctl kernel.msgmax=70000         | busybox cat /proc/sys/kernel/msgmax      | 70000",
        "--ulimit nofile=100:200 | busybox sh -c 'echo $(ulimit -n) $(ulimit -Hn)' | 100 200",
        "--ulimit core=0                      | busybox sh -c 'ulimit -c'                | 0",
        "--ipc host                           | busybox readlink /proc/self/ns/ipc       | $(readlink /proc/self/ns/ipc)",
        "--pid host                           | busybox readlink /proc/self/ns/pid       | $(readlink /proc/self/ns/pid)",
        "--uts host                           | busybox hostname                         | $(hostname)",
        "--cgroupns host                      | busybox readlink /proc/self/ns/cgroup    | $(readlink /proc/self/ns/cgroup)",
        "-t                                   | busybox sh -c 'echo $TERM'               | xterm",
      })
  void theContainerSeesIt(String option, String command, String expected) throws Exception {
    shell.out("printf 'A=1\\n# a comment\\nB=two words\\n' >$D/env");
    String wanted = expected.startsWith("$(") ? shell.out("echo " + expected) : expected;

    String seen =
        shell.with("HOST_ONE", "one").out("docker run --rm %s %s".formatted(option, command));

    assertThat(seen).isEqualTo(wanted);
  }

  @Test
  void anUnknownUserIsRefusedByName() throws Exception {
    assertThat(shell.refusal("docker run --rm -u stowaway busybox true"))
        .contains("unable to find user stowaway");
  }

  @Test
  void aContainerHasANameOfItsOwn() throws Exception {
    assertThat(
            shell.out(
                "docker run --name host-named busybox hostname;"
                    + " docker inspect -f '{{slice .Id 0 12}}' host-named"))
        .matches("([0-9a-f]{12})\n\\1");
  }

  @Test
  void ipcAndPidOfAnotherContainerAreShared() throws Exception {
    shell.out("docker run -d --name sharing --ipc shareable busybox sleep 100");

    assertThat(shell.out("docker run --rm --pid container:sharing busybox ps"))
        .contains("sleep 100");
    assertThat(
            shell.out("docker run --rm --ipc container:sharing busybox readlink /proc/self/ns/ipc"))
        .isEqualTo(shell.out("docker exec sharing readlink /proc/self/ns/ipc"));
  }

  @Test
  void labelsOfImageAndContainerAreTold() throws Exception {
    shell.out("printf 'c=3\\n' >$D/labels");
    shell.out("docker run --name labelled -l a=1 -l b --label-file $D/labels configured true");

    assertThat(shell.out("docker inspect -f '{{json .Config.Labels}}' labelled"))
        .isEqualTo("{\"a\":\"1\",\"b\":\"\",\"c\":\"3\",\"of\":\"image\"}");
  }

  @Test
  void theStopSignalIsTheOneAskedFor() throws Exception {
    String trap = "trap \"exit 9\" %s; while :; do sleep 0.1; done";
    shell.out(
        "docker run -d --name usr2 --stop-signal USR2 busybox sh -c '%s'"
            .formatted(trap.formatted("USR2")));
    shell.out(
        "docker run -d --name usr1 -u root configured sh -c '%s'"
            .formatted(trap.formatted("USR1")));

    assertThat(shell.out("sleep 0.3; docker stop usr1 usr2 >/dev/null; docker wait usr1 usr2"))
        .isEqualTo("9\n9");
  }

  @Test
  void theStopTimeoutEndsInAKill() throws Exception {
    shell.out(
        "docker run -d --name deaf --stop-timeout 1 busybox sh -c 'trap \"\" TERM; sleep 100'");

    long began = System.nanoTime();
    shell.out("sleep 0.3; docker stop deaf");

    assertThat((System.nanoTime() - began) / 1_000_000_000).isLessThan(8);
    assertThat(shell.out("docker inspect -f '{{.State.ExitCode}}' deaf")).isEqualTo("137");
  }

  @Test
  void restartOnFailureCountsItsTries() throws Exception {
    shell.out(
        "docker run -d --name failing --restart on-failure:2 busybox sh -c 'echo try; exit 4'");

    Awaitility.await()
        .atMost(java.time.Duration.ofSeconds(20))
        .untilAsserted(() ->
            assertThat(
                    shell.out(
                        "docker inspect -f '{{.RestartCount}} {{.State.Status}}"
                            + " {{.State.ExitCode}}' failing"))
                .isEqualTo("2 exited 4"));
    assertThat(shell.out("docker logs failing")).isEqualTo("try\ntry\ntry");
  }

  @Test
  void restartAlwaysEndsWithAStop() throws Exception {
    shell.out("docker run -d --name always --restart always busybox sleep 0.2");
    Awaitility.await()
        .atMost(java.time.Duration.ofSeconds(20))
        .until(
            () -> Integer.parseInt(shell.out("docker inspect -f '{{.RestartCount}}' always")) > 1);

    shell.out("docker stop -t 0 always");

    assertThat(shell.out("sleep 1; docker inspect -f '{{.State.Status}}' always"))
        .isEqualTo("exited");
  }

  @Test
  void healthIsProbedAndTold() throws Exception {
    shell.out(
        "docker run -d --name probed --health-cmd 'test -e /well' --health-interval 200ms"
            + " --health-retries 2 --health-timeout 5s busybox sleep 100");

    awaitHealth("unhealthy");
    shell.out("docker exec probed touch /well");
    awaitHealth("healthy");
    assertThat(shell.out("docker ps --filter health=healthy --format '{{.Names}} {{.Status}}'"))
        .matches("probed Up .*\\(healthy\\)");
  }

  private static void awaitHealth(String state) {
    Awaitility.await()
        .atMost(java.time.Duration.ofSeconds(20))
        .untilAsserted(() ->
            assertThat(shell.out("docker inspect -f '{{.State.Health.Status}}' probed"))
                .isEqualTo(state));
  }

  @Test
  void logsAreTurnedOverAtTheirSize() throws Exception {
    shell.out(
        "docker run --name chatty --log-opt max-size=20k --log-opt max-file=2 busybox"
            + " sh -c 'for i in $(seq 6000); do echo line $i; done' >/dev/null");

    assertThat(shell.out("docker logs --tail 1 chatty")).isEqualTo("line 6000");
    assertThat(Integer.parseInt(shell.out("docker logs chatty | wc -c"))).isLessThan(60_000);
  }

  @Test
  void anUnknownLogDriverIsRefusedByName() throws Exception {
    assertThat(shell.refusal("docker run --rm --log-driver carrier-pigeon busybox true"))
        .contains("carrier-pigeon");
  }

  @Test
  void noLogIsKeptWhereNoneIsWanted() throws Exception {
    assertThat(shell.out("docker run --name mute --log-driver none busybox echo said"))
        .isEqualTo("said");
    assertThat(shell.refusal("docker logs mute"))
        .contains("configured logging driver does not support reading");
  }
}
