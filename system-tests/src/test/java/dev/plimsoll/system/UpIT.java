package dev.plimsoll.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code plimsoll up} and {@code down}: everything on a machine by one command. */
class UpIT {
  private Places places;
  private Shell shell;

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
    places.requireNothingMounted();
    places.remove();
  }

  private String up() throws Exception {
    return shell
        .line("$P up --data $D --registry 127.0.0.1:0")
        .within(Duration.ofMinutes(3))
        .run()
        .succeeded();
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
    String host = up().replaceAll("(?s).*export DOCKER_HOST=(\\S+).*", "$1");
    Shell docker = shell.with("DOCKER_HOST", host);
    docker.out("docker run -d --name stays $(docker images -q | head -1) sleep 1000");
    shell.out("pgrep -f -- \"--data[= ]$D\" | xargs kill -9");

    up();

    assertThat(docker.out("docker inspect -f '{{.State.Status}}' stays")).isEqualTo("running");
    docker.out("docker rm -f stays");
  }
}
