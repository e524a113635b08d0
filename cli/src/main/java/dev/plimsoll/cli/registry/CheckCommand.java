package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.verb.Output;
import dev.plimsoll.foundation.ByteSize;
import dev.plimsoll.registry.RegistryServer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Has the registry verify what it holds. */
@Command(
    description = {
      "Verify every byte and reference while the registry serves; what is damaged is named with",
      "the tags it hurts, and marked: the next push of it replaces it, or --repair.",
      "Exit code 1: something is damaged and was not repaired."
    },
    mixinStandardHelpOptions = true)
final class CheckCommand extends RegistryVerb {
  @Option(
      names = "--audit",
      description = "Look only whether everything is there; read nothing large.")
  private boolean audit;

  @Option(
      names = "--rate",
      paramLabel = "SIZE",
      converter = SizeReader.class,
      description = "Bytes to read in a second, such as 200MiB; 0 as fast as it can.")
  private @Nullable ByteSize rate;

  @Option(
      names = "--rebuild",
      description = {
        "With --data, of a stopped registry whose database is gone: take its last copy, bring back",
        "the manifests that the copy does not know, and check everything."
      })
  private boolean rebuild;

  @Option(
      names = "--repair",
      description = {
        "Fetch what is damaged or missing from --from, or without",
        "it from the upstreams of mirrors. With --audit nothing",
        "large is read; what earlier checks have marked is",
        "repaired."
      })
  private boolean repair;

  @Option(
      names = "--from",
      paramLabel = "URL",
      description = {
        "With --repair: a registry that has the repositories under",
        "the same names; a path of the URL stands before them."
      })
  private @Nullable String from;

  @Mixin private final OtherRegistry other = new OtherRegistry();

  @Option(names = "--dry-run", description = "With --repair: say what could be, fetch nothing.")
  private boolean dryRun;

  @Override
  void prepare(RegistryTarget of) throws IOException {
    requireRepair();
    if (rebuild) {
      RegistryServer.prepareRebuild(of.stopped("--rebuild"));
    }
  }

  @Override
  int run(Administration registry, Output output) throws IOException, InterruptedException {
    if (rebuild) {
      JobFollow follow = new JobFollow(registry, output);
      JsonNode job = follow.run("/rebuild", "");
      int code = follow.tell(job, "rebuilt");
      return Math.max(
          Math.max(code, JobFollow.found(job, "lost") ? 1 : 0), check(registry, output));
    }
    return check(registry, output);
  }

  private int check(Administration registry, Output output)
      throws IOException, InterruptedException {
    String query =
        "?audit=%s&repair=%s&dry-run=%s%s%s"
            .formatted(
                audit,
                repair,
                dryRun,
                rate == null ? "" : "&rate=" + rate.bytes(),
                from == null ? "" : "&" + other.query(from));
    byte[] document = from == null ? new byte[0] : OtherRegistry.json(other.credentials(from));
    JobFollow follow = new JobFollow(registry, output);
    JsonNode job = follow.run("/check", query, document);
    int code = follow.tell(job, audit ? "audited" : "checked");
    tellOfOrphans(registry.get("/gc").path("orphans"), output);
    boolean hurt = JobFollow.found(job, "incomplete", "dangling-tag", "would-repair", "damaged");
    return code == 0 && hurt ? 1 : code;
  }

  /** They are no damage, and go by themselves. */
  private static void tellOfOrphans(JsonNode orphans, Output output) {
    if (orphans.path("objects").asLong() > 0) {
      output.talk(
          "objects that no row names: %d (%s); those that still have none an hour later go"
              .formatted(
                  orphans.path("objects").asLong(),
                  new ByteSize(orphans.path("sizeBytes").asLong())));
    }
  }

  private void requireRepair() {
    if (!repair && (from != null || dryRun)) {
      throw wrongUsage("--from and --dry-run are about --repair; give it too");
    }
    if (from == null && other.wasSaid()) {
      throw wrongUsage(
          "--username, --password-stdin and --insecure are for the registry of --from");
    }
  }
}
