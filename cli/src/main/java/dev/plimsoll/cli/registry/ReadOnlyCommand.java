package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.verb.Output;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Has a registry take no changes for a while. */
@Command(
    description = {
      "Have the registry take no changes, or take them again; without an argument, say which.",
      "Pulls go on, the collector pauses. It holds after a restart too."
    },
    mixinStandardHelpOptions = true)
final class ReadOnlyCommand extends RegistryVerb {
  private enum Wanted {
    ON,
    OFF,
    STATUS
  }

  @Parameters(
      paramLabel = "on|off",
      arity = "0..1",
      defaultValue = "status",
      description = "What to do.")
  private String wanted = "status";

  @Option(names = "--reason", paramLabel = "TEXT", description = "What clients are told.")
  private String reason = "maintenance";

  @Override
  int run(Administration registry, Output output) throws IOException, InterruptedException {
    String path = "/read-only";
    JsonNode state =
        switch (wanted()) {
          case ON ->
              registry.send("PUT", path + "?reason=" + Administration.encoded(reason), new byte[0]);
          case OFF -> registry.delete(path);
          case STATUS -> registry.get(path);
        };
    if (!output.json(state)) {
      output.data(
          state.path("readOnly").asBoolean()
              ? "read-only: " + state.path("reason").asString()
              : "takes changes");
    }
    return 0;
  }

  private Wanted wanted() throws IOException {
    for (Wanted each : Wanted.values()) {
      if (each.name().equalsIgnoreCase(wanted)) {
        return each;
      }
    }
    throw new IOException("\"%s\" is neither on nor off".formatted(wanted));
  }
}
