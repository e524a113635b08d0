package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.verb.Output;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Makes a deletion final. */
@Command(
    description = "Delete something from the trash before its time; it cannot be had back.",
    mixinStandardHelpOptions = true)
final class PurgeCommand extends RegistryVerb {
  @Mixin private final Chosen chosen = new Chosen();

  @Option(names = "--dry-run", description = "Say what would be purged, and purge nothing.")
  private boolean dryRun;

  @Override
  int run(Administration registry, Output output) throws IOException, InterruptedException {
    if (dryRun) {
      return sayWhatWouldGo(registry, output);
    }
    JsonNode purged = registry.post("/trash/purge?" + chosen.query());
    if (!output.json(purged)) {
      output.talk("purged deletion %d".formatted(purged.path("purged").asLong()));
    }
    return 0;
  }

  private int sayWhatWouldGo(Administration registry, Output output)
      throws IOException, InterruptedException {
    boolean found =
        chosen
            .place(registry)
            .until(deletion -> {
              if (chosen.is(deletion) && !output.json(deletion)) {
                Deletions.print(deletion, output);
              }
              return chosen.is(deletion);
            });
    if (!found) {
      throw new IOException(
          "the trash holds nothing of that name; plimsoll registry trash lists it");
    }
    return 0;
  }
}
