package dev.plimsoll.cli;

import dev.plimsoll.cli.machine.Installation;
import dev.plimsoll.cli.machine.Machine;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Ends what {@code up} started from one data directory, and nothing else. */
@Command(
    description = {
      "End the registry and the engine that up started.",
      "Images, volumes and data stay; containers that run go on running."
    },
    mixinStandardHelpOptions = true)
final class DownCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Data directory (default: /var/lib/plimsoll).")
  private Path data = Installation.DEFAULT_DATA;

  @Override
  public Integer call() throws Exception {
    Installation installation = new Installation(data);
    Machine machine =
        new Machine(
            installation, Path.of("plimsoll"), Optional.empty(), spec.commandLine().getErr());
    if (machine.stop() == 0) {
      spec.commandLine().getErr().printf("nothing of %s was running%n", installation.data());
    }
    return 0;
  }
}
