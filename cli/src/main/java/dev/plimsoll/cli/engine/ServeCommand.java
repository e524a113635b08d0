package dev.plimsoll.cli.engine;

import dev.plimsoll.cli.verb.ProgramSettings;
import dev.plimsoll.cli.verb.Serving;
import dev.plimsoll.engine.EngineServer;
import dev.plimsoll.engine.EngineSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The engine as a process. */
@Command(
    description = "Serve the Docker Engine API on a unix socket until SIGTERM.",
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private final ProgramSettings settings = new ProgramSettings();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Data directory (default: /var/lib/plimsoll).")
  private @Nullable Path data;

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      description = "Unix socket (default: engine.sock in the run directory).")
  private @Nullable Path socket;

  @Option(
      names = "--run",
      paramLabel = "DIR",
      description = "Directory of sockets (default: /run/plimsoll).")
  private @Nullable Path run;

  @Option(
      names = "--socket-group",
      paramLabel = "GROUP",
      description = "Who may use the socket beside root (default: plimsoll, if it exists).")
  private @Nullable String socketGroup;

  @Option(
      names = "--docker-socket",
      paramLabel = "PATH",
      description = "Listen there too, such as /var/run/docker.sock; one in use is left alone.")
  private @Nullable Path dockerSocket;

  @Override
  public Integer call() throws IOException, InterruptedException {
    EngineSettings all =
        EngineSettings.from(
            settings
                .flag("engine.data", data)
                .flag("engine.socket", socket)
                .flag("engine.run", run)
                .flag("engine.socket-group", socketGroup)
                .flag("engine.docker-socket", dockerSocket)
                .serve());
    EngineServer server = EngineServer.start(all);
    Serving.untilTold(server::close, server.addresses(), spec.commandLine().getOut());
    return 0;
  }
}
