package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.verb.Output;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Shows where a tag has pointed. */
@Command(
    description = {
      "Show where a tag has pointed, newest first: when, from what, to what, and who moved it.",
      "registry restore --tag brings it back to any of that."
    },
    mixinStandardHelpOptions = true)
final class HistoryCommand extends RegistryVerb {
  @Parameters(
      paramLabel = "REPOSITORY:TAG",
      converter = Tagged.Reader.class,
      description = "Such as team/app:latest.")
  private Tagged tagged = Tagged.NONE;

  @Override
  int run(Administration registry, Output output) throws IOException, InterruptedException {
    JsonNode history = registry.get("/tags/history?" + tagged.query());
    if (!output.json(history)) {
      if (history.path("moves").isEmpty()) {
        output.talk("nothing is remembered of that tag");
      }
      for (JsonNode move : history.path("moves")) {
        output.data(
            "%-24s %s -> %s  %s"
                .formatted(
                    move.path("at").asString(),
                    move.path("from").asString("(not there)"),
                    move.path("to").asString("(deleted)"),
                    move.path("actor").asString()));
      }
    }
    return 0;
  }
}
