package dev.plimsoll.engine.exec;

import dev.plimsoll.linux.ChildProcess;
import dev.plimsoll.linux.Terminal;
import java.time.Instant;
import java.util.Optional;

/** Where an exec is in its life. */
public sealed interface ExecState {

  /** Made, and not yet asked to run. */
  record Created() implements ExecState {}

  /** The runtime is at it. */
  record Starting() implements ExecState {}

  record Running(ChildProcess process, Optional<Terminal> terminal) implements ExecState {}

  /**
   * Over.
   *
   * @param pid 0 if it never ran
   * @param code 128 + signal if a signal ended it; 126 or 127 if it never ran
   */
  record Ended(long pid, int code, Instant at) implements ExecState {}
}
