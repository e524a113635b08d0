package dev.plimsoll.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code docker exec}: streams, terminal, exit codes, and what a killed engine leaves of it. */
class ExecIT {
  private static TestEngine engine;
  private static Shell shell;

  @BeforeAll
  static void start() throws Exception {
    engine = TestEngine.with(TestImage.busybox());
    shell = engine.shell();
    shell.out("docker run -d --name ship busybox sleep 1000");
  }

  @AfterAll
  static void stop() throws Exception {
    engine.close();
  }

  @ParameterizedTest
  @CsvSource({"true, 0", "sh -c 'exit 7', 7", "/etc/passwd, 126", "nothing-of-this-name, 127"})
  void theExitCodeIsTheOneOfTheCommand(String command, int code) throws Exception {
    Program.Result result = shell.run("docker exec ship " + command);

    assertThat(result.code()).as(result.err()).isEqualTo(code);
  }

  @Test
  void bothStreamsStayApart() throws Exception {
    Program.Result result = shell.run("docker exec ship sh -c 'echo said; echo cried >&2'");

    assertThat(result.out()).isEqualTo("said\n");
    assertThat(result.err()).isEqualTo("cried\n");
  }

  @Test
  void theEndOfTheInputIsHeard() throws Exception {
    assertThat(shell.out("head -c 3000000 /dev/zero | docker exec -i ship wc -c"))
        .isEqualTo("3000000");
    assertThat(shell.out("docker exec ship head -c 3000000 /dev/zero | wc -c"))
        .isEqualTo("3000000");
  }

  @Test
  void asWhomWhereAndWithWhatIsAsAsked() throws Exception {
    assertThat(
            shell.out(
                "docker exec -u sailor -w /home -e A=b ship sh -c 'id -u; id -G; pwd; echo $A'"))
        .isEqualTo("1000\n1000 2000\n/home\nb");
  }

  @Test
  void aTerminalIsOneAndHasTheClientsSize() throws Exception {
    Program.Result result =
        shell
            .terminal("stty rows 31 cols 97; docker exec -it ship sh -c 'tty && stty size; exit 5'")
            .run();

    assertThat(result.out()).contains("/dev/pts/").contains("31 97");
    assertThat(result.code()).isEqualTo(5);
  }

  @Test
  void theDetachKeysLeaveItRunning() throws Exception {
    Program.Result result =
        shell
            .terminal(
                "(sleep 2; printf '\\020\\021') | script -qefc"
                    + " 'docker exec -it ship sleep 345' /dev/null")
            .run();

    assertThat(result.out()).contains("read escape sequence");
    assertThat(shell.out("docker exec ship ps")).contains("sleep 345");
  }

  @Test
  void aDetachedOneRunsOn() throws Exception {
    shell.out("docker exec -d ship sh -c 'echo done >/tmp/detached'");

    assertThat(
            shell.out("until docker exec ship cat /tmp/detached 2>/dev/null; do sleep 0.1; done"))
        .isEqualTo("done");
  }

  @Test
  void refusalsAreDockers() throws Exception {
    assertThat(shell.refusal("docker exec nobody true"))
        .isEqualTo("Error response from daemon: No such container: nobody");
    shell.out("docker create --name idle busybox true");
    assertThat(shell.refusal("docker exec idle true")).endsWith("is not running");
    shell.out("docker run -d --name frozen busybox sleep 1000; docker pause frozen");
    assertThat(shell.refusal("docker exec frozen true"))
        .isEqualTo(
            "Error response from daemon: Container frozen is paused, unpause the container before"
                + " exec");
    assertThat(shell.refusal("docker exec ship nothing-of-this-name"))
        .isEmpty(); // it is said on the command's own output, as dockerd does
    assertThat(shell.run("docker exec ship nothing-of-this-name").out())
        .contains("executable file not found in $PATH");
  }

  @Test
  void aKilledEngineLeavesTheContainerUnharmed() throws Exception {
    Program attached = shell.line("docker exec -i ship sh -c 'cat; echo over'");
    Process client = attached.start();
    shell.out("docker exec -d ship sleep 432");

    engine.kill();
    client.waitFor();
    engine.next();

    assertThat(engine.run().resolve("x")).isEmptyDirectory();
    assertThat(shell.out("docker exec ship ps"))
        .contains("sleep 1000")
        .contains("sleep 432")
        .doesNotContain("echo over");
  }
}
