package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.verb.Output;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Shows who changed what. */
@Command(
    description = "Show who changed what, from where and in which request; newest first.",
    mixinStandardHelpOptions = true)
final class AuditCommand extends RegistryVerb {
  @Option(names = "--actor", paramLabel = "NAME", description = "Only what this one changed.")
  private @Nullable String actor;

  @Option(names = "-n", paramLabel = "N", description = "How many (default: 100, at most 1000).")
  private int most = 100;

  @Override
  int run(Administration registry, Output output) throws IOException, InterruptedException {
    String filter = actor == null ? "" : "&actor=" + Administration.encoded(actor);
    JsonNode changes = registry.get("/audit?n=" + most + filter);
    if (!output.json(changes)) {
      for (JsonNode change : changes.path("changes")) {
        output.data(
            "%-30s %-20s %-16s %-16s %s %s"
                .formatted(
                    change.path("at").asString(),
                    change.path("actor").asString(),
                    change.path("address").asString(),
                    change.path("request").asString(),
                    change.path("action").asString(),
                    change.path("detail").asString())
                .stripTrailing());
      }
    }
    return 0;
  }
}
