package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.verb.Output;
import dev.plimsoll.registry.RegistryRestore;
import dev.plimsoll.registry.RegistrySettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Takes a deletion back, brings a tag back to what it was, or all of a registry from a backup. */
@Command(
    description = {
      "Take a deleted tag or manifest out of the trash, with all it had;",
      "or bring a tag back to what it was at some time, deleted since or not;",
      "or bring back from a backup (--from) what a running registry lacks, and",
      "change nothing that it has;",
      "or make a registry of a backup (--from with --data, of one that does not",
      "run) where its settings say: files or S3, SQLite or PostgreSQL, whichever",
      "was backed up. One that is cut off goes on when it is run again.",
      "Exit code 1: something in the backup is damaged."
    },
    mixinStandardHelpOptions = true)
final class RestoreCommand extends RegistryVerb {
  @ArgGroup(multiplicity = "1")
  private Wish wish = new Wish();

  @Option(
      names = "--dry-run",
      description = "Say what would be restored, and restore nothing; with --from, verify it all.")
  private boolean dryRun;

  /** One of the three. */
  private static final class Wish {
    @ArgGroup(exclusive = false)
    private @Nullable Chosen deletion;

    @ArgGroup(exclusive = false)
    private @Nullable Past past;

    @ArgGroup(exclusive = false)
    private @Nullable Backed backed;
  }

  private static final class Backed {
    @Option(
        names = "--from",
        required = true,
        paramLabel = "DIR",
        description = "A directory that plimsoll registry backup has filled.")
    private Path from = Path.of("");

    @Option(
        names = "--generation",
        paramLabel = "NAME",
        description = "Such as 20260131T180000Z (default: the newest).")
    private @Nullable String generation;

    @Option(
        names = "--replace",
        description = {
          "With --data: move a registry that is there into a directory beside it",
          "first. It is never deleted."
        })
    private boolean replace;
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
  int act(RegistryTarget of, Output to) throws IOException, InterruptedException {
    if (wish.backed == null) {
      return super.act(of, to);
    }
    if (of.isStopped()) {
      return restore(wish.backed, of, to);
    }
    if (wish.backed.replace) {
      of.stopped("--replace");
    }
    return super.act(of, to);
  }

  private int bringBack(Backed backed, Administration registry, Output output)
      throws IOException, InterruptedException {
    String generation =
        backed.generation == null ? "" : "&generation=" + Administration.encoded(backed.generation);
    JobFollow follow = new JobFollow(registry, output);
    JsonNode job =
        follow.run(
            "/restore",
            "?dry-run=%s%s&from=%s"
                .formatted(
                    dryRun,
                    generation,
                    Administration.encoded(backed.from.toAbsolutePath().normalize().toString())));
    int code = follow.tell(job, dryRun ? "would restore" : "restored");
    return code == 0 && JobFollow.found(job, "damaged", "refused", "lost-tag") ? 1 : code;
  }

  private int restore(Backed backed, RegistryTarget of, Output to)
      throws IOException, InterruptedException {
    RegistrySettings settings = of.stopped("--from");
    RegistryRestore.Plan plan =
        new RegistryRestore.Plan(
            backed.from.toAbsolutePath().normalize(),
            Optional.ofNullable(backed.generation),
            dryRun
                ? RegistryRestore.Mode.DRY
                : backed.replace ? RegistryRestore.Mode.REPLACE : RegistryRestore.Mode.RESTORE);
    JobShow show = new JobShow(to);
    JsonNode job = show.during(progress -> RegistryRestore.run(settings, plan, progress));
    int code = show.tell(job, dryRun ? "verified" : "restored");
    return code == 0 && JobShow.found(job, "damaged") ? 1 : code;
  }

  @Override
  int run(Administration registry, Output output) throws IOException, InterruptedException {
    if (wish.backed != null) {
      return bringBack(wish.backed, registry, output);
    }
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
      tellOfRules(output);
    }
    return 0;
  }

  private void tellOfRules(Output output) {
    output.talk(
        dryRun
            ? "would come back; nothing was restored"
            : "retention leaves it alone for registry.trash.kept-for; plimsoll registry pin, for longer");
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
