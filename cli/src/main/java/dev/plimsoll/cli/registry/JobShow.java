package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.verb.Output;
import dev.plimsoll.foundation.ByteSize;
import dev.plimsoll.foundation.OneLine;
import dev.plimsoll.oci.Json;
import dev.plimsoll.registry.job.Progress;
import java.io.Console;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;

/**
 * How a job looks to who waits for it: a bar at a terminal, a line now and then elsewhere, and at the
 * end what was found.
 */
final class JobShow {
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
  private static final int BAR = 24;

  private final Output output;
  private final boolean terminal;
  private Instant toldAt = Instant.now();

  JobShow(Output output) {
    this.output = output;
    this.terminal = isTerminal();
  }

  @SuppressWarnings("SystemConsoleNull") // it is null again without a terminal, from JDK 25 on
  private static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  /** Shows how far it is, if it is time to. */
  void show(JsonNode job) {
    if (terminal) {
      System.err.print("\r\u001b[K" + OneLine.of(line(job)));
      System.err.flush();
    } else if (Instant.now().isAfter(toldAt.plus(BETWEEN_LINES))) {
      toldAt = Instant.now();
      output.talk(line(job));
    }
  }

  /** Nothing more is shown. */
  void over() {
    if (terminal) {
      System.err.print("\r\u001b[K");
    }
  }

  /** Work of this process. */
  interface Work {
    void run(Progress progress) throws IOException, InterruptedException;
  }

  /** Does some work of this process to its end, and shows it meanwhile. */
  JsonNode during(Work work) throws IOException, InterruptedException {
    Progress progress = new Progress();
    return during(
        () -> {
          work.run(progress);
          return Json.tree(Json.write(progress.snapshot()));
        },
        () -> Json.tree(Json.write(progress.snapshot())));
  }

  /** One look at work that goes on; what is no object shows nothing. */
  interface Look {
    JsonNode look() throws IOException, InterruptedException;
  }

  /** Waits for some work to its end, and shows meanwhile what looks at it tell. */
  <T> T during(Callable<T> work, Look look) throws IOException, InterruptedException {
    var task = new FutureTask<>(work);
    Thread.ofPlatform().name("job").daemon().start(task);
    try {
      while (true) {
        try {
          return task.get(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          JsonNode seen = look.look();
          if (seen.isObject()) {
            show(seen);
          }
        }
      }
    } catch (ExecutionException e) {
      throw trouble(e);
    } finally {
      over();
    }
  }

  private static IOException trouble(ExecutionException e) {
    return switch (e.getCause()) {
      case IOException trouble -> trouble;
      case RuntimeException trouble -> throw trouble;
      case Error trouble -> throw trouble;
      case null, default -> new IOException(e);
    };
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
