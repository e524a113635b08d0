package dev.plimsoll.engine.api;

import dev.plimsoll.docker.ApiVersion;
import dev.plimsoll.engine.container.AttachRequest;
import dev.plimsoll.engine.container.Container;
import dev.plimsoll.engine.container.Containers;
import dev.plimsoll.engine.container.DetachKeys;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.http.Duplex;
import dev.plimsoll.http.Response;
import java.io.IOException;

/** {@code POST /containers/{id}/attach}: a connection that becomes the container's streams. */
public final class AttachApi implements Resource {
  private static final ApiVersion FRAMED_TYPE_SINCE = ApiVersion.parse("1.42");

  private final Containers containers;

  public AttachApi(Containers containers) {
    this.containers = containers;
  }

  @Override
  public void routes(Router router) {
    router.post("/containers/{id}/attach", this::attach);
  }

  private void attach(ApiRequest request, Response response)
      throws IOException, InterruptedException {
    Container container = containers.find(request.path("id"));
    var wanted =
        new AttachRequest(
            request.flag("logs"),
            request.flag("stream"),
            request.flag("stdin") && container.snapshot().settings().config().openStdin(),
            request.flag("stdout"),
            request.flag("stderr"),
            request.query("detachKeys").orElse(""));
    if (!wanted.logs() && !wanted.stream()) {
      throw new BadParameter("either the stream or logs parameter must be set");
    }
    DetachKeys.parse(wanted.detachKeys());
    boolean terminal = container.snapshot().settings().config().tty();
    response.header("Content-Type", contentType(request.version(), terminal));
    // The place before the answer: the client starts the container as soon as it has that.
    try (var place = containers.attach(container, wanted);
        Duplex client = response.hijack()) {
      place.carry(client.input(), client.output());
    }
  }

  /** What the bytes of a hijacked connection are. */
  static String contentType(ApiVersion version, boolean terminal) {
    return terminal || version.compareTo(FRAMED_TYPE_SINCE) < 0
        ? "application/vnd.docker.raw-stream"
        : "application/vnd.docker.multiplexed-stream";
  }
}
