package dev.plimsoll.engine.container;

import dev.plimsoll.engine.refusal.EngineException;
import dev.plimsoll.engine.refusal.EngineException.Conflict;
import dev.plimsoll.engine.refusal.EngineException.NotModified;
import dev.plimsoll.engine.runtime.Conmon;
import dev.plimsoll.linux.Processes;
import dev.plimsoll.linux.Signal;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Ends containers: asks first, and then does not ask. */
final class Stopping {
  private static final Duration KILL_LIMIT = Duration.ofSeconds(10);
  private static final int STOP_SECONDS = 10; // dockerd's

  private final ContainerParts parts;
  private final Endings endings;
  private final Pausing pausing;

  Stopping(ContainerParts parts, Endings endings, Pausing pausing) {
    this.parts = parts;
    this.endings = endings;
    this.pausing = pausing;
  }

  /**
   * Asks it to end, and ends it after a time.
   *
   * @param signal empty for the container's own
   * @param seconds how long it may take, negative for ever; empty for the container's own
   * @throws NotModified if it does not run
   */
  void stop(Container container, Optional<Signal> signal, Optional<Integer> seconds)
      throws IOException, InterruptedException {
    ContainerSnapshot before = container.snapshot();
    if (before.state() instanceof ContainerState.Restarting) {
      container.locked(() -> giveUp(container));
      return;
    }
    if (!before.alive()) {
      throw new NotModified("container is already stopped");
    }
    endNow(container, signal, seconds);
  }

  /**
   * Sends a signal.
   *
   * @throws Conflict if it does not run
   */
  void kill(Container container, Signal signal) throws IOException, InterruptedException {
    ContainerSnapshot before = container.snapshot();
    if (before.state() instanceof ContainerState.Restarting) {
      container.locked(() -> giveUp(container));
      return;
    }
    if (!before.alive()) {
      throw new Conflict(
          "cannot kill container: %s: container %s is not running"
              .formatted(before.name(), before.id()));
    }
    if (signal.equals(Signal.KILL)) {
      killNow(container, before);
      return;
    }
    if (signal.equals(stopSignal(before))) {
      markStopped(container);
    }
    send(container, signal);
  }

  /** Ends one that runs, as {@link #stop} does. */
  void endNow(Container container, Optional<Signal> signal, Optional<Integer> seconds)
      throws IOException, InterruptedException {
    end(container, signal.orElseGet(() -> stopSignal(container.snapshot())), seconds);
    publishStop(container);
  }

  /** Ends, without asking, the run that {@code before} shows. */
  void killNow(Container container, ContainerSnapshot before)
      throws IOException, InterruptedException {
    markStopped(container);
    killAndWait(container, before);
  }

  /** Under the lock, which whoever deals with the end holds until "die" has been told. */
  private void publishStop(Container container) throws InterruptedException {
    container.locked(() -> {
      parts.publish(container.snapshot(), "stop");
      return Optional.empty();
    });
  }

  private static Signal stopSignal(ContainerSnapshot container) {
    String signal = container.settings().config().stopSignal();
    return signal == null || signal.isEmpty() ? Signal.TERM : CreationCheck.signal(signal);
  }

  private Optional<Void> giveUp(Container container) throws IOException {
    ContainerSnapshot after =
        container.update(s ->
            s.state() instanceof ContainerState.Restarting restarting
                ? s.stoppedByUser().with(restarting.giveUp())
                : s.stoppedByUser());
    parts.rows().saveState(after);
    return Optional.empty();
  }

  private void end(Container container, Signal signal, Optional<Integer> seconds)
      throws IOException, InterruptedException {
    ContainerSnapshot before = container.snapshot();
    markStopped(container);
    Integer own = before.settings().config().stopTimeoutSeconds();
    int limit = seconds.orElse(own == null ? STOP_SECONDS : own);
    boolean ended = false;
    send(container, signal);
    if (limit < 0) {
      container.await(s -> hasEnded(s, before));
      ended = true;
    } else if (limit > 0) {
      ended = container.await(s -> hasEnded(s, before), Duration.ofSeconds(limit));
    }
    if (!ended) {
      killAndWait(container, before);
    }
  }

  /** The run that {@code before} shows is over. */
  private static boolean hasEnded(ContainerSnapshot now, ContainerSnapshot before) {
    return !now.alive() || now.runs() != before.runs();
  }

  private void killAndWait(Container container, ContainerSnapshot before)
      throws IOException, InterruptedException {
    send(container, Signal.KILL);
    if (container.await(s -> hasEnded(s, before), KILL_LIMIT)) {
      return;
    }
    // Its conmon may be gone: then nobody writes an exit file.
    container.locked(() -> {
      endings.check(container);
      return Optional.empty();
    });
    if (!hasEnded(container.snapshot(), before)) {
      throw new EngineException.Failed(
          "cannot stop container: %s: tried to kill container, but did not receive an exit event"
              .formatted(before.id()));
    }
  }

  private void markStopped(Container container) throws IOException {
    parts.rows().saveState(container.update(ContainerSnapshot::stoppedByUser));
  }

  private void send(Container container, Signal signal) throws IOException, InterruptedException {
    ContainerSnapshot now = container.snapshot();
    Optional<ContainerState.Running> running = now.running();
    if (running.isEmpty() || !Conmon.isAlive(running.get().process())) {
      return;
    }
    Processes.kill(running.get().process().pid(), signal);
    parts.publish(now, "kill", "signal", Integer.toString(signal.number()));
    if (now.state() instanceof ContainerState.Paused) {
      pausing.unpause(container); // a frozen process takes no signal
    }
  }
}
