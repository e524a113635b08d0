package dev.plimsoll.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code docker logs}: what a container said, all of it or the part asked for. */
class LogsIT {
  private static TestEngine engine;
  private static Shell shell;

  @BeforeAll
  static void start() throws Exception {
    engine = TestEngine.with(TestImage.busybox());
    shell = engine.shell();
    shell.out("docker run --name said busybox sh -c 'seq 5; echo wrong >&2' >/dev/null 2>&1");
  }

  @AfterAll
  static void stop() throws Exception {
    engine.close();
  }

  @Test
  void bothStreamsAreTold() throws Exception {
    Program.Result result = shell.run("docker logs said");

    assertThat(result.out()).isEqualTo("1\n2\n3\n4\n5\n");
    assertThat(result.err()).isEqualTo("wrong\n");
  }

  @Test
  void theTailIsTheLastLines() throws Exception {
    assertThat(shell.out("docker logs --tail 2 said 2>/dev/null")).isEqualTo("5");
    assertThat(shell.out("docker logs -n 3 said 2>/dev/null")).isEqualTo("4\n5");
    assertThat(shell.out("docker logs --tail 0 said 2>&1")).isEmpty();
  }

  @Test
  void aLastLineWithoutItsEndIsALine() throws Exception {
    shell.out("docker run --name cut busybox sh -c 'echo one; printf two'");

    assertThat(shell.out("docker logs --tail 1 cut")).isEqualTo("two");
  }

  @Test
  void detailsAreWhatTheLogOptionsName() throws Exception {
    shell.out(
        "docker run --name detailed -l a=1 -e E=2 --log-opt labels=a --log-opt env=E"
            + " --log-opt tag={{.Name}} busybox echo here");

    assertThat(shell.out("docker logs --details detailed")).isEqualTo("E=2,a=1,tag=detailed here");
    assertThat(shell.out("docker logs detailed")).isEqualTo("here");
    assertThat(shell.run("docker logs --details --tail 1 said 2>/dev/null").out()).isIn(" 5\n", "");
  }

  @Test
  void timesAreInNanoseconds() throws Exception {
    assertThat(shell.out("docker logs -t said 2>/dev/null").lines())
        .allMatch(line -> line.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z \\d"));
  }

  @Test
  void sinceAndUntilCutTheLog() throws Exception {
    shell.out("docker run --name timed busybox sh -c 'echo early; sleep 1.2; echo late'");
    String late = shell.out("docker logs -t --tail 1 timed | cut -d' ' -f1");

    assertThat(shell.out("docker logs --since " + late + " timed")).isEqualTo("late");
    assertThat(
            shell.out(
                "docker logs --until $(date -d '%s 1 second ago' +%%s) timed".formatted(late)))
        .isIn("early", "");
    assertThat(shell.out("docker logs --since 1h timed")).isEqualTo("early\nlate");
    assertThat(shell.out("docker logs --until 1h timed")).isEmpty();
  }

  @Test
  void followingEndsWithTheContainer() throws Exception {
    shell.out(
        "docker run -d --name told busybox sh -c 'for i in 1 2 3; do echo $i; sleep 0.3; done'");

    assertThat(shell.out("docker logs -f told")).isEqualTo("1\n2\n3");
  }

  @Test
  void aTerminalsOutputIsToldAsItWas() throws Exception {
    shell.out("docker run -d -t --name screen busybox echo shown; docker wait screen");

    assertThat(shell.run("docker logs screen").out()).isEqualTo("shown\r\n");
  }

  @Test
  void aLongLineStaysOne() throws Exception {
    shell.out(
        "docker run --name long busybox sh -c 'head -c 100000 /dev/zero | tr \"\\0\" x; echo' >/dev/null");

    assertThat(shell.out("docker logs long | awk '{print length}'")).isEqualTo("100000");
    assertThat(shell.out("docker logs -t --tail 1 long | wc -l")).isEqualTo("1");
  }

  @Test
  void textWithoutALineEndIsTold() throws Exception {
    shell.out("docker run --name bare busybox printf bare");

    assertThat(shell.run("docker logs bare").out()).isEqualTo("bare");
  }

  @Test
  void theFollowedLogIsWholeWhileFilesAreTurnedOver() throws Exception {
    shell.out(
        "docker run -d --name turning --log-opt max-size=50k --log-opt max-file=3 busybox sh -c"
            + " 'sleep 1; i=0; while [ $i -lt 8000 ]; do i=$((i+1)); echo $i; done'");

    assertThat(shell.out("docker logs -f turning | tail -1")).isEqualTo("8000");
  }
}
