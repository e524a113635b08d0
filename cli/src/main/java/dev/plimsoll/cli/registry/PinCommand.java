package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.verb.Output;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Pins a tag or digest, or lists what is pinned. */
@Command(
    description = {
      "Keep a tag or digest from retention and from the collector, until registry unpin.",
      "Without one, list what is pinned."
    },
    mixinStandardHelpOptions = true)
final class PinCommand extends RegistryVerb {
  private static final int PAGE = 500;

  @Parameters(
      paramLabel = "REPOSITORY:TAG|REPOSITORY@DIGEST",
      arity = "0..1",
      converter = Tagged.Any.class,
      description = "What to keep.")
  private @Nullable Tagged pinned;

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for those who wonder later.")
  private String reason = "";

  @Override
  int run(Administration registry, Output output) throws IOException, InterruptedException {
    if (pinned == null && !reason.isEmpty()) {
      throw wrongUsage("--reason is why something is kept; name it, such as team/app:1.0");
    }
    if (pinned == null) {
      return list(registry, output);
    }
    JsonNode pin =
        registry.put(
            "/pins?%s&reason=%s".formatted(pinned.referenceQuery(), Administration.encoded(reason)),
            new byte[0]);
    if (!output.json(pin)) {
      output.talk("pinned %s".formatted(name(pin)));
    }
    return 0;
  }

  private static int list(Administration registry, Output output)
      throws IOException, InterruptedException {
    String last = "";
    while (true) {
      JsonNode page =
          registry.get("/pins?n=%d&last=%s".formatted(PAGE, Administration.encoded(last)));
      if (page.path("pins").isEmpty()) {
        return 0;
      }
      for (JsonNode pin : page.path("pins")) {
        last = name(pin);
        if (!output.json(pin)) {
          output.data(
              "%s  %s by %s  %s"
                  .formatted(
                      last,
                      pin.path("pinnedAt").asString(),
                      pin.path("actor").asString(),
                      pin.path("reason").asString()));
        }
      }
    }
  }

  private static String name(JsonNode pin) {
    String reference = pin.path("reference").asString();
    return pin.path("repository").asString() + (reference.contains(":") ? "@" : ":") + reference;
  }
}
