package dev.plimsoll.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.docker.ApiVersion;
import dev.plimsoll.docker.DockerClient;
import dev.plimsoll.docker.DockerException;
import dev.plimsoll.http.client.ClientRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What a client is told by a whole engine, over its socket. */
class EngineServerTest {
  @TempDir private static Path root;
  private static RunningEngine engine;

  @BeforeAll
  static void start() throws Exception {
    engine = new RunningEngine(root);
  }

  @AfterAll
  static void stop() throws IOException {
    engine.close();
  }

  @Test
  void aClientAgreesOnAVersionAndLearnsWhatItTalksTo() throws Exception {
    try (DockerClient client = engine.connect()) {
      JsonNode version = client.get("/version");
      JsonNode info = client.get("/info");

      assertThat(engine.server().addresses())
          .containsExactly("unix://" + root.resolve("run/engine.sock"));
      assertThat(client.version()).isEqualTo(ApiVersion.NEWEST);
      assertThat(version.path("ApiVersion").stringValue()).isEqualTo("1.51");
      assertThat(version.path("MinAPIVersion").stringValue()).isEqualTo("1.24");
      assertThat(version.path("Version").stringValue()).matches("[0-9]+\\.[0-9]+\\.[0-9]+.*");
      assertThat(version.path("Components").path(0).path("Name").stringValue()).isEqualTo("Engine");
      assertThat(info.path("DockerRootDir").stringValue())
          .isEqualTo(root.resolve("data/engine").toString());
      assertThat(info.path("Swarm").path("LocalNodeState").stringValue()).isEqualTo("inactive");
      assertThat(info.path("RegistryConfig").path("InsecureRegistryCIDRs").toString())
          .contains("127.0.0.0/8");
      assertThat(info.path("NCPU").intValue()).isPositive();
      assertThat(info.path("MemTotal").longValue()).isPositive();
    }
  }

  @Test
  void volumesAreMadeListedAndRemovedOverTheWire() throws Exception {
    try (DockerClient client = engine.connect()) {
      JsonNode made = client.post("/volumes/create", Map.of("Name", "data"));
      JsonNode anonymous = client.post("/volumes/create");

      assertThat(made.path("Options").isNull()).isTrue();
      assertThat(made.path("Scope").stringValue()).isEqualTo("local");
      assertThat(anonymous.path("Name").stringValue()).hasSize(64);
      assertThat(client.get("/volumes").path("Volumes").size()).isEqualTo(2);

      client.delete("/volumes/data");
      client.delete("/volumes/data?force=1");
      assertThatThrownBy(() -> client.delete("/volumes/data"))
          .isInstanceOf(DockerException.class)
          .hasMessage("get data: no such volume")
          .extracting(e -> ((DockerException) e).status())
          .isEqualTo(404);

      JsonNode pruned = client.post("/volumes/prune");
      assertThat(pruned.path("VolumesDeleted").path(0)).isEqualTo(anonymous.path("Name"));
      assertThat(client.get("/volumes").path("Volumes").size()).isZero();
    }
  }

  @Test
  void anOldClientPrunesNamedVolumesToo() throws Exception {
    try (DockerClient client = engine.connect()) {
      client.post("/volumes/create", Map.of("Name", "data"));
      client.post("/volumes/prune");
      assertThat(client.get("/volumes").path("Volumes").size()).isEqualTo(1);

      var old = client.request("POST", "/volumes/prune");
      String target = old.target().replace("/v1.51/", "/v1.41/");
      client.send(ClientRequest.of("POST", old.endpoint(), target)).close();

      assertThat(client.get("/volumes").path("Volumes").size()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET|/nodes|503|This node is not a swarm manager.",
        "GET|/services|503|This node is not a swarm manager.",
        "POST|/swarm/leave|503|This node is not a swarm manager.",
        "GET|/tasks/1/logs|503|This node is not a swarm manager.",
        "POST|/secrets/create|503|This node is not a swarm manager.",
        "DELETE|/configs/c|503|This node is not a swarm manager.",
        "PUT|/volumes/data|503|This node is not a swarm manager.",
        "POST|/swarm/init|501|swarm mode is not part of this engine",
        "POST|/build|501|building images is not supported",
        "POST|/session|501|sessions of BuildKit",
        "POST|/grpc|501|BuildKit is not part",
        "POST|/plugins/pull|501|plugins are not supported",
        "POST|/plugins/a/b/enable|501|plugins are not supported",
        "GET|/plugins/a/b/json|404|plugin \"a/b\" not found",
        "GET|/containers/c/attach/ws|501|attaching by websocket",
        "GET|/nonsense|404|page not found",
      })
  void whatIsNotThereIsRefusedByName(String method, String path, int status, String message)
      throws Exception {
    try (DockerClient client = engine.connect()) {
      assertThatThrownBy(() -> client.send(client.request(method, path)))
          .isInstanceOf(DockerException.class)
          .hasMessageStartingWith(message)
          .extracting(e -> ((DockerException) e).status())
          .isEqualTo(status);
    }
  }
}
