package dev.plimsoll.engine.container;

import dev.plimsoll.docker.container.RestartPolicy;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether and when a container that ended is started again. Pure: the policy, how it ended and how
 * often it was tried decide.
 */
final class RestartDecision {
  private static final Duration FIRST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofMinutes(1);

  /** A run of this length was a success: the pauses begin anew. */
  static final Duration SUCCESS = Duration.ofSeconds(10);

  private RestartDecision() {}

  /**
   * How long to pause before the next start; empty leaves it ended.
   *
   * @param stopped whether a user ended it
   * @param restarts how often the policy has started it since a user did
   * @param quickFailures how many runs in a row ended before {@link #SUCCESS}, this one included
   */
  static Optional<Duration> after(
      RestartPolicy policy, int code, boolean stopped, int restarts, int quickFailures) {
    if (stopped) {
      return Optional.empty();
    }
    boolean again =
        switch (policy.name()) {
          case "always", "unless-stopped" -> true;
          case "on-failure" ->
              code != 0
                  && (policy.maximumRetryCount() == 0 || restarts < policy.maximumRetryCount());
          default -> false;
        };
    return again ? Optional.of(pause(quickFailures)) : Optional.empty();
  }

  /** 100 ms, doubled for each quick failure before, up to a minute. */
  static Duration pause(int quickFailures) {
    int doublings = Math.clamp(quickFailures - 1, 0, 16);
    Duration pause = FIRST.multipliedBy(1L << doublings);
    return pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
  }

  /** Whether a policy starts the container when the engine starts and finds it ended. */
  static boolean atEngineStart(RestartPolicy policy, boolean stopped) {
    return policy.name().equals("always") || (policy.name().equals("unless-stopped") && !stopped);
  }
}
