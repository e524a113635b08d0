package dev.plimsoll.cli.engine;

import dev.plimsoll.cli.verb.Output;
import dev.plimsoll.cli.verb.ProgramSettings;
import dev.plimsoll.docker.DockerClient;
import dev.plimsoll.engine.EngineSettings;
import dev.plimsoll.engine.StoppedEngine;
import dev.plimsoll.engine.check.Inspection.Mode;
import dev.plimsoll.foundation.log.Logging;
import dev.plimsoll.http.client.ClientResponse;
import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** Looks through what an engine keeps, running or stopped, and makes a lost database anew. */
@Command(
    description = {
      "Verify layers, images, containers and volumes, and mend what can be mended.",
      "Ends with 1 if something stays damaged or is lost."
    },
    mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
  private static final int ANSWER_BYTES_MAX = 64 << 20;

  @Spec private CommandSpec spec;
  @Mixin private final ProgramSettings settings = new ProgramSettings();
  @Mixin private final Output output = new Output();

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      description = "A running engine (default: the socket of the default data directory).")
  private @Nullable Path socket;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The data directory of an engine that does not run.")
  private @Nullable Path data;

  @Option(
      names = "--rebuild",
      description = {
        "Make a lost or damaged database anew from its newest copy and from what lies in the data",
        "directory, and say what could not be had back. The engine must not run."
      })
  private boolean rebuild;

  @Option(names = "--dry-run", description = "Say what would be done, and change nothing.")
  private boolean dryRun;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (socket != null && data != null) {
      throw wrong("--socket is a running engine and --data a stopped one; give one of them");
    }
    if (socket != null && rebuild) {
      throw wrong("--rebuild works on a stopped engine; name its directory with --data");
    }
    Logging.toStandardError();
    EngineSettings all = EngineSettings.from(settings.flag("engine.data", data).load());
    return print(data != null || rebuild ? ofStopped(all) : ofRunning(all));
  }

  private ParameterException wrong(String why) {
    return new ParameterException(spec.commandLine(), why);
  }

  private JsonNode ofStopped(EngineSettings all) throws IOException, InterruptedException {
    Mode mode = dryRun ? Mode.LOOK : Mode.MEND;
    try (StoppedEngine engine = StoppedEngine.open(all)) {
      var findings = rebuild ? engine.rebuild(mode) : engine.check(mode);
      return Json.tree(Json.write(findings.report()));
    }
  }

  private JsonNode ofRunning(EngineSettings all) throws IOException, InterruptedException {
    Path target = socket == null ? all.socket() : socket;
    if (!Files.exists(target)) {
      throw nobody(target, null);
    }
    try (DockerClient client = DockerClient.connect(target);
        ClientResponse answer =
            client.send(client.request("POST", "/plimsoll/v1/check?dry-run=" + dryRun).patient())) {
      return Json.tree(answer.bytes(ANSWER_BYTES_MAX));
    } catch (ConnectException e) {
      throw nobody(target, e);
    }
  }

  private static IOException nobody(Path target, @Nullable Exception cause) {
    return new IOException(
        "no engine answers at %s; start it, or name its data directory with --data"
            .formatted(target),
        cause);
  }

  private int print(JsonNode report) {
    boolean bad = false;
    for (JsonNode finding : report.path("findings")) {
      bad |= finding.path("bad").asBoolean();
    }
    if (!output.json(report)) {
      for (JsonNode finding : report.path("findings")) {
        output.data(
            "%-9s %-9s %s: %s"
                .formatted(
                    finding.path("outcome").asString(),
                    finding.path("kind").asString(),
                    finding.path("id").asString(),
                    finding.path("what").asString()));
      }
    }
    output.talk("looked at " + report.path("looked"));
    output.talk(
        bad ? "something is damaged" : dryRun ? "nothing was changed" : "nothing is damaged");
    return bad ? 1 : 0;
  }
}
