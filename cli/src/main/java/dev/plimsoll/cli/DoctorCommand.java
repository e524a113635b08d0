package dev.plimsoll.cli;

import dev.plimsoll.cli.machine.Installation;
import dev.plimsoll.linux.Finding;
import dev.plimsoll.linux.Processes;
import dev.plimsoll.linux.probe.MachineProbe;
import dev.plimsoll.oci.Json;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Tries what the engine needs of this machine, and says what is missing and what to do. */
@Command(
    description = {
      "Try what this machine can do, and say what is missing.",
      "Exit code 1 if the engine cannot work here."
    },
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  /** A program the engine uses, and what brings it. */
  private record Tool(String program, String debianPackage, Finding.Level without) {}

  private static final List<Tool> TOOLS =
      List.of(
          new Tool("crun", "crun", Finding.Level.LIMITED),
          new Tool("runc", "runc", Finding.Level.LIMITED),
          new Tool("conmon", "conmon", Finding.Level.MISSING),
          new Tool("catatonit", "catatonit", Finding.Level.LIMITED),
          new Tool("nft", "nftables", Finding.Level.LIMITED));

  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Directory whose file system is tried (default: /var/lib/plimsoll).")
  private Path data = Installation.DEFAULT_DATA;

  @Option(names = "--json", description = "Print the findings as JSON.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    List<Finding> findings = new ArrayList<>(new MachineProbe(existing()).findings());
    TOOLS.forEach(tool -> findings.add(finding(tool)));
    if (!TOOLS.stream().anyMatch(tool -> isRuntime(tool) && found(tool))) {
      findings.add(
          new Finding(
              "runtime", Finding.Level.MISSING, "neither crun nor runc is here; install crun"));
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.text(findings));
    } else {
      findings.forEach(finding ->
          out.printf(
              "%-8s %-14s %s%n", word(finding.level()), finding.subject(), finding.detail()));
    }
    out.flush();
    return findings.stream().anyMatch(f -> f.level() == Finding.Level.MISSING) ? 1 : 0;
  }

  /** The data directory, or the first one above it that is there. */
  private Path existing() {
    Path at = data.toAbsolutePath();
    for (Path above = at; above != null; above = above.getParent()) {
      if (Files.isDirectory(above)) {
        return above;
      }
    }
    return at;
  }

  private static String word(Finding.Level level) {
    return switch (level) {
      case GOOD -> "ok";
      case LIMITED -> "limited";
      case MISSING -> "MISSING";
    };
  }

  private static boolean isRuntime(Tool tool) {
    return tool.program().equals("crun") || tool.program().equals("runc");
  }

  private static boolean found(Tool tool) {
    return Processes.find(tool.program()).isPresent();
  }

  private static Finding finding(Tool tool) {
    return Processes.find(tool.program())
        .map(path -> new Finding(tool.program(), Finding.Level.GOOD, path.toString()))
        .orElseGet(() ->
            new Finding(
                tool.program(),
                tool.without(),
                "not here; install the package " + tool.debianPackage()));
  }
}
