package dev.plimsoll.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.http.RawClient.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** How a server closes, and how many it lets in. */
class HttpDrainTest extends HttpContract {
  @Test
  void aDrainLetsRequestsEndAndClosesIdleConnections() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    TestServer server =
        start((request, response) -> {
          if (request.path().equals("/slow")) {
            release.await();
          }
          response.send("whole".getBytes(UTF_8));
        });
    RawClient idle = connect(server);
    idle.get("/").answer();
    RawClient busy = connect(server);
    busy.get("/slow");
    await().atMost(PATIENCE).until(() -> server.handlers() == 1);

    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var closed =
          threads.submit(() -> {
            server.server.close(PATIENCE);
            return null;
          });
      assertThat(idle.rest()).isEmpty();
      assertThatThrownBy(() -> server.connect().get("/").answer()).isInstanceOf(IOException.class);
      assertThat(closed.isDone()).isFalse();
      release.countDown();

      Answer answer = busy.answer();
      assertThat(answer.text()).isEqualTo("whole");
      assertThat(answer.header("Connection")).contains("close");
      assertThat(busy.rest()).isEmpty();
      busy.close();
      closed.get();
    }
    assertThat(server.server.connections()).isZero();
  }

  @Test
  void whatOutlastsTheGraceIsCut() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    TestServer server =
        start((request, response) -> {
          begun.countDown();
          new CountDownLatch(1).await();
        });
    RawClient client = connect(server);
    client.get("/");
    begun.await();

    server.server.close(Duration.ofMillis(100));

    assertThat(client.rest()).isEmpty();
    assertThat(server.handlers()).isZero();
    assertThat(server.server.connections()).isZero();
  }

  @Test
  void aClosedServerCanBeClosedAgain() throws Exception {
    TestServer server = start((request, response) -> response.send());

    server.server.close(PATIENCE);
    server.server.close();

    assertThat(server.server.connections()).isZero();
  }

  @Test
  void beyondTheLimitClientsWaitForAPlace() throws Exception {
    TestServer server =
        start(
            Limits.DEFAULT.withConnectionsMax(2),
            (request, response) -> {
              if (request.path().equals("/hold")) {
                CountDownLatch gone = new CountDownLatch(1);
                request.onDisconnect(gone::countDown);
                gone.await();
              }
              response.send("in".getBytes(UTF_8));
            });
    RawClient first = connect(server);
    first.get("/hold");
    RawClient second = connect(server);
    second.get("/hold");
    await().atMost(PATIENCE).until(() -> server.handlers() == 2);

    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var third =
          threads.submit(() -> {
            try (RawClient client = server.connect()) {
              return client.get("/").answer().text();
            }
          });
      assertThat(server.server.connections()).isEqualTo(2);
      assertThat(third.isDone()).isFalse();
      first.close();

      assertThat(third.get()).isEqualTo("in");
    }
  }

  @Test
  void anIdleConnectionMakesPlaceForOneThatWaits() throws Exception {
    TestServer server =
        start(
            Limits.DEFAULT.withConnectionsMax(1).withStallTimeout(Duration.ofMillis(400)),
            (request, response) -> response.send("in".getBytes(UTF_8)));
    RawClient idle = connect(server);
    idle.get("/").answer();

    try (RawClient second = server.connect()) {
      assertThat(second.get("/").answer().text()).isEqualTo("in");
    }
  }
}
