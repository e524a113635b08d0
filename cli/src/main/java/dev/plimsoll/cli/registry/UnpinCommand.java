package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.verb.Output;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Takes a pin away. */
@Command(
    description = "Let retention decide again on what was pinned.",
    mixinStandardHelpOptions = true)
final class UnpinCommand extends RegistryVerb {
  @Parameters(
      paramLabel = "REPOSITORY:TAG|REPOSITORY@DIGEST",
      converter = Tagged.Any.class,
      description = "As registry pin lists it.")
  private Tagged pinned = Tagged.NONE;

  @Override
  int run(Administration registry, Output output) throws IOException, InterruptedException {
    JsonNode gone = registry.delete("/pins?" + pinned.referenceQuery());
    if (!output.json(gone)) {
      output.talk("no longer pinned");
    }
    return 0;
  }
}
