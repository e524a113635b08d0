package dev.plimsoll.foundation.log;

/** What all events of a piece of work have in common, without each of them saying so. */
public final class LogContext {
  /**
   * The name of the request that a thread works for; the log adds it. Bound for as long as the work
   * goes on, and read only where something is logged.
   */
  public static final ScopedValue<String> REQUEST = ScopedValue.newInstance();

  private LogContext() {}
}
