package dev.plimsoll.engine.api;

import dev.plimsoll.docker.container.ContainerConfig;
import dev.plimsoll.docker.container.CreateReply;
import dev.plimsoll.docker.container.CreateRequest;
import dev.plimsoll.docker.container.PruneReply;
import dev.plimsoll.docker.container.StatsReply;
import dev.plimsoll.docker.container.UpdateReply;
import dev.plimsoll.docker.container.UpdateRequest;
import dev.plimsoll.docker.container.WaitReply;
import dev.plimsoll.engine.container.Container;
import dev.plimsoll.engine.container.ContainerName;
import dev.plimsoll.engine.container.ContainerSnapshot;
import dev.plimsoll.engine.container.Containers;
import dev.plimsoll.engine.container.ListRequest;
import dev.plimsoll.engine.container.WaitCondition;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.engine.refusal.EngineException.NotFound;
import dev.plimsoll.http.Response;
import dev.plimsoll.linux.Signal;
import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** {@code /containers}: made, listed, inspected, started, stopped, waited for and removed. */
public final class ContainersApi implements Resource {
  private static final Duration STATS_PAUSE = Duration.ofSeconds(1);

  private final Containers containers;
  private final Function<Container, List<String>> execs;

  /** @param execs the ids of a container's further processes, for inspect */
  public ContainersApi(Containers containers, Function<Container, List<String>> execs) {
    this.containers = containers;
    this.execs = execs;
  }

  @Override
  public void routes(Router router) {
    router
        .get("/containers/json", this::list)
        .post("/containers/create", this::create)
        .get("/containers/{id}/json", this::inspect)
        .post("/containers/{id}/start", this::start)
        .post("/containers/{id}/stop", this::stop)
        .post("/containers/{id}/restart", this::restart)
        .post("/containers/{id}/kill", this::kill)
        .post("/containers/{id}/pause", this::pause)
        .post("/containers/{id}/unpause", this::unpause)
        .post("/containers/{id}/wait", this::await)
        .post("/containers/{id}/rename", this::rename)
        .post("/containers/{id}/resize", this::resize)
        .post("/containers/{id}/update", this::update)
        .post("/containers/prune", this::prune)
        .get("/containers/{id}/top", this::top)
        .get("/containers/{id}/stats", this::stats)
        .delete("/containers/{id}", this::remove);
  }

  private Container container(ApiRequest request) {
    return containers.find(request.path("id"));
  }

  private void list(ApiRequest request, Response response) throws IOException {
    int limit = (int) Math.max(0, request.number("limit").orElse(0));
    JsonReply.ok(
        response,
        containers.list(
            new ListRequest(request.flag("all"), limit, request.flag("size"), request.filters())));
  }

  private void create(ApiRequest request, Response response) throws IOException {
    Optional<ContainerName> name = request.query("name").map(ContainerName::parse);
    if (!request.hasBody()) {
      throw new BadParameter("config cannot be empty in order to create a container");
    }
    CreateRequest body = request.json(CreateRequest.class);
    ContainerConfig config = body.config();
    if (config.equals(ContainerConfig.NONE)) {
      throw new BadParameter("config cannot be empty in order to create a container");
    }
    Containers.Created created =
        containers.create(name, body, request.query("platform").orElse(""));
    JsonReply.send(response, 201, new CreateReply(created.id().value(), created.warnings()));
  }

  private void inspect(ApiRequest request, Response response) throws IOException {
    Container container = container(request);
    List<String> ids = execs.apply(container);
    JsonReply.ok(
        response,
        request.flag("size")
            ? containers.inspectWithSize(container, ids)
            : containers.inspect(container, ids));
  }

  private void start(ApiRequest request, Response response)
      throws IOException, InterruptedException {
    containers.start(container(request));
    JsonReply.noContent(response);
  }

  private static Optional<Signal> signal(ApiRequest request) {
    return request.query("signal").map(ContainersApi::signal);
  }

  private static Signal signal(String text) {
    try {
      return Signal.parse(text);
    } catch (IllegalArgumentException e) {
      throw new BadParameter("invalid signal: " + text, e);
    }
  }

  private static Optional<Integer> seconds(ApiRequest request) {
    return request.number("t").isPresent()
        ? Optional.of((int) request.number("t").getAsLong())
        : Optional.empty();
  }

  private void stop(ApiRequest request, Response response)
      throws IOException, InterruptedException {
    containers.stop(container(request), signal(request), seconds(request));
    JsonReply.noContent(response);
  }

  private void restart(ApiRequest request, Response response)
      throws IOException, InterruptedException {
    containers.restart(container(request), signal(request), seconds(request));
    JsonReply.noContent(response);
  }

  private void kill(ApiRequest request, Response response)
      throws IOException, InterruptedException {
    Container container = container(request);
    containers.kill(container, signal(request).orElse(Signal.KILL));
    JsonReply.noContent(response);
  }

  private void pause(ApiRequest request, Response response)
      throws IOException, InterruptedException {
    containers.pause(container(request));
    JsonReply.noContent(response);
  }

  private void unpause(ApiRequest request, Response response)
      throws IOException, InterruptedException {
    containers.unpause(container(request));
    JsonReply.noContent(response);
  }

  private void await(ApiRequest request, Response response)
      throws IOException, InterruptedException {
    Container container = container(request);
    WaitCondition condition = WaitCondition.parse(request.query("condition").orElse(""));
    ContainerSnapshot begun = container.snapshot();
    Thread waiting = Thread.currentThread();
    request.http().onDisconnect(waiting::interrupt);
    // The head goes out before the container has even been started: `docker run` waits for it.
    OutputStream out = response.status(200).header("Content-Type", "application/json").stream();
    out.flush();
    int code;
    try {
      code = condition.await(container, begun);
    } catch (InterruptedException e) {
      return; // the client is gone, so nobody waits for the rest of the answer
    }
    out.write(Json.write(new WaitReply(code, null)));
    out.close();
  }

  private void rename(ApiRequest request, Response response)
      throws IOException, InterruptedException {
    String name =
        request
            .query("name")
            .orElseThrow(() -> new BadParameter("Neither old nor new names may be empty"));
    containers.rename(container(request), ContainerName.parse(name));
    JsonReply.noContent(response);
  }

  private void resize(ApiRequest request, Response response) throws IOException {
    int height = dimension(request, "h");
    int width = dimension(request, "w");
    containers.resize(container(request), height, width);
    response.status(200).send();
  }

  private static int dimension(ApiRequest request, String name) {
    long value =
        request
            .number(name)
            .orElseThrow(() -> new BadParameter("invalid resize: " + name + " is missing"));
    if (value < 0 || value > 0xffff) {
      throw new BadParameter("invalid resize: %s=%d".formatted(name, value));
    }
    return (int) value;
  }

  private void remove(ApiRequest request, Response response)
      throws IOException, InterruptedException {
    if (request.flag("link")) {
      throw new NotFound("links are not supported by this engine");
    }
    containers.remove(
        container(request),
        request.flag("force") ? Containers.Force.YES : Containers.Force.NO,
        request.flag("v") ? Containers.Volume.REMOVE_ANONYMOUS : Containers.Volume.KEEP);
    JsonReply.noContent(response);
  }

  private void update(ApiRequest request, Response response)
      throws IOException, InterruptedException {
    containers.update(container(request), request.json(UpdateRequest.class));
    JsonReply.ok(response, new UpdateReply(List.of()));
  }

  private void prune(ApiRequest request, Response response)
      throws IOException, InterruptedException {
    Containers.Pruned pruned = containers.prune(request.filters());
    JsonReply.ok(response, new PruneReply(pruned.ids(), pruned.bytes()));
  }

  private void top(ApiRequest request, Response response) throws IOException, InterruptedException {
    JsonReply.ok(response, containers.top(container(request), request.query("ps_args").orElse("")));
  }

  private void stats(ApiRequest request, Response response) throws IOException {
    Container container = container(request);
    boolean stream = request.flagUnlessAbsent("stream");
    Thread watching = Thread.currentThread();
    request.http().onDisconnect(watching::interrupt);
    OutputStream out = response.header("Content-Type", "application/json").stream();
    out.flush();
    StatsReply stats = containers.stats(container, Optional.empty());
    if (!stream && request.flag("one-shot")) {
      out.write(Json.write(stats));
      out.close();
      return;
    }
    try {
      // The first answer compares two moments too: a client computes a share from them.
      do {
        if (container.await(_ -> false, STATS_PAUSE)) {
          break;
        }
        stats = containers.stats(container, Optional.of(stats));
        out.write(Json.write(stats));
        out.write('\n');
        out.flush();
      } while (stream);
    } catch (InterruptedException e) {
      return; // the client is gone
    }
    out.close();
  }
}
