package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.verb.Output;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Takes a deletion back. */
@Command(
    description = "Take a deleted tag or manifest out of the trash, with all it had.",
    mixinStandardHelpOptions = true)
final class RestoreCommand extends RegistryVerb {
  @Mixin private final Chosen chosen = new Chosen();

  @Override
  int run(Administration registry, Output output) throws IOException, InterruptedException {
    JsonNode restored = registry.post("/trash/restore?" + chosen.query());
    if (!output.json(restored)) {
      restored.path("manifests").forEach(digest -> output.data(digest.asString()));
      restored.path("tags").forEach(tag -> output.data(tag.asString()));
      restored
          .path("tagsKept")
          .forEach(tag ->
              output.talk(
                  "tag %s points elsewhere by now and was left so".formatted(tag.asString())));
    }
    return 0;
  }
}
