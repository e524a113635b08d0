package dev.plimsoll.transfer;

import java.io.IOException;
import java.time.Duration;

/** How the time until the next attempt is spent. */
public interface Pause {
  /** For when somebody waits for the answer: half a minute at most, whatever the registry wants. */
  Pause BRIEF = (wait, because) -> Thread.sleep(Math.min(wait.toMillis(), 30_000));

  /** The same, but what wants to be left alone for longer is not tried again. */
  Pause BRIEF_OR_NONE =
      (wait, because) -> {
        if (wait.toMillis() > 30_000) {
          throw because;
        }
        Thread.sleep(wait);
      };

  /**
   * Waits.
   *
   * @param wait as long as the registry asked for with {@code Retry-After}, if it did
   * @throws IOException if there is to be no next attempt
   */
  void before(Duration wait, IOException because) throws IOException, InterruptedException;
}
