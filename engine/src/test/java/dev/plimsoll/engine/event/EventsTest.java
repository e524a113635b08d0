package dev.plimsoll.engine.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.engine.event.Event.Type;
import dev.plimsoll.engine.filter.Filters;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventsTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Duration SOON = Duration.ofSeconds(10);

  private final Events events = new Events(() -> NOON);

  private static Event at(int second, String action) {
    return new Event(Type.CONTAINER, action, "c1", Map.of(), NOON.plusSeconds(second));
  }

  @Test
  void aListenerGetsWhatHappensInOrder() throws InterruptedException {
    try (Subscription listening = events.subscribe(EventFilter.ALL)) {
      events.publish(Type.CONTAINER, "create", "c1", Map.of());
      events.publish(Type.CONTAINER, "start", "c1", Map.of());

      assertThat(listening.next(SOON)).map(Event::action).contains("create");
      assertThat(listening.next(SOON)).map(Event::action).contains("start");
    }
  }

  @Test
  void aListenerThatNamesAMomentGetsWhatHappenedSince() throws InterruptedException {
    events.publish(at(1, "create"));
    events.publish(at(2, "start"));
    events.publish(at(3, "die"));

    try (Subscription listening = events.subscribe(EventFilter.ALL, NOON.plusSeconds(2))) {
      assertThat(listening.next(SOON)).map(Event::action).contains("start");
      assertThat(listening.next(SOON)).map(Event::action).contains("die");
    }
  }

  @Test
  void theOldestAreForgottenWhenTooManyHaveHappened() {
    for (int i = 0; i < 300; i++) {
      events.publish(at(i, "exec_die"));
    }

    List<Event> kept = events.between(EventFilter.ALL, NOON, NOON.plusSeconds(1000));

    assertThat(kept).hasSize(256);
    assertThat(kept.getFirst().time()).isEqualTo(NOON.plusSeconds(44));
  }

  @Test
  void aListenerThatDoesNotReadIsEndedAfterWhatItHad() throws InterruptedException {
    try (Subscription idle = events.subscribe(EventFilter.ALL)) {
      for (int i = 0; i <= Subscription.QUEUED_MAX; i++) {
        events.publish(at(i, "exec_die"));
      }

      assertThat(idle.fellBehind()).isTrue();
      for (int i = 0; i < Subscription.QUEUED_MAX; i++) {
        assertThat(idle.next(Duration.ZERO)).isPresent();
      }
      assertThat(idle.next(SOON)).isEmpty();
      assertThat(idle.ended()).isTrue();
    }
  }

  @Test
  void closingEndsAWaitAtOnce() throws Exception {
    Subscription waiting = events.subscribe(EventFilter.ALL);
    var result =
        CompletableFuture.supplyAsync(() -> {
          try {
            return waiting.next(Duration.ofHours(1)).isPresent();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });

    waiting.close();

    assertThat(result.get(10, TimeUnit.SECONDS)).isFalse();
    assertThat(events.subscribers()).isZero();
  }

  private static final Event DIED =
      new Event(
          Type.CONTAINER,
          "die",
          "0123456789abcdef",
          Map.of("name", "web-1", "image", "team/app:1.0", "tier", "front"),
          NOON);

  @ParameterizedTest
  @CsvSource({
    "type, container, true",
    "type, image, false",
    "event, die, true",
    "event, di, false",
    "container, 0123, true",
    "container, web-1, true",
    "container, web, true",
    "container, db, false",
    "image, team/app:1.0, true",
    "image, team/app, true",
    "image, team, false",
    "label, tier, true",
    "label, tier=front, true",
    "label, tier=back, false",
    "scope, local, true",
    "scope, swarm, false",
    "network, web, true",
    "volume, data, false",
  })
  void aFilterMeansWhatItMeansToDockerd(String name, String value, boolean matches) {
    var filter = new EventFilter(Filters.of(Map.of(name, List.of(value))));

    assertThat(filter.test(DIED)).isEqualTo(matches);
  }

  @Test
  void anActionWithADetailIsFoundWithoutIt() {
    var filter = new EventFilter(Filters.of(Map.of("event", List.of("exec_start"))));

    assertThat(filter.test(at(0, "exec_start: sh -c true"))).isTrue();
  }

  @Test
  void anUnknownFilterIsRefused() {
    assertThatThrownBy(() -> new EventFilter(Filters.of(Map.of("colour", List.of("red")))))
        .isInstanceOf(BadParameter.class)
        .hasMessage("invalid filter 'colour'");
  }
}
