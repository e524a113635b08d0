package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.verb.Output;
import dev.plimsoll.foundation.ByteSize;
import dev.plimsoll.registry.RegistryServer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Has the registry verify what it holds. */
@Command(
    description = {
      "Verify every byte and reference while the registry serves; what is damaged is named with",
      "the tags it hurts, and marked: the next push of it replaces it.",
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

  @Override
  void prepare(RegistryTarget of) throws IOException {
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
    String query = "?audit=" + audit + (rate == null ? "" : "&rate=" + rate.bytes());
    JobFollow follow = new JobFollow(registry, output);
    JsonNode job = follow.run("/check", query);
    int code = follow.tell(job, audit ? "audited" : "checked");
    boolean hurt = JobFollow.found(job, "incomplete", "dangling-tag", "not-repaired", "damaged");
    return code == 0 && hurt ? 1 : code;
  }
}
