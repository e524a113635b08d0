package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.verb.Output;
import dev.plimsoll.foundation.ByteSize;
import java.io.Console;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import tools.jackson.databind.JsonNode;

/**
 * Begins a job of the registry and watches it to its end. Interrupting the command leaves the job to
 * go on where the registry is one that runs; beginning it again watches the one in progress.
 */
final class JobFollow {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);
  private static final int BAR = 24;

  private final Administration registry;
  private final Output output;
  private final boolean terminal;

  JobFollow(Administration registry, Output output) {
    this.registry = registry;
    this.output = output;
    this.terminal = isTerminal();
  }

  @SuppressWarnings("SystemConsoleNull") // it is null again without a terminal, from JDK 25 on
  private static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  /** Begins the job at {@code path} and answers how it ended. */
  JsonNode run(String path, String query) throws IOException, InterruptedException {
    JsonNode job = begin(path, query);
    Instant toldAt = Instant.now();
    while (job.path("inProgress").asBoolean()) {
      Thread.sleep(BETWEEN_LOOKS);
      job = registry.get(path);
      if (terminal) {
        System.err.print("\r\u001b[K" + line(job));
        System.err.flush();
      } else if (Instant.now().isAfter(toldAt.plus(BETWEEN_LINES))) {
        toldAt = Instant.now();
        output.talk(line(job));
      }
    }
    if (terminal) {
      System.err.print("\r\u001b[K");
    }
    return job;
  }

  private JsonNode begin(String path, String query) throws IOException, InterruptedException {
    JsonNode present = registry.get(path);
    if (present.path("inProgress").asBoolean()) {
      output.talk("one is in progress already, begun " + present.path("began").asString());
      return present;
    }
    return registry.post(path + query);
  }

  private static String line(JsonNode job) {
    long done = job.path("done").asLong();
    long total = job.path("total").asLong();
    String amount =
        "%s %d%s, %s"
            .formatted(
                job.path("stage").asString(),
                done,
                total > 0 ? " of " + total : "",
                new ByteSize(job.path("bytes").asLong()));
    if (total <= 0) {
      return amount;
    }
    int filled = (int) Math.min(BAR, BAR * done / total);
    return "[%s%s] %s".formatted("#".repeat(filled), ".".repeat(BAR - filled), amount);
  }

  /** Prints what was found, and says so if the job did not come to its end. */
  int tell(JsonNode job, String what) {
    if (!output.json(job)) {
      for (JsonNode finding : job.path("findings")) {
        output.data(
            "%-12s %s: %s"
                .formatted(
                    finding.path("kind").asString(),
                    finding.path("subject").asString(),
                    finding.path("detail").asString()));
      }
      output.talk(
          "%s: %s, %d found"
              .formatted(
                  what, new ByteSize(job.path("bytes").asLong()), job.path("found").asLong()));
    }
    if (job.hasNonNull("failure")) {
      output.talk("it ended early: " + job.path("failure").asString());
      return 1;
    }
    return 0;
  }

  /** Whether something of these kinds was found. */
  static boolean found(JsonNode job, String... kinds) {
    for (JsonNode finding : job.path("findings")) {
      for (String kind : kinds) {
        if (finding.path("kind").asString().equals(kind)) {
          return true;
        }
      }
    }
    return false;
  }
}
