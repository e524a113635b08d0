package dev.plimsoll.engine.container;

import dev.plimsoll.database.Database;
import dev.plimsoll.docker.container.ContainerSummary;
import dev.plimsoll.docker.container.CreateRequest;
import dev.plimsoll.docker.container.InspectReply;
import dev.plimsoll.docker.container.StatsReply;
import dev.plimsoll.docker.container.TopReply;
import dev.plimsoll.docker.container.UpdateRequest;
import dev.plimsoll.engine.event.Event;
import dev.plimsoll.engine.event.Events;
import dev.plimsoll.engine.filter.Filters;
import dev.plimsoll.engine.image.ImageId;
import dev.plimsoll.engine.image.ImageUsers;
import dev.plimsoll.engine.image.Images;
import dev.plimsoll.engine.image.Moments;
import dev.plimsoll.engine.network.ContainerNetworks;
import dev.plimsoll.engine.refusal.EngineException.Conflict;
import dev.plimsoll.engine.refusal.EngineException.NotModified;
import dev.plimsoll.engine.runtime.Bundle;
import dev.plimsoll.engine.runtime.OciRuntime;
import dev.plimsoll.engine.volume.Volumes;
import dev.plimsoll.linux.Signal;
import dev.plimsoll.linux.cgroup.CgroupLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The containers of this machine: made, started, stopped, removed. Safe for many threads; what is
 * done to one container is done one thing at a time, and readers never wait.
 *
 * <p>{@link #close} leaves the containers running: the next engine takes them over.
 */
public final class Containers implements ImageUsers, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Containers.class);
  private static final int LOG_ROTATION_SECONDS = 2;

  private final ContainerParts parts;
  private final Creation creation;
  private final Starting starting;
  private final Endings endings;
  private final Removal removal;
  private final Inspection inspection;
  private final ContainerList list;
  private final ContainerViews views;
  private final Attachments attachments = new Attachments();
  private final ScheduledExecutorService timer;
  private final Adoption adoption;
  private final Healthchecks health;
  private final ContainerStats stats;
  private final ContainerLogs logs;
  private final Pausing pausing;
  private final Stopping stopping;
  private final Amendment amendment;

  private Containers(ContainerParts parts) throws IOException {
    this.parts = parts;
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("container-timer").daemon().factory());
    var filesystem = new RootFilesystem(parts.images());
    var mounts = new ContainerMounts(parts.volumes());
    this.views = new ContainerViews(parts, filesystem, mounts);
    this.inspection = new Inspection(parts, mounts);
    this.list = new ContainerList(parts, inspection);
    var cleanUp = new CleanUp(parts, filesystem, mounts);
    this.creation = new Creation(parts, filesystem, new SecureRandom());
    this.health = new Healthchecks(parts);
    this.starting = new Starting(parts, filesystem, mounts, attachments, cleanUp, health);
    this.stats = new ContainerStats(CgroupLayout.detect());
    this.removal = new Removal(parts, cleanUp);
    this.endings = new Endings(parts, cleanUp, removal, starting, timer);
    this.adoption = new Adoption(parts, cleanUp, mounts, endings, health);
    this.logs = new ContainerLogs(parts);
    this.pausing = new Pausing(parts);
    this.stopping = new Stopping(parts, endings, pausing);
    this.amendment = new Amendment(parts);
    var rotation = new LogRotation(parts);
    var _ =
        timer.scheduleWithFixedDelay(
            rotation::turnLarge, LOG_ROTATION_SECONDS, LOG_ROTATION_SECONDS, TimeUnit.SECONDS);
  }

  /**
   * Opens the containers and takes over those that an earlier engine left, running or not. When it
   * returns, all of them are known in their right states.
   */
  public static Containers open(
      ContainerPlaces places,
      Database database,
      Images images,
      Volumes volumes,
      ContainerNetworks networks,
      Events events,
      OciRuntime runtime,
      LogLimits logs,
      InstantSource clock)
      throws IOException, InterruptedException {
    Files.createDirectories(places.data());
    Files.createDirectories(places.run().resolve("exits"));
    Files.createDirectories(places.run().resolve("c"));
    Files.createDirectories(runtime.state());
    var containers =
        new Containers(
            ContainerParts.of(
                places, database, images, volumes, networks, events, runtime, logs, clock));
    containers.recover();
    return containers;
  }

  private void recover() throws IOException, InterruptedException {
    for (ContainerSnapshot snapshot : parts.rows().all()) {
      parts.names().reserve(snapshot.name(), snapshot.id());
      parts.names().add(new Container(snapshot));
    }
    List<Container> all = parts.names().all();
    adoption.adoptAll(all);
    views.sweep(all);
    // Before all uses of those that are gone are taken back: with them it is known which volumes
    // go.
    removal.sweep();
    parts.volumes().releaseAllExcept(all.stream().map(c -> c.id().value()).toList());
  }

  /** A new container, and what its user should be warned of. */
  public record Created(ContainerId id, List<String> warnings) {}

  /** Makes a container; refusals as {@link Creation#create} has them. */
  public Created create(Optional<ContainerName> name, CreateRequest request, String platform)
      throws IOException {
    Creation.Created created = creation.create(name, request, platform);
    return new Created(created.container().id(), created.warnings());
  }

  /**
   * The container that a user means, by id, name or the beginning of an id.
   *
   * @throws dev.plimsoll.engine.refusal.EngineException.NotFound in dockerd's words
   */
  public Container find(String nameOrId) {
    return parts.names().find(nameOrId);
  }

  public List<Container> all() {
    return parts.names().all();
  }

  /** Where the files of a container are. */
  public ContainerDirectory directory(ContainerId id) {
    return parts.directory(id);
  }

  public Bundle bundle(ContainerId id) {
    return parts.bundle(id);
  }

  public OciRuntime runtime() {
    return parts.runtime();
  }

  /** The container's files as it sees them, running or not; the caller closes them. */
  public ContainerFiles files(Container container) throws IOException, InterruptedException {
    return views.open(container);
  }

  /** The layers of the container's image, top first. */
  public List<Path> layers(Container container) throws IOException {
    return parts.images().lowerDirectories(ImageId.parse(container.snapshot().settings().image()));
  }

  /** Takes a place at the container's streams; the caller closes it. */
  public Attachment attach(Container container, AttachRequest request)
      throws IOException, InterruptedException {
    ContainerSnapshot now = container.snapshot();
    if (now.state() instanceof ContainerState.Paused) {
      throw new Conflict(
          "container %s is paused, unpause the container before attach".formatted(now.name()));
    }
    if (now.state() instanceof ContainerState.Restarting) {
      throw new Conflict(
          "container %s is restarting, wait until the container is running".formatted(now.id()));
    }
    var attachment =
        new Attachment(
            container,
            request,
            request.stream()
                ? Attachment.place(container, attachments, parts.bundle(container.id()))
                : new CompletableFuture<>(),
            out -> logs.replay(container, request, out),
            () -> parts.publish(container.snapshot(), "detach"));
    parts.publish(now, "attach");
    return attachment;
  }

  /** Does something to a container, alone: for the parts of this package's own subject elsewhere. */
  public <T, E extends Exception> T alone(Container container, Container.Operation<T, E> work)
      throws E, InterruptedException {
    return container.locked(work);
  }

  /** Tells the world of a container; {@code details} are keys and values. */
  public void publish(ContainerSnapshot container, String action, String... details) {
    parts.publish(container, action, details);
  }

  /**
   * Starts it.
   *
   * @throws NotModified if it runs
   */
  public void start(Container container) throws IOException, InterruptedException {
    container.locked(() -> {
      switch (container.snapshot().state()) {
        case ContainerState.Running _ -> throw new NotModified("container is already running");
        case ContainerState.Paused _ ->
            throw new Conflict("cannot start a paused container, try unpause instead");
        case ContainerState.Removing _, ContainerState.Dead _ ->
            throw new Conflict("container is marked for removal and cannot be started");
        case ContainerState.Created _, ContainerState.Exited _, ContainerState.Restarting _ -> {
          container.update(s -> s.restarts(0));
          startOrRemove(container);
        }
      }
      return Optional.empty();
    });
  }

  private void startOrRemove(Container container) throws IOException, InterruptedException {
    try {
      starting.start(container);
    } catch (IOException | RuntimeException e) {
      if (container.snapshot().settings().host().autoRemove()) {
        removal.remove(container, Volume.REMOVE_ANONYMOUS);
      }
      throw e;
    }
  }

  /**
   * Asks it to end, and ends it after a time.
   *
   * @param signal empty for the container's own
   * @param seconds how long it may take, negative for ever; empty for the container's own
   * @throws NotModified if it does not run
   */
  public void stop(Container container, Optional<Signal> signal, Optional<Integer> seconds)
      throws IOException, InterruptedException {
    stopping.stop(container, signal, seconds);
  }

  /**
   * Sends a signal.
   *
   * @throws Conflict if it does not run
   */
  public void kill(Container container, Signal signal) throws IOException, InterruptedException {
    stopping.kill(container, signal);
  }

  /** Stops it if it runs, and starts it. */
  public void restart(Container container, Optional<Signal> signal, Optional<Integer> seconds)
      throws IOException, InterruptedException {
    ContainerSnapshot before = container.snapshot();
    // One that would be removed after its end is not: it is about to run again.
    container.keep(true);
    try {
      if (before.alive()) {
        stopping.endNow(container, signal, seconds);
      }
      start(container);
    } finally {
      container.keep(false);
    }
    parts.publish(container.snapshot(), "restart");
  }

  public void pause(Container container) throws IOException, InterruptedException {
    pausing.pause(container);
  }

  public void unpause(Container container) throws IOException, InterruptedException {
    pausing.unpause(container);
  }

  /** How a container is removed. */
  public enum Force {
    /** Only if it does not run. */
    NO,
    /** Ended first if it runs. */
    YES
  }

  /** What becomes of the volumes that nobody has named. */
  public enum Volume {
    KEEP,
    REMOVE_ANONYMOUS
  }

  /**
   * Removes it.
   *
   * @throws Conflict if it runs and is not forced
   */
  public void remove(Container container, Force force, Volume volumes)
      throws IOException, InterruptedException {
    ContainerSnapshot before = container.snapshot();
    if (before.alive() && force == Force.NO) {
      String why =
          before.state() instanceof ContainerState.Paused
              ? "container is paused and must be unpaused first"
              : "container is running: stop the container before removing or force remove";
      throw new Conflict(
          "cannot remove container \"%s\": %s".formatted(before.name().withSlash(), why));
    }
    if (before.alive()) {
      stopping.killNow(container, before);
    }
    container.locked(() -> {
      if (!container.gone()) {
        removal.remove(container, volumes);
      }
      return Optional.empty();
    });
  }

  /**
   * Calls it otherwise.
   *
   * @throws Conflict if the name is taken
   */
  public void rename(Container container, ContainerName name)
      throws IOException, InterruptedException {
    amendment.rename(container, name);
  }

  /** Changes its limits and its restart policy, also while it runs. */
  public void update(Container container, UpdateRequest request)
      throws IOException, InterruptedException {
    amendment.update(container, request);
  }

  /**
   * Its processes as the host's {@code ps} shows them.
   *
   * @param arguments for ps; empty for {@code -ef}
   * @throws Conflict if it does not run
   */
  public TopReply top(Container container, String arguments)
      throws IOException, InterruptedException {
    ContainerSnapshot now = container.snapshot();
    if (!now.alive()) {
      throw new Conflict("container %s is not running".formatted(now.id()));
    }
    TopReply reply = ContainerTop.of(Set.copyOf(stats.processes(cgroupsPath(now))), arguments);
    parts.publish(now, "top");
    return reply;
  }

  private String cgroupsPath(ContainerSnapshot container) {
    return new BundleWriter(parts.facts(), parts.cgroupParent()).cgroupsPath(container.settings());
  }

  /** What it uses now; zeros if it does not run. */
  public StatsReply stats(Container container, Optional<StatsReply> before) throws IOException {
    ContainerSnapshot now = container.snapshot();
    return stats.take(now, cgroupsPath(now), parts.clock().instant(), before);
  }

  /** What a prune has removed. */
  public record Pruned(List<String> ids, long bytes) {}

  /** Removes those that do not run, limited by the filters {@code until} and {@code label}. */
  public Pruned prune(Filters filters) throws IOException, InterruptedException {
    filters.allowOnly(Set.of("until", "label", "label!"));
    Optional<Instant> until = Moments.until(filters, parts.clock().instant());
    List<String> removed = new ArrayList<>();
    long bytes = 0;
    for (Container container : all()) {
      ContainerSnapshot now = container.snapshot();
      boolean wanted =
          !now.alive()
              && !(now.state() instanceof ContainerState.Restarting)
              && until.map(u -> now.settings().created().isBefore(u)).orElse(true)
              && filters.matchesLabels(now.settings().config().labels());
      if (wanted) {
        bytes += ContainerSize.written(parts.directory(now.id()).upper());
        remove(container, Force.NO, Volume.KEEP);
        removed.add(now.id().value());
      }
    }
    parts
        .events()
        .publish(Event.Type.CONTAINER, "prune", "", Map.of("reclaimed", Long.toString(bytes)));
    return new Pruned(removed, bytes);
  }

  /** Changes the size of its terminal. */
  public void resize(Container container, int height, int width) throws IOException {
    amendment.resize(container, height, width);
  }

  /** What they said. */
  public ContainerLogs logs() {
    return logs;
  }

  /** What {@code docker ps} shows. */
  public List<ContainerSummary> list(ListRequest request) throws IOException {
    return list.list(request);
  }

  /** What {@code docker inspect} shows; {@code execs} are the ids of its further processes. */
  public InspectReply inspect(Container container, List<String> execs) {
    return inspection.of(container.snapshot(), Optional.empty(), execs);
  }

  /** As {@link #inspect} with its size, which reads the disk. */
  public InspectReply inspectWithSize(Container container, List<String> execs) throws IOException {
    ContainerSnapshot snapshot = container.snapshot();
    return inspection.of(snapshot, Optional.of(list.size(snapshot)), execs);
  }

  public ContainerSize size(Container container) throws IOException {
    return list.size(container.snapshot());
  }

  @Override
  public List<User> containersUsing(ImageId image) {
    return all().stream()
        .map(Container::snapshot)
        .filter(s -> s.settings().image().equals(image.toString()))
        .map(s -> new User(s.id().value(), s.alive() ? User.State.RUNNING : User.State.STOPPED))
        .toList();
  }

  @Override
  public void close() throws IOException {
    health.close();
    endings.close();
    timer.shutdownNow();
    removal.close();
    parts.conmon().close();
    log.info("containers left to themselves count={}", all().size());
  }
}
