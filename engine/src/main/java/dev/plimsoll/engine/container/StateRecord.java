package dev.plimsoll.engine.container;

import dev.plimsoll.engine.runtime.HostProcess;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A container's state as its row keeps it. Only one that is alive has a process; what it has of the
 * network is found again, not stored.
 */
record StateRecord(
    String word,
    @Nullable HostProcess process,
    @Nullable Instant since,
    @Nullable Ending last,
    @Nullable String reason,
    int restartCount,
    boolean stopped,
    long runs) {

  static StateRecord of(ContainerSnapshot snapshot) {
    ContainerState.Running running = snapshot.running().orElse(null);
    return new StateRecord(
        snapshot.state().word(),
        running == null ? null : running.process(),
        running == null ? null : running.since(),
        snapshot.last(),
        snapshot.state() instanceof ContainerState.Dead(String reason) ? reason : null,
        snapshot.restartCount(),
        snapshot.stopped(),
        snapshot.runs());
  }

  /** The container as it was when the row was written. */
  ContainerSnapshot snapshot(ContainerSettings settings, ContainerName name) {
    return new ContainerSnapshot(
        settings, name, state(), last, restartCount, stopped, runs, null, null);
  }

  private ContainerState state() {
    return switch (word) {
      case "running", "paused" -> running();
      case "restarting" -> new ContainerState.Restarting(ending());
      case "exited" -> new ContainerState.Exited(ending());
      case "dead" -> new ContainerState.Dead(reason == null ? "" : reason);
      case "removing" -> new ContainerState.Removing();
      default -> new ContainerState.Created();
    };
  }

  private ContainerState running() {
    if (process == null || since == null) {
      return new ContainerState.Exited(ending());
    }
    var running = new ContainerState.Running(process, since);
    return word.equals("paused") ? running.pause() : running;
  }

  private Ending ending() {
    return last == null
        ? new Ending(Ending.CODE_UNKNOWN, Instant.EPOCH, Instant.EPOCH, false, "")
        : last;
  }
}
