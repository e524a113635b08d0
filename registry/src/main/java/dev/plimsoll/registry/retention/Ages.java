package dev.plimsoll.registry.retention;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * How old things are, not counting time that no registry lived through: an image does not go unpulled
 * because nobody could have pulled it.
 */
public record Ages(Instant now, List<Gap> unseen) {

  /** Time that passed unseen. */
  public record Gap(Instant began, Instant ended) {}

  Duration since(Instant then) {
    Duration age = Duration.between(then, now);
    for (Gap gap : unseen) {
      Instant from = gap.began().isAfter(then) ? gap.began() : then;
      Instant to = gap.ended().isBefore(now) ? gap.ended() : now;
      if (from.isBefore(to)) {
        age = age.minus(Duration.between(from, to));
      }
    }
    return age;
  }

  /** Whether it was less than {@code duration} ago. */
  boolean within(Duration duration, Instant then) {
    return since(then).compareTo(duration) < 0;
  }
}
