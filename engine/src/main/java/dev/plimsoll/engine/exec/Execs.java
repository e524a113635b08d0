package dev.plimsoll.engine.exec;

import dev.plimsoll.docker.container.ExecInspectReply;
import dev.plimsoll.docker.container.ExecProcess;
import dev.plimsoll.engine.container.Container;
import dev.plimsoll.engine.container.ContainerSnapshot;
import dev.plimsoll.engine.container.ContainerState;
import dev.plimsoll.engine.container.Containers;
import dev.plimsoll.engine.container.DetachKeys;
import dev.plimsoll.engine.refusal.EngineException;
import dev.plimsoll.engine.refusal.EngineException.Conflict;
import dev.plimsoll.engine.refusal.EngineException.NotFound;
import dev.plimsoll.engine.runtime.HostFacts;
import dev.plimsoll.linux.Directory;
import dev.plimsoll.linux.Outputs;
import dev.plimsoll.linux.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The further processes of all containers. Safe for many threads. */
public final class Execs {
  private static final Logger log = LoggerFactory.getLogger(Execs.class);

  /** How long one that has ended can still be asked about: dockerd's time. */
  private static final Duration KEPT = Duration.ofMinutes(5);

  private static final int PER_CONTAINER_MAX = 4096;

  /** How long output is waited for that a process' own children may still have to say: dockerd's. */
  private static final Duration LEFTOVER = Duration.ofSeconds(2);

  private static final Duration START_LIMIT = Duration.ofSeconds(10);
  private static final Duration FOREVER = Duration.ofDays(365);
  private static final ExecSession SILENT =
      new ExecSession(false, InputStream.nullInputStream(), OutputStream.nullOutputStream());

  private final Containers containers;
  private final ExecStart starting;
  private final InstantSource clock;
  private final Map<String, Exec> execs = new ConcurrentHashMap<>();

  private Execs(Containers containers, ExecStart starting, InstantSource clock) {
    this.containers = containers;
    this.starting = starting;
    this.clock = clock;
  }

  /**
   * Begins without any, and removes what an earlier engine left of its own.
   *
   * @param run the engine's short directory that dies with the boot
   */
  public static Execs open(Containers containers, Path run, InstantSource clock)
      throws IOException {
    try (Directory parent = Directory.open(run)) {
      parent.removeTree("x");
    }
    Path files = Files.createDirectory(run.resolve("x"));
    Set<String> capabilities = HostFacts.read().capabilities();
    return new Execs(containers, new ExecStart(containers, files, capabilities), clock);
  }

  /**
   * Makes one, which does not run yet.
   *
   * @throws Conflict if the container does not run
   */
  public ExecId create(Container container, ExecSettings settings) {
    ContainerSnapshot now = running(container);
    forgetOld();
    if (of(container).size() >= PER_CONTAINER_MAX) {
      throw new EngineException.Unavailable(
          "container %s has %d execs already".formatted(now.name(), PER_CONTAINER_MAX));
    }
    var exec = new Exec(ExecId.random(), container, settings);
    execs.put(exec.id().value(), exec);
    publish(exec, "exec_create: " + settings.commandLine());
    return exec.id();
  }

  private static ContainerSnapshot running(Container container) {
    ContainerSnapshot now = container.snapshot();
    return switch (now.state()) {
      case ContainerState.Running _ -> now;
      case ContainerState.Paused _ ->
          throw new Conflict(
              "Container %s is paused, unpause the container before exec".formatted(now.name()));
      case ContainerState.Restarting _ ->
          throw new Conflict(
              "Container %s is restarting, wait until the container is running"
                  .formatted(now.id()));
      case ContainerState.Created _,
          ContainerState.Exited _,
          ContainerState.Removing _,
          ContainerState.Dead _ ->
          throw new Conflict("container %s is not running".formatted(now.id()));
    };
  }

  private void forgetOld() {
    Instant limit = clock.instant().minus(KEPT);
    execs.values().removeIf(exec -> exec.endedBefore(limit) || exec.container().gone());
  }

  /**
   * The exec of this id.
   *
   * @throws NotFound if it never was, or ended long ago
   */
  public Exec find(String id) {
    Exec exec = execs.get(id);
    if (exec == null || exec.endedBefore(clock.instant().minus(KEPT))) {
      throw new NotFound("No such exec instance: " + id);
    }
    return exec;
  }

  /** The ids of a container's execs that have not ended, as {@code docker inspect} shows them. */
  public List<String> ids(Container container) {
    return of(container).stream()
        .filter(exec -> !(exec.state() instanceof ExecState.Ended))
        .map(exec -> exec.id().value())
        .toList();
  }

  private List<Exec> of(Container container) {
    return execs.values().stream()
        .filter(exec -> exec.container().id().equals(container.id()))
        .toList();
  }

  /**
   * Takes the right to start an exec, which one caller gets: {@link #start} or {@link #startDetached}
   * follows.
   *
   * @throws Conflict if it has been started, or its container does not run
   */
  public void claim(Exec exec) {
    running(exec.container());
    exec.claim();
  }

  /**
   * Runs a claimed exec and carries its streams until its output has ended and its exit code is
   * known, or the client leaves.
   *
   * @throws IOException if the runtime would not start it; how it ended is noted
   */
  public void start(Exec exec, Optional<ExecSettings.Size> size, ExecSession session)
      throws IOException, InterruptedException {
    ExecStart.Started started = run(exec, size, ExecStart.Attached.YES);
    switch (talk(started, exec, session).carry()) {
      case OUTPUT_ENDED -> exec.await(ExecState.Ended.class::isInstance, FOREVER);
      case CLIENT_LEFT -> log.debug("exec goes on without its client id={}", exec.id());
      case DETACHED -> publish(exec, "exec_detach");
    }
  }

  private static ExecTalk talk(ExecStart.Started started, Exec exec, ExecSession session)
      throws IOException {
    List<ExecTalk.ExecStreams.Output> sources = started.streams().outputs();
    var outputs = new Outputs(sources.stream().map(ExecTalk.ExecStreams.Output::source).toList());
    var _ = started.process().exit().thenRun(() -> outputs.endWithin(LEFTOVER));
    Optional<DetachKeys> keys =
        exec.settings().terminal()
            ? Optional.of(DetachKeys.parse(exec.settings().detachKeys()))
            : Optional.empty();
    return new ExecTalk(started.streams(), outputs, keys, session);
  }

  /** Runs a claimed exec with nobody listening; returns when it runs. */
  public void startDetached(Exec exec, Optional<ExecSettings.Size> size)
      throws IOException, InterruptedException {
    ExecStart.Started started = run(exec, size, ExecStart.Attached.NO);
    if (started.terminal().isPresent()) {
      // Nobody reads this terminal, and a program on a full one would stand still.
      talk(started, exec, SILENT).begin();
    }
  }

  private ExecStart.Started run(
      Exec exec, Optional<ExecSettings.Size> size, ExecStart.Attached attached)
      throws IOException, InterruptedException {
    publish(exec, "exec_start: " + exec.settings().commandLine());
    ExecStart.Started started;
    try {
      started = starting.start(exec, exec.settings().sized(size), attached);
    } catch (IOException | InterruptedException | RuntimeException e) {
      exec.change(new ExecState.Ended(0, ExecStart.exitCode(e), clock.instant()));
      log.info("exec did not start id={} cause={}", exec.id(), e.getMessage());
      throw e;
    }
    long pid = started.process().pid();
    exec.change(new ExecState.Running(started.process(), started.terminal()));
    log.info("exec started id={} container={} pid={}", exec.id(), exec.container().id(), pid);
    var _ =
        started
            .process()
            .exit()
            .thenAccept(status -> {
              exec.change(new ExecState.Ended(pid, status.code(), clock.instant()));
              publish(exec, "exec_die", "exitCode", Integer.toString(status.code()));
            });
    return started;
  }

  /**
   * Changes the size of its terminal, waiting a moment for one that is being started.
   *
   * @throws Conflict if it does not run on one
   */
  public void resize(Exec exec, ExecSettings.Size size) throws IOException, InterruptedException {
    boolean begun =
        exec.await(
            state ->
                !(state instanceof ExecState.Created) && !(state instanceof ExecState.Starting),
            START_LIMIT);
    if (!begun || !(exec.state() instanceof ExecState.Running running)) {
      throw new Conflict("exec process %s is not started".formatted(exec.id()));
    }
    Optional<Terminal> terminal = running.terminal();
    if (terminal.isEmpty()) {
      throw new Conflict("exec %s has no terminal".formatted(exec.id()));
    }
    terminal.get().resize(size.height(), size.width());
  }

  /** What {@code GET /exec/ID/json} shows. */
  public ExecInspectReply inspect(Exec exec) {
    ExecSettings settings = exec.settings();
    var process =
        new ExecProcess(
            settings.terminal(),
            settings.command().getFirst(),
            settings.command().subList(1, settings.command().size()),
            settings.privileged(),
            settings.user());
    return new ExecInspectReply(
        exec.id().value(),
        exec.state() instanceof ExecState.Running,
        exec.state() instanceof ExecState.Ended ended ? ended.code() : null,
        process,
        settings.stdin(),
        settings.stderr(),
        settings.stdout(),
        false,
        exec.container().id().value(),
        settings.detachKeys(),
        switch (exec.state()) {
          case ExecState.Running running -> running.process().pid();
          case ExecState.Ended ended -> ended.pid();
          case ExecState.Created _, ExecState.Starting _ -> 0;
        });
  }

  private void publish(Exec exec, String action, String... details) {
    String[] all = java.util.Arrays.copyOf(details, details.length + 2);
    all[details.length] = "execID";
    all[details.length + 1] = exec.id().value();
    containers.publish(exec.container().snapshot(), action, all);
  }
}
