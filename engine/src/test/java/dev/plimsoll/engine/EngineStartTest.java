package dev.plimsoll.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.docker.DockerClient;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** How an engine starts, and what keeps it from starting. */
class EngineStartTest {
  @TempDir private Path root;

  private EngineSettings settings() {
    return EngineSettings.in(root.resolve("data"), root.resolve("run"));
  }

  private Path socket() {
    return root.resolve("run/engine.sock");
  }

  @Test
  void whatWasMadeIsThereAfterARestartAndSoIsTheName() throws Exception {
    String id;
    try (RunningEngine _ = new RunningEngine(root);
        DockerClient client = DockerClient.connect(socket())) {
      client.post("/volumes/create", Map.of("Name", "data", "Labels", Map.of("a", "b")));
      id = client.get("/info").path("ID").stringValue();
    }

    try (RunningEngine _ = new RunningEngine(root);
        DockerClient client = DockerClient.connect(socket())) {
      JsonNode volume = client.get("/volumes/data");

      assertThat(volume.path("Labels").path("a").stringValue()).isEqualTo("b");
      assertThat(client.get("/info").path("ID").stringValue()).isEqualTo(id);
    }
  }

  @Test
  void aSecondEngineOnTheDataDirectoryIsRefusedAndTheFirstGoesOn() throws Exception {
    try (RunningEngine _ = new RunningEngine(root)) {
      EngineSettings second = EngineSettings.in(root.resolve("data"), root.resolve("other"));

      assertThatThrownBy(() -> EngineServer.start(second))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is in use by");

      DockerClient.connect(socket()).close();
    }
  }

  @Test
  void aSocketThatSomebodyListensOnIsRefusedAndNothingStaysOpen() throws Exception {
    Files.createDirectories(root.resolve("run"));
    try (var other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      other.bind(UnixDomainSocketAddress.of(socket()));

      assertThatThrownBy(() -> EngineServer.start(settings()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(socket().toString());
    }
    Files.delete(socket());

    new RunningEngine(root).close();
  }

  @Test
  void aSocketThatNobodyListensOnIsReplaced() throws Exception {
    Files.createDirectories(root.resolve("run"));
    try (var dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(socket()));
    }
    assertThat(socket()).exists();

    try (RunningEngine _ = new RunningEngine(root)) {
      DockerClient.connect(socket()).close();
    }
    assertThat(socket()).doesNotExist();
  }

  @Test
  void aDatabaseThatIsNoneStopsTheStartWithASentence() throws Exception {
    Files.createDirectories(root.resolve("data/engine/db"));
    Files.writeString(root.resolve("data/engine/db/engine.db"), "not a database ".repeat(100));

    assertThatThrownBy(() -> EngineServer.start(settings()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("engine.db");
  }
}
