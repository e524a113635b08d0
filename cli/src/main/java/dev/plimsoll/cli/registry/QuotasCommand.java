package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.verb.Output;
import dev.plimsoll.foundation.ByteSize;
import java.io.IOException;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/** Shows how far quotas are used. */
@Command(
    description = "Show each namespace with a quota, and what it holds.",
    mixinStandardHelpOptions = true)
final class QuotasCommand extends RegistryVerb {
  @Override
  int run(Administration registry, Output output) throws IOException, InterruptedException {
    JsonNode levels = registry.get("/quotas");
    if (!output.json(levels)) {
      for (JsonNode level : levels.path("quotas")) {
        output.data(
            "%-32s %s of %s, %d of %s tags"
                .formatted(
                    level.path("namespace").asString(),
                    new ByteSize(level.path("bytes").asLong()),
                    level.has("bytesMax")
                        ? new ByteSize(level.path("bytesMax").asLong()).toString()
                        : "any",
                    level.path("tags").asLong(),
                    level.has("tagsMax") ? level.path("tagsMax").asString() : "any"));
      }
    }
    return 0;
  }
}
