package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.verb.Output;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Takes a deletion back, or brings a tag back to what it was. */
@Command(
    description = {
      "Take a deleted tag or manifest out of the trash, with all it had;",
      "or bring a tag back to what it was at some time, deleted since or not."
    },
    mixinStandardHelpOptions = true)
final class RestoreCommand extends RegistryVerb {
  @ArgGroup(multiplicity = "1")
  private Wish wish = new Wish();

  @Option(names = "--dry-run", description = "Say what would be restored, and restore nothing.")
  private boolean dryRun;

  /** One of the two. */
  private static final class Wish {
    @ArgGroup(exclusive = false)
    private @Nullable Chosen deletion;

    @ArgGroup(exclusive = false)
    private @Nullable Past past;
  }

  private static final class Past {
    @Option(
        names = "--tag",
        required = true,
        paramLabel = "REPOSITORY:TAG",
        converter = Tagged.Reader.class,
        description = "The tag to bring back.")
    private Tagged tag = Tagged.NONE;

    @Option(
        names = "--at",
        required = true,
        paramLabel = "TIME",
        converter = PastTime.class,
        description = "2026-01-31T18:00:00Z, \"2026-01-31 18:00\", or 2h for two hours ago.")
    private Instant at = Instant.EPOCH;
  }

  @Override
  int run(Administration registry, Output output) throws IOException, InterruptedException {
    if (wish.past != null) {
      return rewind(wish.past, registry, output);
    }
    Chosen chosen = wish.deletion == null ? new Chosen() : wish.deletion;
    JsonNode restored =
        registry.post("/trash/restore?%s&dry-run=%s".formatted(chosen.query(), dryRun));
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

  private int rewind(Past past, Administration registry, Output output)
      throws IOException, InterruptedException {
    JsonNode rewound =
        registry.post(
            "/tags/restore?%s&at=%s&dry-run=%s"
                .formatted(past.tag.query(), Administration.encoded(past.at.toString()), dryRun));
    if (!output.json(rewound)) {
      rewound
          .path("outOfTrash")
          .forEach(digest ->
              output.talk(
                  "%s out of the trash: %s"
                      .formatted(dryRun ? "would come" : "came", digest.asString())));
      output.data(
          "%s:%s %s -> %s"
              .formatted(
                  rewound.path("repository").asString(),
                  rewound.path("tag").asString(),
                  rewound.path("from").asString("(not there)"),
                  rewound.path("to").asString()));
    }
    return 0;
  }
}
