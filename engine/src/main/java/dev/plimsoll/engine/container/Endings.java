package dev.plimsoll.engine.container;

import dev.plimsoll.engine.runtime.Conmon;
import dev.plimsoll.engine.runtime.ExitFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes notice of containers that ended: keeps how, cleans up, tells it, and then removes the
 * container or starts it again where that was asked for.
 */
final class Endings {
  private static final Logger log = LoggerFactory.getLogger(Endings.class);

  private final ContainerParts parts;
  private final CleanUp cleanUp;
  private final Removal removal;
  private final Starting starting;
  private final ScheduledExecutorService timer;
  private final ExitFiles exits;
  private final Set<ContainerId> inHand = ConcurrentHashMap.newKeySet();
  private volatile boolean closing;

  Endings(
      ContainerParts parts,
      CleanUp cleanUp,
      Removal removal,
      Starting starting,
      ScheduledExecutorService timer)
      throws IOException {
    this.parts = parts;
    this.cleanUp = cleanUp;
    this.removal = removal;
    this.starting = starting;
    this.timer = timer;
    this.exits = new ExitFiles(parts.run().resolve("exits"), this::exitSeen);
  }

  /** Nothing is started again from now on. */
  void close() throws IOException {
    closing = true;
    exits.close();
  }

  private void exitSeen(String text) {
    var id = new ContainerId(text);
    if (inHand.add(id)) {
      Thread.startVirtualThread(() -> {
        try {
          ended(id);
        } finally {
          inHand.remove(id);
        }
      });
    }
  }

  private void ended(ContainerId id) {
    try {
      Optional<Container> container =
          parts.names().all().stream().filter(c -> c.id().equals(id)).findFirst();
      if (container.isEmpty()) {
        exits.forget(id.value());
        return;
      }
      container.get().locked(() -> endedLocked(container.get()));
    } catch (IOException | RuntimeException e) {
      log.error("end of a container not dealt with id={}", id, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Optional<Void> endedLocked(Container container) throws IOException, InterruptedException {
    Optional<ExitFiles.Exit> exit = exits.read(container.id().value());
    if (exit.isPresent() && container.snapshot().alive()) {
      end(container, exit.get().code(), exit.get().at());
    } else if (exit.isPresent()) {
      exits.forget(container.id().value()); // of a start that was cut short
    }
    return Optional.empty();
  }

  /** Looks whether a container that should be alive is, without an exit file to tell. */
  void check(Container container) throws IOException, InterruptedException {
    ContainerSnapshot snapshot = container.snapshot();
    Optional<ContainerState.Running> running = snapshot.running();
    if (running.isEmpty()) {
      return;
    }
    Optional<ExitFiles.Exit> exit = exits.read(container.id().value());
    if (exit.isPresent()) {
      end(container, exit.get().code(), exit.get().at());
    } else if (!Conmon.isAlive(running.get().process())) {
      // Neither process nor exit file: the host was restarted, or conmon was killed.
      end(container, Ending.CODE_UNKNOWN, parts.clock().instant());
    }
  }

  /** Deals with an end. Callers hold the lock. */
  private void end(Container container, int code, Instant at)
      throws IOException, InterruptedException {
    ContainerSnapshot before = container.snapshot();
    ContainerState.Running run = before.running().orElseThrow();
    boolean oom = Files.exists(parts.bundle(container.id()).oomMark());
    try {
      cleanUp.butVolumes(before);
    } catch (IOException e) {
      log.warn("clean-up after a container's end was not complete id={}", container.id(), e);
    }
    var ending = new Ending(code, run.since(), at, oom, "");
    Optional<Duration> pause = pause(before, ending);
    var exited = new ContainerState.Exited(ending);
    ContainerSnapshot after =
        container.update(s -> s.ended(pause.isPresent() ? exited.restart() : exited, ending));
    parts.rows().saveState(after);
    exits.forget(container.id().value());
    log.info("container ended id={} name={} code={}", after.id(), after.name(), code);
    if (oom) {
      parts.publish(before, "oom", at);
    }
    long seconds = Math.max(0, Duration.between(run.since(), at).toSeconds());
    parts.publish(
        before,
        "die",
        at,
        "exitCode",
        Integer.toString(code),
        "execDuration",
        Long.toString(seconds));
    parts.publishNetworks(before, "disconnect");
    try {
      cleanUp.volumes(before); // watchers hear of it after the end, as from dockerd
    } catch (IOException e) {
      log.warn("volumes of a container that ended not let go id={}", container.id(), e);
    }
    follow(container, pause);
  }

  private Optional<Duration> pause(ContainerSnapshot before, Ending ending) {
    if (closing || before.settings().host().autoRemove()) {
      return Optional.empty();
    }
    Duration ran = Duration.between(ending.startedAt(), ending.at());
    int quick = ran.compareTo(RestartDecision.SUCCESS) < 0 ? before.restartCount() + 1 : 1;
    return RestartDecision.after(
        before.settings().host().restartPolicy(),
        ending.code(),
        before.stopped(),
        before.restartCount(),
        quick);
  }

  private void follow(Container container, Optional<Duration> pause)
      throws IOException, InterruptedException {
    if (container.snapshot().settings().host().autoRemove()) {
      if (container.kept()) {
        return;
      }
      removal.remove(container, Containers.Volume.REMOVE_ANONYMOUS);
    } else if (pause.isPresent()) {
      scheduleRestart(container, pause.get());
    }
  }

  /** Starts a container after a pause, unless somebody does something else with it meanwhile. */
  void scheduleRestart(Container container, Duration pause) {
    ContainerState expected = container.snapshot().state();
    var _ =
        timer.schedule(
            () -> Thread.startVirtualThread(() -> restart(container, expected)),
            pause.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private void restart(Container container, ContainerState expected) {
    try {
      container.locked(() -> {
        if (!closing && !container.gone() && container.snapshot().state().equals(expected)) {
          container.update(s -> s.restarts(s.restartCount() + 1));
          starting.start(container);
        }
        return Optional.empty();
      });
    } catch (IOException | RuntimeException e) {
      log.warn("container not started again id={} cause={}", container.id(), e.getMessage());
      again(container);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A start that failed counts as a run that ended at once. */
  private void again(Container container) {
    ContainerSnapshot failed = container.snapshot();
    if (failed.state() instanceof ContainerState.Exited exited) {
      Optional<Duration> pause =
          RestartDecision.after(
              failed.settings().host().restartPolicy(),
              exited.last().code(),
              failed.stopped(),
              failed.restartCount(),
              failed.restartCount() + 1);
      if (pause.isPresent()) {
        container.update(s -> s.with(exited.restart()));
        scheduleRestart(container, pause.get());
      }
    }
  }
}
