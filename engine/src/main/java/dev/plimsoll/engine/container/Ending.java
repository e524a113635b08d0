package dev.plimsoll.engine.container;

import java.time.Instant;

/**
 * How a container's main process ended.
 *
 * @param code its exit status, or 128 + signal number if a signal ended it; 255 if nobody knows
 * @param startedAt when it had been started; {@link Instant#EPOCH} if it never got that far
 * @param oomKilled whether the kernel killed a process of the container for its memory
 * @param error why it could not be started, else empty
 */
public record Ending(int code, Instant startedAt, Instant at, boolean oomKilled, String error) {
  /** The code of an ending that nobody saw, as after a power cut. */
  public static final int CODE_UNKNOWN = 255;
}
