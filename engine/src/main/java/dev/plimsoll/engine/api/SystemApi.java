package dev.plimsoll.engine.api;

import dev.plimsoll.docker.ApiVersion;
import dev.plimsoll.docker.system.VersionReply;
import dev.plimsoll.docker.system.VersionReply.Component;
import dev.plimsoll.engine.host.EngineFacts;
import dev.plimsoll.engine.host.HostFacts;
import dev.plimsoll.http.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code /_ping}, {@code /version} and {@code /info}: what the engine says of itself. */
public final class SystemApi implements Resource {
  private static final byte[] OK = "OK".getBytes(StandardCharsets.US_ASCII);

  private final EngineFacts engine;
  private final InfoText info;

  public SystemApi(EngineFacts engine, InfoText info) {
    this.engine = engine;
    this.info = info;
  }

  @Override
  public void routes(Router router) {
    router
        .get("/_ping", this::ping)
        .head("/_ping", this::ping)
        .get("/version", this::version)
        .get("/info", (_, response) -> JsonReply.ok(response, info.reply()));
  }

  /** Where a client learns which version of the API to speak, so this must not be cached. */
  private void ping(ApiRequest request, Response response) throws IOException {
    response
        .header("Builder-Version", "1")
        .header("Swarm", "inactive")
        .header("Cache-Control", "no-cache, no-store, must-revalidate")
        .header("Pragma", "no-cache")
        .header("Content-Type", "text/plain; charset=utf-8")
        .send(OK);
  }

  private void version(ApiRequest request, Response response) throws IOException {
    HostFacts host = HostFacts.read();
    String java = "java" + System.getProperty("java.version");
    List<Component> components = new ArrayList<>();
    components.add(
        new Component(
            "Engine",
            engine.version(),
            Map.of(
                "ApiVersion", ApiVersion.NEWEST.toString(),
                "MinAPIVersion", ApiVersion.OLDEST.toString(),
                "Arch", goArchitecture(host),
                "BuildTime", engine.buildTime(),
                "Experimental", "false",
                "GitCommit", engine.commit(),
                "GoVersion", java,
                "KernelVersion", host.kernelVersion(),
                "Os", "linux")));
    engine.tools().stream()
        .map(tool -> new Component(tool.name(), tool.version(), Map.of("GitCommit", "")))
        .forEach(components::add);
    JsonReply.ok(
        response,
        new VersionReply(
            new VersionReply.Name("Plimsoll"),
            components,
            engine.version(),
            ApiVersion.NEWEST.toString(),
            ApiVersion.OLDEST.toString(),
            engine.commit(),
            java,
            "linux",
            goArchitecture(host),
            host.kernelVersion(),
            engine.buildTime()));
  }

  /** Go's names for processors, which this answer is in, unlike {@code /info}. */
  private static String goArchitecture(HostFacts host) {
    return switch (host.architecture()) {
      case "x86_64" -> "amd64";
      case "aarch64" -> "arm64";
      default -> host.architecture();
    };
  }
}
