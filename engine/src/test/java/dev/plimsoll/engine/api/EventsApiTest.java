package dev.plimsoll.engine.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.engine.api.RunningRouter.Answer;
import dev.plimsoll.engine.event.Event;
import dev.plimsoll.engine.event.Event.Type;
import dev.plimsoll.engine.event.Events;
import dev.plimsoll.http.client.ClientResponse;
import dev.plimsoll.oci.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class EventsApiTest {
  private final InstantSource clock = InstantSource.system();
  private final Events events = new Events(clock);

  @TempDir private Path directory;
  private RunningRouter running;

  @BeforeEach
  void start() throws IOException {
    running = new RunningRouter(directory, new Router("Test/1").add(new EventsApi(events, clock)));
  }

  @AfterEach
  void stop() {
    running.close();
  }

  private ClientResponse listen(String query) throws Exception {
    return running.open(running.request("GET", "/events" + query).patient());
  }

  /** Byte by byte: a reader that reads ahead would wait for an event that nobody sends. */
  private static JsonNode next(ClientResponse listening) throws IOException {
    var line = new ByteArrayOutputStream();
    for (int b = listening.body().read(); b >= 0 && b != '\n'; b = listening.body().read()) {
      line.write(b);
    }
    return Json.tree(line.toByteArray());
  }

  @Test
  void theHeaderComesBeforeAnythingHasHappened() throws Exception {
    try (ClientResponse listening = listen("")) {
      assertThat(listening.status()).isEqualTo(200);
      assertThat(listening.header("Content-Type")).contains("application/json");
    }
  }

  @Test
  void eachEventIsALineInNewWordsAndOld() throws Exception {
    try (ClientResponse listening = listen("")) {
      events.publish(
          Type.CONTAINER,
          "die",
          "0123",
          Map.of("image", "busybox", "name", "web", "exitCode", "7"));

      JsonNode event = next(listening);

      assertThat(event.path("Type").stringValue()).isEqualTo("container");
      assertThat(event.path("Action").stringValue()).isEqualTo("die");
      assertThat(event.path("Actor").path("ID").stringValue()).isEqualTo("0123");
      assertThat(event.path("Actor").path("Attributes").path("exitCode").stringValue())
          .isEqualTo("7");
      assertThat(event.path("status").stringValue()).isEqualTo("die");
      assertThat(event.path("id").stringValue()).isEqualTo("0123");
      assertThat(event.path("from").stringValue()).isEqualTo("busybox");
      assertThat(event.path("scope").stringValue()).isEqualTo("local");
      assertThat(event.path("timeNano").longValue() / 1_000_000_000L)
          .isEqualTo(event.path("time").longValue());
    }
  }

  @Test
  void onlyWhatWasAskedForIsSent() throws Exception {
    String filters = "?filters=%7B%22type%22%3A%7B%22volume%22%3Atrue%7D%7D";
    try (ClientResponse listening = listen(filters)) {
      events.publish(Type.CONTAINER, "start", "c1", Map.of());
      events.publish(Type.VOLUME, "create", "data", Map.of());

      assertThat(next(listening).path("Actor").path("ID").stringValue()).isEqualTo("data");
    }
  }

  @Test
  void thePastIsToldAndThenItEnds() throws Exception {
    Instant now = clock.instant();
    for (int age : new int[] {30, 20, 10}) {
      events.publish(new Event(Type.IMAGE, "pull", "i" + age, Map.of(), now.minusSeconds(age)));
    }

    Answer answer =
        running.send(
            "GET",
            "/events?since=%d&until=%d.5"
                .formatted(now.getEpochSecond() - 25, now.getEpochSecond() - 15));

    assertThat(answer.body().lines()).singleElement().asString().contains("\"ID\":\"i20\"");
  }

  @Test
  void theStreamEndsWhenItsTimeIsOver() throws Exception {
    Instant soon = clock.instant().plusMillis(300);
    String until = "%d.%09d".formatted(soon.getEpochSecond(), soon.getNano());

    Answer answer = running.send("GET", "/events?until=" + until);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
    assertThat(clock.instant()).isAfterOrEqualTo(soon);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "?since=yesterday",
        "?until=1.2.3",
        "?since=20&until=10",
        "?filters=%5B",
        "?filters=%7B%22colour%22%3A%5B%22red%22%5D%7D"
      })
  void whatMakesNoSenseIsRefused(String query) throws Exception {
    assertThat(running.send("GET", "/events" + query).status()).isEqualTo(400);
  }

  @Test
  void momentsMayBeWrittenAsDates() throws Exception {
    Answer answer =
        running.send(
            "GET", "/events?since=2026-01-01T00:00:00Z&until=2026-01-02T00:00:00.5%2B01:00");

    assertThat(answer.status()).isEqualTo(200);
  }

  @Test
  void aClientThatGoesTakesItsSubscriptionWithIt() throws Exception {
    ClientResponse listening = listen("");
    await().until(() -> events.subscribers() == 1);

    listening.close();

    await().until(() -> events.subscribers() == 0);
  }
}
