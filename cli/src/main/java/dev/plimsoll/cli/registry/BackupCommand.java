package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.verb.Output;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Has the registry back itself up. */
@Command(
    description = {
      "Back everything up to a directory of the registry's machine, while it serves:",
      "the database as of one moment, and every blob that it names, verified while",
      "it is copied. A second backup to the same directory copies only what is new.",
      "restore --from brings it back, onto any storage.",
      "Exit code 1: something is damaged and could not be backed up."
    },
    mixinStandardHelpOptions = true)
final class BackupCommand extends RegistryVerb {
  @Option(
      names = "--to",
      required = true,
      paramLabel = "DIR",
      description = "A directory that is new, empty, or holds this registry's backups.")
  private Path to = Path.of("");

  @Option(
      names = "--keep",
      paramLabel = "N",
      description = {
        "End all generations but the newest N, and the newest that is complete.",
        "Blobs that only they needed stay until --prune."
      })
  private int keep;

  @Option(names = "--prune", description = "Then remove blobs that no generation needs.")
  private boolean prune;

  @Option(
      names = "--verify",
      description = "Read what the directory has already, and copy anew what is damaged there.")
  private boolean verify;

  @Option(
      names = "--dry-run",
      description = "Say what would be copied and removed, and write nothing.")
  private boolean dryRun;

  @Override
  int run(Administration registry, Output output) throws IOException, InterruptedException {
    JobFollow follow = new JobFollow(registry, output);
    JsonNode job =
        follow.run(
            "/backup",
            "?dry-run=%s&prune=%s&verify=%s&keep=%d&to=%s"
                .formatted(
                    dryRun,
                    prune,
                    verify,
                    keep,
                    Administration.encoded(to.toAbsolutePath().normalize().toString())));
    int code = follow.tell(job, dryRun ? "would back up" : "backed up");
    return code == 0 && JobFollow.found(job, "damaged", "incomplete") ? 1 : code;
  }
}
