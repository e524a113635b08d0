package dev.plimsoll.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code plimsoll up} and {@code down}: everything on a machine by one command. */
class UpIT {
  private Places places;
  private Shell shell;
  private String host = "";

  @BeforeEach
  void makePlaces() throws Exception {
    places = Places.make();
    shell =
        new Shell(
            Map.of(
                "D", places.data().toString(),
                "P", Program.launcher().toString(),
                "DOCKER_CONFIG", places.client().toString()));
  }

  @AfterEach
  void removePlaces() throws Exception {
    shell.run("$P down --data $D");
    if (!host.isEmpty()) {
      shell.run("rm -r %s".formatted(runDirectory()));
    }
    places.requireNothingMounted();
    places.remove();
  }

  private String up() throws Exception {
    String said =
        shell
            .line("$P up --data $D --registry 127.0.0.1:0")
            .within(Duration.ofMinutes(3))
            .run()
            .succeeded();
    host = said.replaceAll("(?s).*export DOCKER_HOST=(\\S+).*", "$1");
    return said;
  }

  private Path runDirectory() {
    return Path.of(URI.create(host).getPath()).getParent();
  }

  @Test
  void oneCommandMakesPushesPullsAndRunsAnImage() throws Exception {
    String said = up();

    assertThat(said)
        .contains("registry  http://127.0.0.1:", "engine    unix://", "export DOCKER_HOST=unix://");
    String typed =
        said.lines()
            .filter(line -> line.startsWith("  export") || line.startsWith("  docker"))
            .collect(java.util.stream.Collectors.joining("\n"));
    assertThat(shell.out(typed)).contains("REPOSITORY");
  }

  @Test
  void twiceFindsEverythingInPlace() throws Exception {
    String first = up();

    assertThat(up()).isEqualTo(first);

    assertThat(shell.out("$P down --data $D 2>&1; pgrep -fc -- \"--data[= ]$D\" || true"))
        .endsWith("0");
  }

  @Test
  void afterAKillOfBothItStartsAgain() throws Exception {
    up();
    Shell docker = shell.with("DOCKER_HOST", host);
    docker.out("docker run -d --name stays $(docker images -q | head -1) sleep 1000");
    shell.out("pgrep -f -- \"--data[= ]$D\" | xargs kill -9");

    up();

    assertThat(docker.out("docker inspect -f '{{.State.Status}}' stays")).isEqualTo("running");
    docker.out("docker rm -f stays");
  }

  /** What a reboot leaves: the data directory, and nothing of what ran, was mounted or was in /run. */
  @Test
  void afterARebootItFindsEverythingAndStartsWhatShouldRun() throws Exception {
    up();
    Shell docker = shell.with("DOCKER_HOST", host).with("R", runDirectory().toString());
    docker.out(
        """
        image=$(docker images -q | head -1)
        docker run -d --name always --restart always -p 127.0.0.1::80 $image sleep 1000
        docker run -d --name once $image sleep 1000
        docker run -d --name stopped --restart unless-stopped $image sleep 1000
        docker stop -t 0 stopped\
        """);
    docker.out(
        """
        pids=$(docker inspect -f '{{.State.Pid}}' always once)
        pkill -KILL -f -- "[= ]$D" || true
        kill -KILL $pids
        for i in $(seq 50); do pgrep -f -- "[= /]$R/" >/dev/null || break; sleep 0.1; done
        awk -v d=$D/ -v r=$R/ 'index($2, d) == 1 || index($2, r) == 1 {print $2}' /proc/mounts |
          tac | xargs -r -n 1 umount -l
        name=${R##*/plimsoll-}
        ip link del pl-$name
        nft delete table inet plimsoll_$name
        find /sys/fs/cgroup -depth -type d -path "*/plimsoll-$name*" -exec rmdir {} + || true
        rm -r $R\
        """);

    up();

    assertThat(docker.out("docker ps -a --format '{{.Names}} {{.State}}' | sort"))
        .isEqualTo("always running\nonce exited\nstopped exited");
    assertThat(docker.out("docker port always")).startsWith("80/tcp -> 127.0.0.1:");
    docker.out("docker rm -f always once stopped");
  }
}
