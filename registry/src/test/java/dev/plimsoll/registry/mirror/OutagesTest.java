package dev.plimsoll.registry.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.registry.mirror.Outages.Outage;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class OutagesTest {
  private static final Instant NOW = Instant.parse("2026-03-05T00:00:00Z");
  private static final Outage WISH =
      new Outage(NOW.plusSeconds(600), NOW.plusSeconds(600), "asks us to wait");
  private static final Outage DOWN = new Outage(NOW.plusSeconds(10), NOW, "is down");

  private final Outages outages = new Outages();

  @Test
  void anAnswerThatWasOnItsWayEndsNoPause() {
    outages.failed(WISH, NOW);

    assertThat(outages.answered(NOW.plusSeconds(1))).isFalse();

    assertThat(outages.pause(NOW.plusSeconds(1))).isEqualTo(Duration.ofSeconds(599));
    assertThat(outages.answered(NOW.plusSeconds(600))).isTrue();
    assertThat(outages.isUp()).isTrue();
  }

  @Test
  void anotherFailureCutsNoPauseShort() {
    outages.failed(WISH, NOW);
    outages.failed(DOWN, NOW.plusSeconds(1));

    assertThat(outages.pause(NOW.plusSeconds(1))).isEqualTo(Duration.ofSeconds(599));
    assertThat(outages.reason(NOW.plusSeconds(1))).contains("asks us to wait");
  }

  @Test
  void aShortWishCutsNoLongerOneShort() {
    outages.failed(WISH, NOW);
    outages.failed(new Outage(NOW.plusSeconds(10), NOW.plusSeconds(2), "asks again"), NOW);

    assertThat(outages.pause(NOW)).isEqualTo(Duration.ofSeconds(600));
  }

  @Test
  void aShortWishIsKeptAndOutlivedByTheOutage() {
    outages.failed(new Outage(NOW.plusSeconds(10), NOW.plusSeconds(2), "asks us to wait"), NOW);

    assertThat(outages.pause(NOW.plusSeconds(1))).isEqualTo(Duration.ofSeconds(1));
    assertThat(outages.pause(NOW.plusSeconds(2))).isZero();
    assertThat(outages.reason(NOW.plusSeconds(9))).contains("asks us to wait");
    assertThat(outages.reason(NOW.plusSeconds(10))).isEmpty();
  }

  @Test
  void aFailureIsOverWithTheFirstAnswer() {
    outages.failed(DOWN, NOW);
    assertThat(outages.reason(NOW)).contains("is down");
    assertThat(outages.pause(NOW)).isZero();

    assertThat(outages.answered(NOW)).isTrue();
    assertThat(outages.reason(NOW)).isEmpty();
    assertThat(outages.answered(NOW)).as("there is nothing to tell").isFalse();
  }
}
