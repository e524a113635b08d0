package dev.plimsoll.engine.container;

import dev.plimsoll.engine.refusal.EngineException;
import java.util.Objects;

/** What {@code docker wait} waits for. */
public enum WaitCondition {
  /** That it does not run; true at once for one that never ran. */
  NOT_RUNNING,
  /** The end of this run, or of the next one if none is going on. */
  NEXT_EXIT,
  REMOVED;

  public static WaitCondition parse(String text) {
    return switch (text) {
      case "", "not-running" -> NOT_RUNNING;
      case "next-exit" -> NEXT_EXIT;
      case "removed" -> REMOVED;
      default ->
          throw new EngineException.BadParameter("invalid condition: \"%s\"".formatted(text));
    };
  }

  /**
   * Waits.
   *
   * @param begun the container as it was when the waiting began
   * @return the exit code
   */
  public int await(Container container, ContainerSnapshot begun) throws InterruptedException {
    ContainerSnapshot after =
        switch (this) {
          case NOT_RUNNING ->
              container.await(s -> !s.alive() && !(s.state() instanceof ContainerState.Restarting));
          case NEXT_EXIT -> container.await(s -> !Objects.equals(s.last(), begun.last()));
          case REMOVED -> container.awaitGone();
        };
    return after.lastEnding().map(Ending::code).orElse(0);
  }
}
