package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.verb.Output;
import dev.plimsoll.foundation.ByteSize;
import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Lists the trash. */
@Command(
    description = "List what was deleted and can still be had back.",
    mixinStandardHelpOptions = true)
final class TrashCommand extends RegistryVerb {
  private static final int PAGE = 100;

  @Parameters(
      paramLabel = "REPOSITORY",
      arity = "0..1",
      description = "Only what was deleted from this repository.")
  private @Nullable String repository;

  @Override
  int run(Administration registry, Output output) throws IOException, InterruptedException {
    List<JsonNode> all = all(registry);
    if (!output.json(Json.tree(Json.write(Map.of("deletions", all))))) {
      if (all.isEmpty()) {
        output.talk("nothing is in the trash");
      }
      all.forEach(deletion -> print(deletion, output));
    }
    return 0;
  }

  /** The newest first, however many pages that takes. */
  private List<JsonNode> all(Administration registry) throws IOException, InterruptedException {
    String filter = repository == null ? "" : "&repository=" + Administration.encoded(repository);
    List<JsonNode> all = new ArrayList<>();
    while (true) {
      String last = all.isEmpty() ? "" : all.getLast().path("id").asString();
      JsonNode page =
          registry.get("/trash?n=%d&last=%s%s".formatted(PAGE, last, filter)).path("deletions");
      if (page.isEmpty()) {
        return all;
      }
      page.forEach(all::add);
    }
  }

  private static void print(JsonNode deletion, Output output) {
    output.data(
        "%-6d %-24s %-10s %s %s  by %s: %s"
            .formatted(
                deletion.path("id").asLong(),
                deletion.path("deletedAt").asString(),
                new ByteSize(deletion.path("sizeBytes").asLong()),
                deletion.path("repository").asString(),
                deletion.path("reference").asString(),
                deletion.path("actor").asString(),
                deletion.path("reason").asString()));
  }
}
