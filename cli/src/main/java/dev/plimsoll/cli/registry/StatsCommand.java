package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.verb.Output;
import dev.plimsoll.foundation.ByteSize;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Says what takes the space. */
@Command(
    description = {
      "Say what takes the space: by repository and by the week in which it came;",
      "or by tag. CAME is what came in a week and is still here; STORED all that was here at",
      "its end, and GROWN by how much that was more than before.",
      "OWN is what nothing else has, and what deleting would free after the trash;",
      "LAST PULL of a tag, by name or by digest, is at most a minute behind."
    },
    mixinStandardHelpOptions = true)
final class StatsCommand extends RegistryVerb {
  @Parameters(
      paramLabel = "REPOSITORY",
      arity = "0..1",
      description = "Tell of this repository's tags.")
  private @Nullable String repository;

  @Option(
      names = "-n",
      paramLabel = "N",
      defaultValue = "20",
      description = "How many lines (default: ${DEFAULT-VALUE}).")
  private int lines;

  @Override
  int run(Administration registry, Output output) throws IOException, InterruptedException {
    String of = repository == null ? "" : "&repository=" + Administration.encoded(repository);
    JsonNode stats = registry.get("/stats?n=" + lines + of);
    if (output.json(stats)) {
      return 0;
    }
    if (stats.has("tags")) {
      output.talk("%10s %10s %6s  %-24s  %s".formatted("SIZE", "OWN", "BLOBS", "LAST PULL", "TAG"));
      stats
          .path("tags")
          .forEach(tag ->
              output.data(
                  line(
                      tag,
                      "%-24s  %s"
                          .formatted(
                              tag.path("pulledAt").asString("never"),
                              tag.path("tag").asString()))));
    } else {
      output.talk("%10s %10s %6s  %s".formatted("SIZE", "OWN", "BLOBS", "REPOSITORY"));
      stats
          .path("repositories")
          .forEach(each -> output.data(line(each, each.path("repository").asString())));
      output.talk("");
      output.talk(
          "%10s %10s %10s %6s  %s"
              .formatted("STORED", "GROWN", "CAME", "BLOBS", "IN THE WEEK FROM"));
      stats
          .path("weeks")
          .forEach(week ->
              output.data(
                  "%10s %10s %10s %6d  %s"
                      .formatted(
                          size(week, "storedBytes"),
                          size(week, "grownBytes"),
                          new ByteSize(week.path("bytes").asLong()),
                          week.path("blobs").asLong(),
                          week.path("from").asString().substring(0, "2026-01-01".length()))));
    }
    return 0;
  }

  private static String size(JsonNode week, String field) {
    if (!week.has(field)) {
      return "-";
    }
    long bytes = week.path(field).asLong();
    return bytes < 0 ? "-" + new ByteSize(-bytes) : new ByteSize(bytes).toString();
  }

  private static String line(JsonNode use, String name) {
    return "%10s %10s %6d  %s"
        .formatted(
            new ByteSize(use.path("bytes").asLong()),
            new ByteSize(use.path("ownBytes").asLong()),
            use.path("blobs").asLong(),
            name);
  }
}
