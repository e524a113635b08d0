package dev.plimsoll.engine.container;

import dev.plimsoll.engine.network.NetworkSandbox;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over the containers of the engine that ran before, however it ended: those that run go on
 * running, of those that ended it is learnt how, and what was begun and not finished is undone.
 */
final class Adoption {
  private static final Logger log = LoggerFactory.getLogger(Adoption.class);
  private static final int AT_ONCE_MAX = 8;

  private final ContainerParts parts;
  private final CleanUp cleanUp;
  private final ContainerMounts mounts;
  private final Endings endings;
  private final Healthchecks health;

  Adoption(
      ContainerParts parts,
      CleanUp cleanUp,
      ContainerMounts mounts,
      Endings endings,
      Healthchecks health) {
    this.health = health;
    this.parts = parts;
    this.cleanUp = cleanUp;
    this.mounts = mounts;
    this.endings = endings;
  }

  /** Takes over all containers; one that makes trouble is told of and keeps nobody waiting. */
  void adoptAll(List<Container> containers) throws InterruptedException {
    var places = new Semaphore(AT_ONCE_MAX);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Optional<Void>>> tasks = new ArrayList<>();
      for (Container container : containers) {
        Callable<Optional<Void>> task =
            () -> {
              places.acquire();
              try {
                adopt(container);
              } finally {
                places.release();
              }
              return Optional.empty();
            };
        tasks.add(threads.submit(task));
      }
      for (int i = 0; i < tasks.size(); i++) {
        report(tasks.get(i), containers.get(i));
      }
    }
  }

  private static void report(Future<Optional<Void>> task, Container container)
      throws InterruptedException {
    try {
      var _ = task.get();
    } catch (ExecutionException e) {
      log.error("container not adopted id={}", container.id(), e.getCause());
    }
  }

  private void adopt(Container container) throws IOException, InterruptedException {
    container.locked(() -> {
      ContainerSnapshot found = container.snapshot();
      if (found.alive()) {
        endings.check(container);
      } else {
        undoHalfMade(found);
      }
      if (container.snapshot().alive()) {
        adoptRunning(container);
      } else if (!container.gone() && !found.alive()) {
        resume(container);
      }
      return Optional.empty();
    });
  }

  /** A start that was cut short may have got as far as a process that waits for its first word. */
  private void undoHalfMade(ContainerSnapshot container) throws InterruptedException {
    try {
      cleanUp.afterEnd(container);
    } catch (IOException e) {
      log.warn("leftovers of a container not taken away id={}", container.id(), e);
    }
  }

  private void adoptRunning(Container container) throws IOException {
    ContainerSnapshot running = container.snapshot();
    mounts.adopt(running.settings());
    String mode = running.settings().networkMode();
    if (!mode.startsWith("container:")) {
      Optional<NetworkSandbox> sandbox =
          parts.networks().adopt(Creation.networkRequest(running.settings(), running.name()));
      container.update(s -> s.with(sandbox.orElse(null)));
    }
    health.begin(container);
    log.info("container adopted id={} name={}", running.id(), running.name());
  }

  /** What a restart policy asks for when the engine comes back. */
  private void resume(Container container) {
    ContainerSnapshot ended = container.snapshot();
    boolean again =
        switch (ended.state()) {
          case ContainerState.Restarting _ -> true;
          case ContainerState.Exited _ ->
              RestartDecision.atEngineStart(
                  ended.settings().host().restartPolicy(), ended.stopped());
          case ContainerState.Created _,
              ContainerState.Running _,
              ContainerState.Paused _,
              ContainerState.Removing _,
              ContainerState.Dead _ ->
              false;
        };
    if (again) {
      endings.scheduleRestart(container, Duration.ZERO);
    }
  }
}
