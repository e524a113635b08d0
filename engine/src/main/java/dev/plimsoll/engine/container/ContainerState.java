package dev.plimsoll.engine.container;

import dev.plimsoll.engine.runtime.HostProcess;
import java.time.Instant;

/**
 * Where a container is in its life. A transition that does not exist does not compile: there is no
 * {@code pause} on {@link Exited}.
 *
 * <pre>
 *   Created ──start──▶ Running ──exit──▶ Exited ──start──▶ Running
 *                      │  ▲  └──exit──▶ Restarting ──start──▶ Running
 *                  pause  resume                └──giveUp──▶ Exited
 *                      ▼  │
 *                      Paused ──exit──▶ Exited
 *   any but Running ──remove──▶ Removing ──▶ gone, or Dead if something would not go
 * </pre>
 */
public sealed interface ContainerState {

  /** The word for it that the API and the {@code status} filter use. */
  String word();

  /** Made, and never yet running; a start may have failed. */
  record Created() implements ContainerState {
    public Running start(HostProcess process, Instant at) {
      return new Running(process, at);
    }

    @Override
    public String word() {
      return "created";
    }
  }

  record Running(HostProcess process, Instant since) implements ContainerState {
    public Paused pause() {
      return new Paused(this);
    }

    public Exited exit(int code, Instant at, boolean oomKilled) {
      return new Exited(new Ending(code, since, at, oomKilled, ""));
    }

    @Override
    public String word() {
      return "running";
    }
  }

  /** Frozen by the cgroup freezer; the processes keep their memory and their place in time. */
  record Paused(Running frozen) implements ContainerState {
    public Running resume() {
      return frozen;
    }

    @Override
    public String word() {
      return "paused";
    }
  }

  /** Ended, and its restart policy will start it again after a pause. */
  record Restarting(Ending last) implements ContainerState {
    public Exited giveUp() {
      return new Exited(last);
    }

    @Override
    public String word() {
      return "restarting";
    }
  }

  record Exited(Ending last) implements ContainerState {
    public Running start(HostProcess process, Instant at) {
      return new Running(process, at);
    }

    public Restarting restart() {
      return new Restarting(last);
    }

    @Override
    public String word() {
      return "exited";
    }
  }

  /** Being taken apart. */
  record Removing() implements ContainerState {
    @Override
    public String word() {
      return "removing";
    }
  }

  /** Something of it would not go; it can only be removed again. */
  record Dead(String reason) implements ContainerState {
    @Override
    public String word() {
      return "dead";
    }
  }
}
