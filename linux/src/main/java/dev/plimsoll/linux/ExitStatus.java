package dev.plimsoll.linux;

/** How a process ended. */
public sealed interface ExitStatus {

  /** It returned, or called {@code exit}, with {@code code} of 0 to 255. */
  record Exited(int code) implements ExitStatus {}

  record Killed(Signal signal) implements ExitStatus {}

  /** As a shell tells it: the exit status, or 128 + the number of the signal. */
  default int code() {
    return switch (this) {
      case Exited(int code) -> code;
      case Killed(Signal signal) -> 128 + signal.number();
    };
  }
}
