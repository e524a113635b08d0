package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.verb.Output;
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
  @Parameters(
      paramLabel = "REPOSITORY",
      arity = "0..1",
      description = "Only what was deleted from this repository.")
  private @Nullable String repository;

  @Override
  int run(Administration registry, Output output) throws IOException, InterruptedException {
    List<JsonNode> all = new ArrayList<>();
    new Deletions(registry, repository)
        .until(deletion -> {
          all.add(deletion);
          return false;
        });
    if (!output.json(Json.tree(Json.write(Map.of("deletions", all))))) {
      all.forEach(deletion -> Deletions.print(deletion, output));
    }
    return 0;
  }
}
