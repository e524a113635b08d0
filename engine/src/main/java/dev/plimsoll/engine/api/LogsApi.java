package dev.plimsoll.engine.api;

import dev.plimsoll.engine.container.Container;
import dev.plimsoll.engine.container.ContainerLogs;
import dev.plimsoll.engine.container.Containers;
import dev.plimsoll.engine.container.LogDetails;
import dev.plimsoll.engine.container.LogOutput;
import dev.plimsoll.engine.log.LogRequest;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.http.Response;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.OptionalInt;

/** {@code GET /containers/{id}/logs}: what a container said, and maybe what it says. */
public final class LogsApi implements Resource {
  private final Containers containers;

  public LogsApi(Containers containers) {
    this.containers = containers;
  }

  @Override
  public void routes(Router router) {
    router.get("/containers/{id}/logs", this::logs);
  }

  private void logs(ApiRequest request, Response response) throws IOException {
    Container container = containers.find(request.path("id"));
    if (!request.flag("stdout") && !request.flag("stderr")) {
      throw new BadParameter("Bad parameters: you must choose at least one stream");
    }
    var wanted =
        new LogRequest(
            request.flag("stdout"),
            request.flag("stderr"),
            Timestamps.instant(request, "since"),
            Timestamps.instant(request, "until"),
            tail(request));
    containers.logs().requireKept(container);
    Optional<String> details =
        request.flag("details")
            ? Optional.of(LogDetails.of(container.snapshot()))
            : Optional.empty();
    boolean terminal = container.snapshot().settings().config().tty();
    Thread reading = Thread.currentThread();
    request.http().onDisconnect(reading::interrupt);
    response.header("Content-Type", AttachApi.contentType(request.version(), terminal));
    OutputStream out = response.stream();
    out.flush();
    try {
      containers
          .logs()
          .write(
              container,
              wanted,
              new LogOutput(out, !terminal, request.flag("timestamps"), details),
              request.flag("follow") ? ContainerLogs.Follow.YES : ContainerLogs.Follow.NO);
    } catch (InterruptedException e) {
      return; // the client is gone, so nobody waits for the rest
    }
    out.close();
  }

  /** A number of lines; {@code all}, and what is no number, mean everything, as for dockerd. */
  private static OptionalInt tail(ApiRequest request) {
    String text = request.query("tail").orElse("all");
    try {
      int lines = Integer.parseInt(text);
      return lines < 0 ? OptionalInt.empty() : OptionalInt.of(lines);
    } catch (NumberFormatException e) {
      return OptionalInt.empty();
    }
  }
}
