package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.verb.Output;
import dev.plimsoll.foundation.ByteSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Runs the retention rules now. */
@Command(
    description = {
      "Delete what the retention rules do not keep; it stays in the trash for its time.",
      "The server does so by itself where registry.retention.policy is set; this does it now.",
      "With --dry-run it lists every tag and manifest with what decides it, and deletes nothing."
    },
    mixinStandardHelpOptions = true)
final class RetainCommand extends RegistryVerb {
  @Option(names = "--dry-run", description = "Say what would be deleted, and delete nothing.")
  private boolean dryRun;

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description = "These rules instead of those that the registry is set to.")
  private @Nullable Path policy;

  @Option(names = "--repository", paramLabel = "NAME", description = "Only this repository.")
  private @Nullable String repository;

  @Option(names = "--deletions", description = "List what goes, and leave out what stays.")
  private boolean deletions;

  @Option(
      names = "--reload",
      description = "Read the registry's own file of rules again now, and run nothing.")
  private boolean reload;

  /** The rules that a stopped registry is set to are sent like any others. */
  @Override
  void prepare(RegistryTarget of) {
    if (reload && (dryRun || deletions || policy != null || repository != null)) {
      throw wrongUsage("--reload reads the registry's own file and runs nothing; give it alone");
    }
    if (reload && of.isStopped()) {
      throw wrongUsage(
          "--reload is for a registry that runs; one that does not reads its file at the start");
    }
    if (of.isStopped() && policy == null && !reload) {
      policy = of.stopped("retain").parts().retention().policy().orElse(null);
    }
  }

  @Override
  int run(Administration registry, Output output) throws IOException, InterruptedException {
    if (reload) {
      JsonNode now = registry.post("/retention/reload");
      if (!output.json(now)) {
        output.talk("%d rules are in force".formatted(now.path("rules").asInt()));
      }
      return 0;
    }
    StringBuilder query = new StringBuilder("/retention?dry-run=").append(dryRun);
    query.append("&deletions=").append(deletions);
    if (repository != null) {
      query.append("&repository=").append(Administration.encoded(repository));
    }
    byte[] rules = new byte[0];
    if (policy != null) {
      rules = Files.readAllBytes(policy);
      query.append("&name=").append(Administration.encoded(policy.toString()));
    }
    boolean[] whole = {false};
    registry.post(
        query.toString(),
        rules,
        line -> {
          if (line.has("failure")) {
            throw new IOException(line.path("failure").asString());
          }
          whole[0] |= line.has("summary");
          if (!output.json(line)) {
            print(line, output);
          }
        });
    if (!whole[0]) {
      throw new IOException("the registry broke off; what was deleted is in the trash");
    }
    return 0;
  }

  private void print(JsonNode line, Output output) {
    JsonNode sum = line.path("summary");
    if (sum.isObject()) {
      sum.path("warnings").forEach(warning -> output.talk("warning: " + warning.asString()));
      output.talk(
          "%s %d tags and %d manifests, %s; kept %d tags and %d manifests"
              .formatted(
                  dryRun ? "would delete" : "deleted",
                  sum.path("tagsDeleted").asInt(),
                  sum.path("manifestsDeleted").asInt(),
                  new ByteSize(sum.path("freedBytes").asLong()),
                  sum.path("tagsKept").asInt(),
                  sum.path("manifestsKept").asInt()));
      return;
    }
    boolean goes = line.path("verdict").asString().equals("delete");
    if (dryRun || goes || line.path("reason").asString().startsWith("kept, for")) {
      output.data(
          "%-6s %s%s  %s%s  %s"
              .formatted(
                  line.path("verdict").asString().toUpperCase(Locale.ROOT),
                  line.path("repository").asString(),
                  line.has("tag")
                      ? ":" + line.path("tag").asString()
                      : "@" + line.path("digest").asString(),
                  new ByteSize(line.path("sizeBytes").asLong()),
                  goes && !line.has("tag")
                      ? " (frees %s)".formatted(new ByteSize(line.path("freedBytes").asLong()))
                      : "",
                  line.path("reason").asString()));
    }
  }
}
