package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.verb.Output;
import dev.plimsoll.foundation.ByteSize;
import java.io.IOException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The trash as the commands see it: all of it, newest first, however many pages that takes. */
final class Deletions {
  private static final int PAGE = 100;

  private final Administration registry;
  private final String filter;

  /** The deletions in one repository, or all where none is named. */
  Deletions(Administration registry, @Nullable String repository) {
    this.registry = registry;
    this.filter = repository == null ? "" : "&repository=" + Administration.encoded(repository);
  }

  /** Shows each, until one is enough; says whether one was. */
  boolean until(Predicate<JsonNode> enough) throws IOException, InterruptedException {
    String last = "";
    while (true) {
      JsonNode page =
          registry.get("/trash?n=%d&last=%s%s".formatted(PAGE, last, filter)).path("deletions");
      if (page.isEmpty()) {
        return false;
      }
      for (JsonNode deletion : page) {
        if (enough.test(deletion)) {
          return true;
        }
        last = deletion.path("id").asString();
      }
    }
  }

  static void print(JsonNode deletion, Output output) {
    output.data(
        "%-6d %-24s %-10s %s %s  by %s: %s"
            .formatted(
                deletion.path("id").asLong(),
                deletion.path("deletedAt").asString(),
                new ByteSize(deletion.path("sizeBytes").asLong()),
                deletion.path("repository").asString(),
                deletion.path("reference").asString(),
                deletion.path("actor").asString(),
                deletion.path("reason").asString()));
  }
}
