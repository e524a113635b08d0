package dev.plimsoll.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code docker cp} both ways, {@code docker diff} and {@code docker export}. */
class CopyIT {
  private static TestEngine engine;
  private static Shell shell;

  @BeforeAll
  static void start() throws Exception {
    engine = TestEngine.with(TestImage.busybox());
    shell = engine.shell();
    shell.out("docker run -d --name running -v vol:/vol busybox sleep 1000");
    shell.out("docker create --name stopped -v vol2:/vol busybox sleep 1000");
  }

  @AfterAll
  static void stop() throws Exception {
    engine.close();
  }

  @BeforeEach
  void someFiles() throws Exception {
    Path tree = engine.scratch().resolve("tree");
    if (!Files.exists(tree)) {
      shell.out(
          "mkdir -p $D/tree/sub && cd $D/tree && echo one >a && echo two >sub/b && ln -s a soft"
              + " && ln a hard && chmod 640 a && touch -d 2001-02-03 a");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"running", "stopped"})
  void aTreeGoesInAndComesOutTheSame(String container) throws Exception {
    shell.out("docker cp $D/tree " + container + ":/tmp/");
    shell.out("rm -rf $D/back && docker cp %s:/tmp/tree $D/back".formatted(container));

    assertThat(shell.out("cd $D/back && find . | sort"))
        .isEqualTo(".\n./a\n./hard\n./soft\n./sub\n./sub/b");
    assertThat(shell.out("cd $D/back && stat -c '%a %h %Y' a && readlink soft && cat soft sub/b"))
        .isEqualTo(
            shell.out("cd $D/tree && stat -c '%a %h %Y' a && readlink soft && cat soft sub/b"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"running", "stopped"})
  void theContentOfADirectoryIsMeantByADot(String container) throws Exception {
    shell.out("docker cp $D/tree/. %s:/home".formatted(container));
    shell.out("mkdir -p $D/dot && docker cp %s:/home/. $D/dot".formatted(container));

    assertThat(shell.out("cat $D/dot/sub/b")).isEqualTo("two");
  }

  @Test
  void aStreamGoesInAndComesOut() throws Exception {
    shell.out("tar -C $D -c tree | docker cp - running:/var");

    assertThat(shell.out("docker cp running:/var/tree/sub - | tar t | sort"))
        .isEqualTo("sub/\nsub/b");
  }

  @Test
  void aVolumeIsWrittenThroughTheContainer() throws Exception {
    shell.out("docker cp $D/tree/a stopped:/vol/a");

    assertThat(shell.out("docker run --rm -v vol2:/v busybox cat /v/a")).isEqualTo("one");
    assertThat(shell.out("docker diff stopped")).doesNotContain("/vol/a");
  }

  @Test
  void linksAreKeptOrFollowedAndNeverLeadOut() throws Exception {
    shell.out("docker exec running ln -s /etc/passwd /tmp/link");
    shell.out("docker exec running ln -s ../../../../.." + engine.scratch() + " /tmp/out");

    shell.out("docker cp running:/tmp/link $D/link && docker cp -L running:/tmp/link $D/file");

    assertThat(shell.out("readlink $D/link")).isEqualTo("/etc/passwd");
    assertThat(shell.out("cat $D/file")).contains("sailor");
    assertThat(shell.refusal("docker cp running:/tmp/out/tree $D/stolen"))
        .contains("Could not find the file");
    assertThat(shell.run("docker cp $D/tree/a running:/tmp/out/planted").code()).isNotZero();
    assertThat(engine.scratch().resolve("planted")).doesNotExist();
  }

  @Test
  void refusalsAreDockers() throws Exception {
    assertThat(shell.refusal("docker cp running:/no/such $D/x"))
        .isEqualTo(
            "Error response from daemon: Could not find the file /no/such in container running");
    assertThat(shell.refusal("docker cp nobody:/etc $D/x")).contains("No such container: nobody");
    assertThat(shell.refusal("docker cp $D/tree running:/etc/passwd"))
        .contains("cannot copy directory");
    shell.out("docker run -d --name fixed --read-only -v $D:/ro:ro busybox sleep 1000");
    assertThat(shell.refusal("docker cp $D/tree/a fixed:/tmp/a"))
        .contains("container rootfs is marked read-only");
    assertThat(shell.refusal("docker cp $D/tree/a fixed:/ro/a"))
        .contains("mounted volume is marked read-only");
  }

  @Test
  void whatAContainerChangedIsTold() throws Exception {
    shell.out(
        "docker run --name changed busybox sh -c 'echo x >>/etc/passwd; rm /etc/group; echo >/new'");

    assertThat(shell.out("docker diff changed").lines())
        .containsExactlyInAnyOrder("C /etc", "C /etc/passwd", "D /etc/group", "A /new");
  }

  @Test
  void anExportedContainerIsAnImageAgain() throws Exception {
    shell.out("docker run --name source busybox sh -c 'echo exported >/var/mark'");

    shell.out("docker export source | docker import - copy:1");

    assertThat(shell.out("docker run --rm copy:1 /bin/cat /var/mark")).isEqualTo("exported");
  }
}
