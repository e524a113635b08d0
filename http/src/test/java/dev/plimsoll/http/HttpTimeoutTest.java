package dev.plimsoll.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.http.RawClient.Answer;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the server does about clients that are slow, silent or greedy. */
class HttpTimeoutTest extends HttpContract {
  private static final Duration SHORT = Duration.ofMillis(400);
  private static final Handler OK = (request, response) -> response.send("ok".getBytes(UTF_8));

  @Test
  void aSilentConnectionIsClosed() throws Exception {
    TestServer server = start(Limits.DEFAULT.withIdleTimeout(SHORT), OK);

    assertThat(connect(server).rest()).isEmpty();
    RawClient used = connect(server);
    assertThat(used.get("/").answer().status()).isEqualTo(200);
    assertThat(used.rest()).isEmpty();
  }

  @Test
  void aHeaderThatDripsIsEnded() throws Exception {
    TestServer server = start(Limits.DEFAULT.withHeaderTimeout(SHORT), OK);
    RawClient client = connect(server);

    try {
      client.send("GET / HTTP/1.1\r\n");
      for (int i = 0; i < 10_000; i++) {
        client.send("x");
        if (client.in().available() > 0) {
          break;
        }
        Thread.onSpinWait();
      }
    } catch (IOException closedInTheMeantime) {
      assertThat(closedInTheMeantime).isNotNull();
    }

    assertThat(client.answer().status()).isIn(408, 431);
  }

  @Test
  void aHeaderThatNeverEndsIsA408() throws Exception {
    TestServer server = start(Limits.DEFAULT.withHeaderTimeout(SHORT), OK);

    Answer answer = connect(server).send("GET / HTTP/1.1\r\nHost: t\r\n").answer();

    assertThat(answer.status()).isEqualTo(408);
  }

  @Test
  void aStalledBodyIsA408() throws Exception {
    TestServer server =
        start(
            Limits.DEFAULT.withStallTimeout(SHORT),
            (request, response) -> response.send(request.bytes(1000)));
    RawClient client = connect(server);

    client.send("PUT / HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\nbegun");

    assertThat(client.answer().status()).isEqualTo(408);
    assertThat(client.rest()).isEmpty();
  }

  @Test
  void aReaderThatStallsIsCutAndItsHandlerFreed() throws Exception {
    TestServer server =
        start(
            Limits.DEFAULT.withStallTimeout(SHORT),
            (request, response) -> {
              var out = response.stream();
              while (true) {
                out.write(new byte[100_000]);
              }
            });

    connect(server).get("/");

    assertNobodyLeft(server);
  }

  @Test
  void aLongRequestLineIsA414() throws Exception {
    RawClient client = connect(start(OK));

    Answer answer = client.get("/" + "a".repeat(9000)).answer();

    assertThat(answer.status()).isEqualTo(414);
    assertThat(client.rest()).isEmpty();
  }

  @Test
  void longHeadersAreA431() throws Exception {
    RawClient client = connect(start(OK));

    client.send("GET / HTTP/1.1\r\nHost: t\r\nX: " + "a".repeat(40_000) + "\r\n\r\n");

    assertThat(client.answer().status()).isEqualTo(431);
    assertThat(client.rest()).isEmpty();
  }

  @Test
  void manyHeadersAreA431() throws Exception {
    RawClient client = connect(start(Limits.DEFAULT.withHeadersMax(10), OK));

    client.send("GET / HTTP/1.1\r\nHost: t\r\n" + "A: b\r\n".repeat(10) + "\r\n");

    assertThat(client.answer().status()).isEqualTo(431);
  }
}
