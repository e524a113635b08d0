package dev.plimsoll.registry.auth;

import java.util.Optional;

/**
 * How many requests are answered.
 *
 * @param perUser of one user or robot, wherever the requests come from
 * @param perAddress of one address that does not sign in
 * @param failuresPerAddress sign-ins that failed; guesses that come after are not even looked at
 */
public record RequestLimits(
    Optional<Rate> perUser, Optional<Rate> perAddress, Rate failuresPerAddress) {
  public static final RequestLimits NONE =
      new RequestLimits(Optional.empty(), Optional.empty(), Rate.parse("30/m"));
}
