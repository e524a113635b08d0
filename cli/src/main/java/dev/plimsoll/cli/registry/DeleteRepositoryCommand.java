package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.verb.Output;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Deletes a repository whole. */
@Command(
    description = {
      "Delete a repository with all its tags and manifests.",
      "All of it goes into the trash as one deletion, which restore brings back."
    },
    mixinStandardHelpOptions = true)
final class DeleteRepositoryCommand extends RegistryVerb {
  @Parameters(paramLabel = "REPOSITORY", description = "Its whole name, such as team/app.")
  private String repository = "";

  @Option(names = "--dry-run", description = "Say what would go, and delete nothing.")
  private boolean dryRun;

  @Override
  int run(Administration registry, Output output) throws IOException, InterruptedException {
    JsonNode deleted = registry.delete("/repositories/" + repository + "?dry-run=" + dryRun);
    if (!output.json(deleted)) {
      deleted.path("tags").forEach(tag -> output.data(repository + ":" + tag.asString()));
      deleted
          .path("manifests")
          .forEach(digest -> output.data(repository + "@" + digest.asString()));
      output.talk(
          dryRun
              ? "nothing was deleted"
              : "plimsoll registry restore %d brings it back"
                  .formatted(deleted.path("deletion").asLong()));
    }
    return 0;
  }
}
