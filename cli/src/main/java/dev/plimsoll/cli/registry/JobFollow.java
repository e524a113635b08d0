package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.verb.Output;
import java.io.IOException;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/**
 * Begins a job of the registry and watches it to its end. Interrupting the command leaves the job to
 * go on where the registry is one that runs; beginning it again watches the one in progress.
 */
final class JobFollow {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

  private final Administration registry;
  private final Output output;
  private final JobShow show;

  JobFollow(Administration registry, Output output) {
    this.registry = registry;
    this.output = output;
    this.show = new JobShow(output);
  }

  /** Begins the job at {@code path} and answers how it ended. */
  JsonNode run(String path, String query) throws IOException, InterruptedException {
    return run(path, query, new byte[0]);
  }

  /** The same for a job that is told more, such as what must not stand in an address. */
  JsonNode run(String path, String query, byte[] document)
      throws IOException, InterruptedException {
    JsonNode job = begin(path, query, document);
    while (job.path("inProgress").asBoolean()) {
      Thread.sleep(BETWEEN_LOOKS);
      job = registry.get(path);
      show.show(job);
    }
    show.over();
    return job;
  }

  private JsonNode begin(String path, String query, byte[] document)
      throws IOException, InterruptedException {
    JsonNode present = registry.get(path);
    if (present.path("inProgress").asBoolean()) {
      output.talk("one is in progress already, begun " + present.path("began").asString());
      return present;
    }
    return registry.send("POST", path + query, document);
  }

  /** Prints what was found, and says so if the job did not come to its end. */
  int tell(JsonNode job, String what) {
    return show.tell(job, what);
  }

  /** Whether something of these kinds was found. */
  static boolean found(JsonNode job, String... kinds) {
    return JobShow.found(job, kinds);
  }
}
