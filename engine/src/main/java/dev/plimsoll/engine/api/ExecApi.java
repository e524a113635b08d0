package dev.plimsoll.engine.api;

import dev.plimsoll.docker.StreamFrames;
import dev.plimsoll.docker.container.ExecCreateRequest;
import dev.plimsoll.docker.container.ExecStartRequest;
import dev.plimsoll.engine.container.Containers;
import dev.plimsoll.engine.exec.Exec;
import dev.plimsoll.engine.exec.ExecSession;
import dev.plimsoll.engine.exec.ExecSettings;
import dev.plimsoll.engine.exec.Execs;
import dev.plimsoll.engine.refusal.EngineException;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.engine.runtime.RuntimeFailure;
import dev.plimsoll.http.Duplex;
import dev.plimsoll.http.Response;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /exec}: further processes in running containers. */
public final class ExecApi implements Resource {
  private static final Logger log = LoggerFactory.getLogger(ExecApi.class);

  private final Containers containers;
  private final Execs execs;

  public ExecApi(Containers containers, Execs execs) {
    this.containers = containers;
    this.execs = execs;
  }

  @Override
  public void routes(Router router) {
    router
        .post("/containers/{id}/exec", this::create)
        .post("/exec/{id}/start", this::start)
        .post("/exec/{id}/resize", this::resize)
        .get("/exec/{id}/json", this::inspect);
  }

  private void create(ApiRequest request, Response response) throws IOException {
    ExecSettings settings = ExecSettings.of(request.json(ExecCreateRequest.class));
    String id = execs.create(containers.find(request.path("id")), settings).value();
    JsonReply.send(response, 201, Map.of("Id", id));
  }

  private void start(ApiRequest request, Response response)
      throws IOException, InterruptedException {
    Exec exec = execs.find(request.path("id"));
    ExecStartRequest body = request.json(ExecStartRequest.class);
    Optional<ExecSettings.Size> size = ExecSettings.Size.of(body.consoleSize());
    execs.claim(exec);
    if (body.detach()) {
      startDetached(exec, size);
      response.status(200).send();
      return;
    }
    // The answer before the start: what the runtime has against it goes into the stream.
    response.header("Content-Type", AttachApi.contentType(request.version(), body.tty()));
    try (Duplex client = response.hijack()) {
      var session = new ExecSession(!body.tty(), client.input(), client.output());
      try {
        execs.start(exec, size, session);
      } catch (RuntimeFailure | EngineException e) {
        say(session, String.valueOf(e.getMessage()));
      } catch (IOException e) {
        log.warn("exec failed id={}", exec.id(), e);
        say(session, String.valueOf(e.getMessage()));
      }
    }
  }

  private void startDetached(Exec exec, Optional<ExecSettings.Size> size)
      throws IOException, InterruptedException {
    try {
      execs.startDetached(exec, size);
    } catch (RuntimeFailure e) {
      throw new BadParameter(String.valueOf(e.getMessage()), e);
    }
  }

  private static void say(ExecSession session, String text) throws IOException {
    byte[] line = (text + "\r\n").getBytes(StandardCharsets.UTF_8);
    OutputStream out = session.out();
    if (session.framed()) {
      StreamFrames.write(out, StreamFrames.Stream.STDOUT, line);
    } else {
      out.write(line);
    }
    out.flush();
  }

  private void resize(ApiRequest request, Response response)
      throws IOException, InterruptedException {
    int height = side(request, "h");
    int width = side(request, "w");
    execs.resize(execs.find(request.path("id")), new ExecSettings.Size(height, width));
    response.status(200).send();
  }

  private static int side(ApiRequest request, String name) {
    long value =
        request
            .number(name)
            .orElseThrow(() -> new BadParameter("invalid resize: " + name + " is missing"));
    return Math.clamp(value, -1, Integer.MAX_VALUE);
  }

  private void inspect(ApiRequest request, Response response) throws IOException {
    JsonReply.ok(response, execs.inspect(execs.find(request.path("id"))));
  }
}
