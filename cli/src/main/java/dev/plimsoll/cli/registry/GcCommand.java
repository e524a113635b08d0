package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.verb.Output;
import dev.plimsoll.foundation.ByteSize;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Runs the collector now. */
@Command(
    description = {
      "Collect what nothing refers to and whose time has come.",
      "The server does so by itself; this does it now and says what went."
    },
    mixinStandardHelpOptions = true)
final class GcCommand extends RegistryVerb {
  @Option(names = "--dry-run", description = "Say what would be deleted, and delete nothing.")
  private boolean dryRun;

  @Option(
      names = "--now",
      description = {
        "Do not wait for leases and trash: empties the trash.",
        "A push that is under way may have to begin again."
      })
  private boolean now;

  @Override
  int run(Administration registry, Output output) throws IOException, InterruptedException {
    // One request has the run made and waits for its end; others look meanwhile how far it is.
    JsonNode report =
        new JobShow(output)
            .during(
                () -> registry.post("/gc?dry-run=%s&now=%s".formatted(dryRun, now)),
                () -> registry.get("/gc").path("progress"));
    if (!output.json(report)) {
      report.path("deleted").forEach(digest -> output.data(digest.asString()));
      int unnamed = report.path("deletedBlobs").asInt() - report.path("deleted").size();
      if (unnamed > 0) {
        output.talk("and %d more that are not named".formatted(unnamed));
      }
      output.talk(
          "%s %d blobs, %s; %d newly condemned"
              .formatted(
                  dryRun ? "would delete" : "deleted",
                  report.path("deletedBlobs").asInt(),
                  new ByteSize(report.path("freedBytes").asLong()),
                  report.path("condemned").asInt()));
      int purged = report.path("purged").asInt();
      if (purged > 0) {
        output.talk(
            "%s: %d"
                .formatted(
                    dryRun ? "deletions that would be final" : "deletions made final", purged));
      }
    }
    return report.path("failed").asInt() == 0 ? 0 : 1;
  }
}
