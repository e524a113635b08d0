package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.verb.ProgramSettings;
import dev.plimsoll.cli.verb.Serving;
import dev.plimsoll.foundation.log.Logging;
import dev.plimsoll.http.HttpServer;
import dev.plimsoll.registry.RegistryServer;
import dev.plimsoll.registry.RegistrySettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The registry as a process. */
@Command(description = "Serve images until SIGTERM.", mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private final ProgramSettings settings = new ProgramSettings();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Data directory (default: /var/lib/plimsoll).")
  private @Nullable Path data;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description = "Where to listen (default: 127.0.0.1:5000; port 0 takes a free one).")
  private @Nullable String listen;

  @Override
  public Integer call() throws IOException, InterruptedException {
    RegistrySettings all =
        RegistrySettings.from(
            settings.flag("registry.data", data).flag("registry.listen", listen).serve());
    if (all.accessLog()) {
      Logging.inDetail(HttpServer.ACCESS_LOG);
    }
    RegistryServer server = RegistryServer.start(all);
    Serving.untilTold(server::close, List.of(server.url()), spec.commandLine().getOut());
    return 0;
  }
}
