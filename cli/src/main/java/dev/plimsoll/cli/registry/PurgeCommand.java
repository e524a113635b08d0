package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.verb.Output;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Makes a deletion final. */
@Command(
    description = {
      "Delete something from the trash before its time; it cannot be had back.",
      "What is pinned or deployed is refused."
    },
    mixinStandardHelpOptions = true)
final class PurgeCommand extends RegistryVerb {
  @Mixin private final Chosen chosen = new Chosen();

  @Option(
      names = "--dry-run",
      description = "Say what would be purged, or why not, and purge nothing.")
  private boolean dryRun;

  @Override
  int run(Administration registry, Output output) throws IOException, InterruptedException {
    JsonNode purged = registry.post("/trash/purge?%s&dry-run=%s".formatted(chosen.query(), dryRun));
    if (!output.json(purged)) {
      purged.path("manifests").forEach(digest -> output.data(digest.asString()));
      purged.path("tags").forEach(tag -> output.data(tag.asString()));
      output.talk(
          "%s deletion %d of %s"
              .formatted(
                  dryRun ? "would purge" : "purged",
                  purged.path("purged").asLong(),
                  purged.path("repository").asString()));
    }
    return 0;
  }
}
