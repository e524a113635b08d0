package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.verb.Output;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Shows who is told of changes. */
@Command(
    description = {
      "Show who is told of changes (registry.webhook.<name>.url), how many events wait for each, and",
      "when it last got one. Exit code 1: a ping was not taken."
    },
    mixinStandardHelpOptions = true)
final class WebhooksCommand extends RegistryVerb {
  @ArgGroup private @Nullable Request asked;

  /** One of these, or none. */
  private static final class Request {
    @Option(
        names = "--test",
        paramLabel = "NAME",
        description = "Send a ping to this one now, and say what it answered.")
    private @Nullable String test;

    @Option(
        names = "--resend",
        paramLabel = "NAME",
        description = "Take up again what was given up, and send at once what waits.")
    private @Nullable String resend;

    @Option(
        names = "--dead",
        paramLabel = "NAME",
        description = "List what was given up and can be sent again.")
    private @Nullable String dead;

    @Option(
        names = "--discard",
        paramLabel = "NAME",
        description = "Forget what was given up; nobody gets it any more.")
    private @Nullable String discard;
  }

  @Option(
      names = "--event",
      paramLabel = "ID",
      description = "With --resend or --discard: this one alone; --dead lists their ids.")
  private @Nullable String event;

  @Option(names = "--dry-run", description = "With --discard: say how much, forget nothing.")
  private boolean dryRun;

  @Override
  int run(Administration registry, Output output) throws IOException, InterruptedException {
    if (dryRun && (asked == null || asked.discard == null)) {
      throw wrongUsage("--dry-run is about --discard NAME; give it too");
    }
    if (event != null && (asked == null || (asked.resend == null && asked.discard == null))) {
      throw wrongUsage("--event is about --resend NAME or --discard NAME; give one of them too");
    }
    if (asked == null) {
      return list(registry, output);
    }
    if (asked.test != null) {
      return test(registry, output, asked.test);
    }
    if (asked.resend != null) {
      JsonNode answer = registry.post(at(asked.resend, "resend") + theEvent("?"));
      if (!output.json(answer)) {
        output.talk("taken up again: " + answer.path("resent").asInt());
      }
      return 0;
    }
    if (asked.discard != null) {
      return discard(registry, output, asked.discard);
    }
    return asked.dead == null ? 0 : dead(registry, output, asked.dead);
  }

  private int discard(Administration registry, Output output, String name)
      throws IOException, InterruptedException {
    JsonNode answer = registry.delete(at(name, "dead") + "?dry-run=" + dryRun + theEvent("&"));
    if (!output.json(answer)) {
      output.talk(
          "%s %d"
              .formatted(
                  dryRun ? "would discard:" : "discarded:", answer.path("discarded").asInt()));
    }
    return 0;
  }

  private String theEvent(String before) {
    return event == null ? "" : before + "event=" + Administration.encoded(event);
  }

  private static String at(String name, String what) {
    return "/webhooks/" + Administration.encoded(name) + "/" + what;
  }

  private static int list(Administration registry, Output output)
      throws IOException, InterruptedException {
    JsonNode answer = registry.get("/webhooks");
    if (!output.json(answer)) {
      for (JsonNode webhook : answer.path("webhooks")) {
        output.data(
            "%-20s %s  %d queued, %d dead, last taken %s%s"
                .formatted(
                    webhook.path("name").asString(),
                    webhook.path("url").asString(),
                    webhook.path("queued").asLong(),
                    webhook.path("dead").asLong(),
                    webhook.path("lastSuccess").asString("never"),
                    failure(webhook.path("lastError"))));
      }
    }
    return 0;
  }

  private static String failure(JsonNode error) {
    return error.isObject()
        ? ", last failed %s: %s"
            .formatted(error.path("at").asString(), error.path("error").asString())
        : "";
  }

  private static int test(Administration registry, Output output, String name)
      throws IOException, InterruptedException {
    JsonNode answer = registry.post(at(name, "test"));
    boolean delivered = answer.path("delivered").asBoolean();
    if (!output.json(answer)) {
      output.talk(
          "%s %s, after %d ms"
              .formatted(
                  delivered ? "taken:" : "not taken:",
                  answer.path("answer").asString(),
                  answer.path("millis").asLong()));
    }
    return delivered ? 0 : 1;
  }

  private static int dead(Administration registry, Output output, String name)
      throws IOException, InterruptedException {
    JsonNode answer = registry.get(at(name, "dead"));
    if (!output.json(answer)) {
      for (JsonNode event : answer.path("events")) {
        output.data(
            "%s  %s  %s  given up %s after %d attempts: %s"
                .formatted(
                    event.path("eventId").asString(),
                    event.path("type").asString(),
                    event.path("repository").asString(),
                    event.path("givenUpAt").asString(),
                    event.path("attempts").asInt(),
                    event.path("error").asString()));
      }
    }
    return 0;
  }
}
