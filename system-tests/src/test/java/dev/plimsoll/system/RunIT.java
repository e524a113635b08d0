package dev.plimsoll.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code docker run}: what is run, its streams and its exit code. */
class RunIT {
  private static final Pattern CONTAINER_ID = Pattern.compile("[0-9a-f]{64}");

  private static TestEngine engine;
  private static Shell shell;

  @BeforeAll
  static void start() throws Exception {
    TestImage busybox = TestImage.busybox();
    engine =
        TestEngine.with(
            busybox,
            busybox.named("entry:1").with("Entrypoint", java.util.List.of("echo", "entry")));
    shell = engine.shell();
  }

  @AfterAll
  static void stop() throws Exception {
    engine.close();
  }

  @ParameterizedTest
  @CsvSource({
    "true, 0",
    "sh -c 'exit 7', 7",
    "/etc/passwd, 126",
    "nothing-of-this-name, 127",
    "/nothing/of/this/name, 127"
  })
  void theExitCodeIsTheOneOfTheCommand(String command, int code) throws Exception {
    Program.Result result = shell.run("docker run --rm busybox " + command.replace("''", "'"));

    assertThat(result.code()).as(result.err()).isEqualTo(code);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--network nowhere busybox true",
        "--memory 1k busybox true",
        "-v relative/path:/x/../.. busybox true",
        "--pid container:nobody busybox true",
        "-p 99999:80 busybox true"
      })
  void whatTheEngineRefusesEndsWith125(String words) throws Exception {
    Program.Result result = shell.run("docker run --rm " + words);

    assertThat(result.code()).as(result.err()).isEqualTo(125);
    assertThat(result.err()).startsWith("docker: ");
  }

  @Test
  void nothingIsLeftOfARefusedRun() throws Exception {
    shell.run("docker run --name refused --memory 1k busybox true");

    assertThat(shell.out("docker ps -aq --filter name=refused")).isEmpty();
  }

  @Test
  void aKilledContainersCodeNamesTheSignal() throws Exception {
    Program.Result result =
        shell.run(
            "docker run --name victim busybox sleep 100 & until docker kill victim; do sleep 0.2;"
                + " done 2>/dev/null; wait $!");

    assertThat(result.code()).isEqualTo(137);
  }

  @Test
  void aMissingCommandIsNamed() throws Exception {
    assertThat(shell.refusal("docker run --rm busybox frobnicate"))
        .contains("exec: \"frobnicate\": executable file not found in $PATH");
  }

  @Test
  void bothStreamsComeOutWhereTheyBelong() throws Exception {
    Program.Result result = shell.run("docker run --rm busybox sh -c 'echo out; echo err >&2'");

    assertThat(result.out()).isEqualTo("out\n");
    assertThat(result.err()).isEqualTo("err\n");
  }

  @Test
  void standardInputIsPassedOnUpToItsEnd() throws Exception {
    String text = "a line\n".repeat(50_000);

    Program.Result result = shell.line("docker run -i --rm busybox md5sum").input(text).run();

    assertThat(result.succeeded()).isEqualTo(Program.of("md5sum").input(text).run().succeeded());
  }

  @Test
  void withoutInteractiveStandardInputIsEmpty() throws Exception {
    assertThat(shell.line("docker run --rm busybox wc -c").input("text").run().succeeded())
        .isEqualTo("0");
  }

  @Test
  void muchOutputComesOutWhole() throws Exception {
    assertThat(shell.out("docker run --rm busybox sh -c 'yes | head -c 20000000' | wc -c"))
        .isEqualTo("20000000");
  }

  @Test
  void aTerminalIsATerminalOfTheClientsSize() throws Exception {
    String run =
        "stty rows 31 cols 97; docker run -it --rm busybox sh -c 'sleep 1; tty; stty size'";

    assertThat(shell.terminal(run).run().succeeded()).contains("/dev/pts/0").contains("31 97");
  }

  @Test
  void aTerminalTakesWhatIsTyped() throws Exception {
    Program.Result result =
        shell.terminal("docker run -it --rm busybox").input("echo $((6*7))\nexit 5\n").run();

    assertThat(result.out()).contains("42");
    assertThat(result.code()).isEqualTo(5);
  }

  @Test
  void theDetachKeysLeaveTheContainerRunning() throws Exception {
    shell
        .terminal("docker run -it --name detached --detach-keys ctrl-x,q busybox sleep 100")
        .input("\u0018q")
        .run()
        .succeeded();

    assertThat(shell.out("docker inspect -f '{{.State.Running}}' detached")).isEqualTo("true");
  }

  @Test
  void detachedPrintsTheIdAndReturns() throws Exception {
    String id = shell.out("docker run -d busybox sleep 100");

    assertThat(id).matches(CONTAINER_ID);
    assertThat(shell.out("docker ps -q --no-trunc")).contains(id);
  }

  @Test
  void removeLeavesNothingOfTheContainer() throws Exception {
    shell.out("docker run --rm --name gone -v /anonymous busybox true");

    assertThat(shell.out("docker ps -aq --filter name=gone; docker volume ls -q")).isEmpty();
  }

  @Test
  void removeWorksDetachedToo() throws Exception {
    String id = shell.out("docker run -d --rm busybox true");

    shell.run("docker wait " + id);

    org.awaitility.Awaitility.await()
        .untilAsserted(() -> assertThat(shell.out("docker ps -aq --no-trunc")).doesNotContain(id));
  }

  @Test
  void aNameIsTakenOnce() throws Exception {
    shell.out("docker run --name once busybox true");

    Program.Result second = shell.run("docker run --name once busybox true");

    assertThat(second.code()).isEqualTo(125);
    assertThat(second.err())
        .contains("Conflict. The container name \"/once\" is already in use by");
  }

  @Test
  void entrypointAndCommandAreJoined() throws Exception {
    assertThat(shell.out("docker run --rm entry:1 point")).isEqualTo("entry point");
    assertThat(shell.out("docker run --rm --entrypoint printf entry:1 '%s!' point"))
        .isEqualTo("point!");
    assertThat(shell.out("docker run --rm --entrypoint '' entry:1 echo bare")).isEqualTo("bare");
  }

  @Test
  void initReapsWhatTheCommandLeaves() throws Exception {
    String orphans = "sh -c 'sh -c \"sleep 0.1 &\"; sleep 0.5; ps -o pid,stat,comm'";

    assertThat(shell.out("docker run --rm --init busybox " + orphans)).doesNotContain(" Z ");
    assertThat(shell.out("docker run --rm --init busybox cat /proc/1/comm"))
        .matches("(?s).*(init|catatonit).*");
  }

  @Test
  void thePlatformIsHeldAgainstTheImage() throws Exception {
    assertThat(shell.out("docker run --rm --platform linux/amd64 busybox uname -m"))
        .isEqualTo("x86_64");
    assertThat(shell.run("docker run --rm --pull never --platform linux/s390x busybox true").code())
        .isEqualTo(125);
  }

  @Test
  void theIdIsWrittenToAFile() throws Exception {
    shell.out("docker run --cidfile $D/cid busybox true");

    assertThat(shell.out("cat $D/cid")).matches(CONTAINER_ID);
  }

  @Test
  void aSignalToTheClientReachesTheCommand() throws Exception {
    String trap = "trap \"echo caught; exit 3\" TERM; echo ready; while :; do sleep 0.1; done";
    String line =
        "docker run --rm busybox sh -c '%s' >$D/o & until grep -q ready $D/o; do sleep 0.1; done;"
            .formatted(trap);

    Program.Result result = shell.run(line + " kill -TERM $!; wait $!");

    assertThat(result.code()).isEqualTo(3);
    assertThat(shell.out("cat $D/o")).endsWith("caught");
  }
}
