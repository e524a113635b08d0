package dev.plimsoll.engine.container;

import dev.plimsoll.docker.container.Health;
import dev.plimsoll.engine.network.NetworkSandbox;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A container at one moment. Lists, inspects and waits read this and nothing else, so they answer
 * also while the container's runtime or disk does not.
 *
 * @param last how it last ended, if it ever did
 * @param restartCount how often its policy has started it again since it was last started by hand
 * @param stopped whether a user asked for the end: a policy then leaves it ended
 * @param runs how often it has been started, ever: tells one run from the next
 * @param network what it has of the network while it runs
 * @param health what its checks found, if it has any
 */
public record ContainerSnapshot(
    ContainerSettings settings,
    ContainerName name,
    ContainerState state,
    @Nullable Ending last,
    int restartCount,
    boolean stopped,
    long runs,
    @Nullable NetworkSandbox network,
    @Nullable Health health) {

  public ContainerId id() {
    return settings.id();
  }

  public Optional<Ending> lastEnding() {
    return Optional.ofNullable(last);
  }

  /** Whether its processes exist, frozen or not. */
  public boolean alive() {
    return state instanceof ContainerState.Running || state instanceof ContainerState.Paused;
  }

  /** The run that goes on now. */
  public Optional<ContainerState.Running> running() {
    return switch (state) {
      case ContainerState.Running running -> Optional.of(running);
      case ContainerState.Paused(ContainerState.Running frozen) -> Optional.of(frozen);
      case ContainerState.Created _,
          ContainerState.Restarting _,
          ContainerState.Exited _,
          ContainerState.Removing _,
          ContainerState.Dead _ ->
          Optional.empty();
    };
  }

  /** When it was last started; empty if never. */
  public Optional<Instant> startedAt() {
    return running()
        .map(ContainerState.Running::since)
        .or(() -> lastEnding().map(Ending::startedAt).filter(at -> !at.equals(Instant.EPOCH)));
  }

  ContainerSnapshot with(ContainerState next) {
    return new ContainerSnapshot(
        settings, name, next, last, restartCount, stopped, runs, network, health);
  }

  /** The state after an end, which is remembered. */
  ContainerSnapshot ended(ContainerState next, Ending ending) {
    return new ContainerSnapshot(
        settings, name, next, ending, restartCount, stopped, runs, null, health);
  }

  ContainerSnapshot started(ContainerState.Running running, NetworkSandbox sandbox) {
    return new ContainerSnapshot(
        settings, name, running, last, restartCount, false, runs + 1, sandbox, null);
  }

  ContainerSnapshot named(ContainerName other) {
    return new ContainerSnapshot(
        settings, other, state, last, restartCount, stopped, runs, network, health);
  }

  ContainerSnapshot with(ContainerSettings changed) {
    return new ContainerSnapshot(
        changed, name, state, last, restartCount, stopped, runs, network, health);
  }

  ContainerSnapshot stoppedByUser() {
    return new ContainerSnapshot(
        settings, name, state, last, restartCount, true, runs, network, health);
  }

  ContainerSnapshot restarts(int count) {
    return new ContainerSnapshot(
        settings, name, state, last, count, stopped, runs, network, health);
  }

  ContainerSnapshot with(@Nullable NetworkSandbox sandbox) {
    return new ContainerSnapshot(
        settings, name, state, last, restartCount, stopped, runs, sandbox, health);
  }

  ContainerSnapshot with(@Nullable Health found) {
    return new ContainerSnapshot(
        settings, name, state, last, restartCount, stopped, runs, network, found);
  }
}
