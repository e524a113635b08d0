package dev.plimsoll.engine;

import dev.plimsoll.docker.DockerClient;
import dev.plimsoll.linux.Command;
import dev.plimsoll.linux.Processes;
import dev.plimsoll.linux.ShortRun;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A whole engine below one directory, which leaves nothing on the host when it is closed while
 * no container runs. */
final class RunningEngine implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final EngineSettings settings;
  private EngineServer server;

  RunningEngine(Path root) throws IOException, InterruptedException {
    this.settings = EngineSettings.in(root.resolve("data"), root.resolve("run"));
    this.server = EngineServer.start(settings);
  }

  EngineServer server() {
    return server;
  }

  DockerClient connect() throws IOException, InterruptedException {
    return DockerClient.connect(settings.socket());
  }

  /** The engine goes and another comes. */
  void restart() throws IOException, InterruptedException {
    server.close();
    server = EngineServer.start(settings);
  }

  /** What the real docker client prints, both streams, and its exit status at the end. */
  String docker(String... arguments) throws IOException, InterruptedException {
    return docker(Map.of(), arguments);
  }

  String docker(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("-H", "unix://" + settings.socket()));
    all.addAll(List.of(arguments));
    Command command = Command.of(Processes.find("docker").orElseThrow(), all);
    for (Map.Entry<String, String> variable : environment.entrySet()) {
      command = command.environment(variable.getKey(), variable.getValue());
    }
    ShortRun.Result result = Processes.run(command, LIMIT);
    return result.output() + result.error() + "[" + result.status() + "]";
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
