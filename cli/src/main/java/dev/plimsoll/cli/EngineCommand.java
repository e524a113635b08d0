package dev.plimsoll.cli;

import dev.plimsoll.engine.EngineServer;
import dev.plimsoll.engine.EngineSettings;
import dev.plimsoll.foundation.log.Logging;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The engine's commands. */
@Command(
    name = "engine",
    description = "The engine: containers by the Docker Engine API.",
    mixinStandardHelpOptions = true)
final class EngineCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "say what to do: plimsoll engine --help lists it");
  }

  @Command(
      name = "serve",
      description = "Serve the Docker Engine API on a unix socket until SIGTERM.",
      mixinStandardHelpOptions = true)
  int serve(
      @Mixin ProgramSettings settings,
      @Option(
              names = "--data",
              paramLabel = "DIR",
              description = "Data directory (default: /var/lib/plimsoll).")
          @Nullable Path data,
      @Option(
              names = "--socket",
              paramLabel = "PATH",
              description = "Unix socket (default: engine.sock in the run directory).")
          @Nullable Path socket,
      @Option(
              names = "--run",
              paramLabel = "DIR",
              description = "Directory of sockets (default: /run/plimsoll).")
          @Nullable Path run,
      @Option(
              names = "--socket-group",
              paramLabel = "GROUP",
              description = "Who may use the socket beside root (default: plimsoll, if it exists).")
          @Nullable String socketGroup)
      throws IOException, InterruptedException {
    Logging.toStandardError();
    EngineSettings all =
        EngineSettings.from(
            settings
                .flag("engine.data", data)
                .flag("engine.socket", socket)
                .flag("engine.run", run)
                .flag("engine.socket-group", socketGroup)
                .load());
    EngineServer server = EngineServer.start(all);
    Serving.untilTold(server::close, server.addresses(), spec.commandLine().getOut());
    return 0;
  }
}
