package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.verb.Output;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Has the registry take over what another one holds. */
@Command(
    description = {
      "Import all repositories, manifests and tags of a docker-registry's directory.",
      "Files are linked where the file system is the same, and never changed. Each is verified;",
      "what is damaged is named and left out. Run again, it goes on with what is missing.",
      "Exit code 1: something could not be imported."
    },
    mixinStandardHelpOptions = true)
final class ImportCommand extends RegistryVerb {
  @Option(
      names = "--from",
      required = true,
      paramLabel = "DIR",
      description = "Its root directory, such as /var/lib/docker-registry, on this machine.")
  private Path from = Path.of("");

  @Option(names = "--dry-run", description = "Read and verify everything, and import nothing.")
  private boolean dryRun;

  @Override
  int run(Administration registry, Output output) throws IOException, InterruptedException {
    JobFollow follow = new JobFollow(registry, output);
    JsonNode job =
        follow.run(
            "/import",
            "?dry-run=%s&from=%s"
                .formatted(
                    dryRun, Administration.encoded(from.toAbsolutePath().normalize().toString())));
    int code = follow.tell(job, dryRun ? "would import" : "imported");
    boolean lost = JobFollow.found(job, "damaged", "refused", "lost-tag");
    return code == 0 && lost ? 1 : code;
  }
}
