package dev.plimsoll.cli;

import dev.plimsoll.cli.machine.Installation;
import dev.plimsoll.cli.machine.Installation.Servers;
import dev.plimsoll.cli.machine.Machine;
import dev.plimsoll.cli.verb.Serving;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Starts everything on this machine and does its main job once. */
@Command(
    description = {
      "Start registry and engine, make a first image, push it, pull it and run it.",
      "What already runs is left alone; run it again after a reboot."
    },
    mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Data directory (default: /var/lib/plimsoll).")
  private Path data = Installation.DEFAULT_DATA;

  @Option(
      names = "--registry",
      paramLabel = "HOST:PORT",
      description =
          "Where the registry listens (default: 127.0.0.1:5000; port 0 takes a free one).")
  private String registry = "127.0.0.1:5000";

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      description = "The engine's socket (default: engine.sock in the run directory).")
  private @Nullable Path socket;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings file (default: /etc/plimsoll/plimsoll.yaml, if there is one).")
  private @Nullable Path config;

  @Option(
      names = "--foreground",
      description = "Stay until SIGTERM or Ctrl-C, then end both servers.")
  private boolean foreground;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    Installation installation = new Installation(data);
    Machine machine = new Machine(installation, launcher(), Optional.ofNullable(config), err);
    Servers servers = machine.start(registry, socket != null ? socket : installation.socket());
    new FirstImage(servers, err).run();
    out.print(NextSteps.text(installation, servers));
    out.flush();
    if (foreground) {
      Serving.untilTold(machine::stop, java.util.List.of(), out);
    }
    return 0;
  }

  private static Path launcher() throws IOException {
    String home = System.getProperty("plimsoll.home");
    if (home == null) {
      throw new IOException("plimsoll.home is not set; start this through the launcher");
    }
    return Path.of(home, "plimsoll");
  }
}
