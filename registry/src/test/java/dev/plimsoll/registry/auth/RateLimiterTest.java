package dev.plimsoll.registry.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimiterTest {
  private final AtomicLong nanos = new AtomicLong(-5);
  private final RateLimiter limiter = new RateLimiter(nanos::get);
  private final Rate rate = Rate.parse("60/m");

  private int taken(String name, int tries) {
    int taken = 0;
    for (int i = 0; i < tries; i++) {
      if (limiter.take(name, rate).isEmpty()) {
        taken++;
      }
    }
    return taken;
  }

  @Test
  void allMayComeAtOnceAndThenOneForEachPart() {
    assertThat(taken("a", 100)).isEqualTo(60);
    nanos.addAndGet(Duration.ofSeconds(3).toNanos());
    assertThat(taken("a", 100)).isEqualTo(3);
    nanos.addAndGet(Duration.ofHours(3).toNanos());
    assertThat(taken("a", 100)).isEqualTo(60);
  }

  @Test
  void namesDoNotCountForEachOther() {
    assertThat(taken("a", 100)).isEqualTo(60);
    assertThat(taken("b", 100)).isEqualTo(60);
  }

  @Test
  void itSaysHowLongToWait() {
    assertThat(taken("a", 60)).isEqualTo(60);

    Duration wait = limiter.take("a", rate).orElseThrow();

    assertThat(wait).isEqualTo(Duration.ofSeconds(1));
    assertThat(limiter.look("a", rate)).contains(wait);
    nanos.addAndGet(wait.toNanos());
    assertThat(limiter.look("a", rate)).isEmpty();
    assertThat(limiter.take("a", rate)).isEmpty();
  }
}
