package dev.plimsoll.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The engine's sockets: Docker's place as a second one, and one of them in a container. */
class SocketIT {
  /** The host's curl, with what it needs, for a container that has none. */
  private static final String CURL =
      "-v /usr:/usr:ro -v /usr/lib:/lib:ro -v /usr/lib64:/lib64:ro --entrypoint /usr/bin/curl";

  @Test
  void dockersPlaceIsServedTooAndASocketInUseIsLeftAlone() throws Exception {
    Places places = Places.make();
    Path second = places.scratch().resolve("docker.sock");
    try (TestEngine engine = TestEngine.start("--docker-socket=" + second)) {
      assertThat(engine.shell().out("DOCKER_HOST=unix://%s docker version -f ok".formatted(second)))
          .isEqualTo("ok");

      Program.Result other =
          Program.plimsoll(
                  "engine",
                  "serve",
                  "--data=" + places.data(),
                  "--run=" + places.run(),
                  "--docker-socket=" + second)
              .run();
      assertThat(other.code()).isEqualTo(1);
      assertThat(other.err()).contains("docker.sock").doesNotContain("Exception");
      assertThat(engine.shell().out("DOCKER_HOST=unix://%s docker version -f ok".formatted(second)))
          .isEqualTo("ok");
    } finally {
      places.remove();
    }
  }

  @Test
  void aContainerThatHasTheSocketDrivesTheEngine() throws Exception {
    try (TestEngine engine = TestEngine.with(TestImage.busybox())) {
      Path socket = engine.run().resolve("engine.sock");
      String answer =
          engine
              .shell()
              .out(
                  "docker run --rm -v %s:/var/run/docker.sock %s busybox -s".formatted(socket, CURL)
                      + " --unix-socket /var/run/docker.sock http://docker/containers/json?all=1");
      // It asks as soon as it runs, which may be before the engine has heard that it does.
      assertThat(answer).contains("\"Image\":\"busybox\"").containsPattern("\"(created|running)\"");
    }
  }
}
