package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.verb.Output;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Shows who has reported what it runs. */
@Command(
    description = {
      "List who reports what it runs; with a name, what that one runs and keeps.",
      "The last word of a silent reporter stands until it is removed with --remove."
    },
    mixinStandardHelpOptions = true)
final class DeployedCommand extends RegistryVerb {
  private static final int PAGE = 500;

  @Parameters(paramLabel = "REPORTER", arity = "0..1", description = "A host or service.")
  private @Nullable String reporter;

  @Option(
      names = "--remove",
      paramLabel = "REPORTER",
      description = "Forget one that is no more, and all it said.")
  private @Nullable String removed;

  @Override
  int run(Administration registry, Output output) throws IOException, InterruptedException {
    if (removed != null && reporter != null) {
      throw wrongUsage("--remove takes one name, and nothing else is listed or removed with it");
    }
    if (removed != null) {
      JsonNode gone = registry.delete("/deployed/" + Administration.encoded(removed));
      if (!output.json(gone)) {
        output.talk("removed %s".formatted(removed));
      }
      return 0;
    }
    return reporter == null
        ? reporters(registry, output)
        : images(registry.get("/deployed/" + Administration.encoded(reporter)), output);
  }

  private static int reporters(Administration registry, Output output)
      throws IOException, InterruptedException {
    String last = "";
    while (true) {
      JsonNode page =
          registry.get("/deployed?n=%d&last=%s".formatted(PAGE, Administration.encoded(last)));
      if (page.path("reporters").isEmpty()) {
        return 0;
      }
      for (JsonNode one : page.path("reporters")) {
        last = one.path("name").asString();
        if (!output.json(one)) {
          output.data(
              "%-30s %6d images  %s from %s"
                  .formatted(
                      last,
                      one.path("images").asInt(),
                      one.path("reportedAt").asString(),
                      one.path("actor").asString()));
        }
      }
    }
  }

  private static int images(JsonNode report, Output output) {
    if (!output.json(report)) {
      for (JsonNode image : report.path("images")) {
        output.data(
            "%-8s %s@%s"
                .formatted(
                    image.path("use").asString(),
                    image.path("repository").asString("(any repository)"),
                    image.path("digest").asString()));
      }
    }
    return 0;
  }
}
