package dev.plimsoll.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The daily commands in the versions of the API that clients of ten years speak. */
class ApiVersionsIT {
  private static TestEngine engine;

  @BeforeAll
  static void start() throws Exception {
    engine = TestEngine.with(TestImage.busybox());
  }

  @AfterAll
  static void stop() throws Exception {
    engine.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.24", "1.30", "1.41", "1.44", "1.51"})
  void theDailyCommandsWork(String version) throws Exception {
    Shell shell = engine.shell().with("DOCKER_API_VERSION", version);
    engine
        .shell()
        .run("docker rm -f daily; docker volume rm daily"); // of another version's failure

    assertThat(
            shell.out(
                "docker version -f '{{.Client.APIVersion}} {{.Server.APIVersion}} {{.Server.MinAPIVersion}}'"))
        .isEqualTo(version + " 1.51 1.24");
    assertThat(shell.out("docker info -f '{{.OSType}} {{.Driver}}'")).isEqualTo("linux overlay2");
    assertThat(shell.out("docker run --rm busybox echo hello")).isEqualTo("hello");
    assertThat(shell.run("docker run --rm busybox sh -c 'exit 7'").code()).isEqualTo(7);
    assertThat(shell.line("docker run -i --rm busybox cat").input("in").run().succeeded())
        .isEqualTo("in");
    shell.out(
        "docker run -d --name daily -e A=b -v daily:/v -p 127.0.0.1::80 -m 32m busybox sleep 100");
    assertThat(shell.out("docker ps --format '{{.Names}}'")).isEqualTo("daily");
    assertThat(shell.out("docker exec daily sh -c 'echo $A'")).isEqualTo("b");
    assertThat(
            shell.out("docker inspect -f '{{.State.Status}} {{.NetworkSettings.IPAddress}}' daily"))
        .matches("running [0-9.]+");
    assertThat(shell.out("docker stats --no-stream --format '{{.Name}}' daily")).isEqualTo("daily");
    shell.out("docker top daily; docker logs daily; docker port daily; docker diff daily");
    shell.out("echo file >$D/file; docker cp $D/file daily:/file");
    assertThat(shell.out("docker cp daily:/file - | tar xO")).isEqualTo("file");
    assertThat(shell.out("docker stop -t 0 daily; docker wait daily")).isEqualTo("daily\n137");
    shell.out("docker start daily; docker restart -t 0 daily; docker rm -f daily");
    assertThat(shell.out("docker images --format '{{.Repository}}:{{.Tag}}'"))
        .isEqualTo("busybox:latest");
    shell.out("docker tag busybox copy:1; docker history copy:1; docker rmi copy:1");
    shell.out("docker volume rm daily; docker volume ls; docker network ls");
  }

  @Test
  void olderAndNewerOnesAreRefusedWithTheRange() throws Exception {
    assertThat(engine.shell().with("DOCKER_API_VERSION", "1.23").refusal("docker ps"))
        .contains("client version 1.23 is too old. Minimum supported API version is 1.24");
    assertThat(engine.shell().with("DOCKER_API_VERSION", "1.52").refusal("docker ps"))
        .contains("client version 1.52 is too new. Maximum supported API version is 1.51");
  }
}
