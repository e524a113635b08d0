package dev.plimsoll.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.plimsoll.http.RequestMetrics.Finished;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What is written down about requests, and what never is. */
class RequestLogTest {
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final List<Finished> counted = new CopyOnWriteArrayList<>();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          lines.add(event.getFormattedMessage());
        }
      };
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Logger access = (Logger) LoggerFactory.getLogger("dev.plimsoll.http.access");
  private final HttpServer server =
      new HttpServer(
          (request, response) -> {
            if (request.path().equals("/fails")) {
              throw new IllegalStateException("on purpose");
            }
            if (request.path().equals("/cut")) {
              response.stream().write("half".getBytes(StandardCharsets.UTF_8));
              throw new CutShort(new IOException("the other half did not come"));
            }
            response.status(201).send(request.bytes(100));
          },
          Limits.DEFAULT,
          counted::add);

  @BeforeEach
  void listenToTheLog() {
    appender.start();
    root.addAppender(appender);
    access.setLevel(Level.INFO);
  }

  @AfterEach
  void stop() {
    root.detachAppender(appender);
    server.close();
  }

  private String exchange(String request) throws Exception {
    InetSocketAddress address =
        server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    try (RawClient client = RawClient.tcp(address)) {
      client.send(request).answer();
    }
    await().atMost(Duration.ofSeconds(20)).until(() -> !counted.isEmpty());
    return String.join("\n", lines);
  }

  @Test
  void aRequestIsOneLineWithoutItsSecrets() throws Exception {
    String log =
        exchange(
            """
            PUT /v2/a?token=hunter2 HTTP/1.1
            Host: t
            X-Request-Id: r7
            Authorization: Bearer hunter2
            Cookie: c=hunter2
            Content-Length: 7

            hunter2\
            """
                .replace("\n", "\r\n"));

    assertThat(log)
        .containsPattern(
            "request answered id=r7 peer=127.0.0.1:\\d+ method=PUT path=/v2/a status=201 bytes=7 millis=\\d+")
        .doesNotContain("hunter2");
  }

  @Test
  void anAnswerThatIsCutShortIsNoFailureOfTheServersOwn() {
    assertThatThrownBy(() -> exchange("GET /cut HTTP/1.1\r\nHost: t\r\n\r\n"))
        .isInstanceOf(IOException.class);

    assertThat(String.join("\n", lines)).doesNotContain("request failed");
  }

  @Test
  void aReadThatWentWellIsLoggedOnlyWhereAskedFor() throws Exception {
    String get = "GET /v2/a HTTP/1.1\r\nHost: t\r\n\r\n";
    assertThat(exchange(get)).isEmpty();

    access.setLevel(Level.DEBUG);
    assertThat(exchange(get)).contains("method=GET path=/v2/a status=201");
  }

  @Test
  void aRequestIsCounted() throws Exception {
    exchange("PUT /v2/a?b=c HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nabc");

    Finished finished = counted.getFirst();
    assertThat(finished.method()).isEqualTo("PUT");
    assertThat(finished.path()).isEqualTo("/v2/a");
    assertThat(finished.status()).isEqualTo(201);
    assertThat(finished.receivedBytes()).isEqualTo(3);
    assertThat(finished.sentBytes()).isEqualTo(3);
  }

  @Test
  void aHandlerThatFailsIsLoggedOnce() throws Exception {
    String log = exchange("GET /fails?token=hunter2 HTTP/1.1\r\nHost: t\r\n\r\n");

    assertThat(log.lines().filter(line -> line.startsWith("request failed"))).hasSize(1);
    assertThat(log).contains("method=GET path=/fails").doesNotContain("hunter2");
  }

  @Test
  void aRefusedRequestIsLoggedWithoutItsBytes() throws Exception {
    String log = exchange("GET /hunter2\u0000 HTTP/1.1\r\nHost: t\r\n\r\n");

    assertThat(log)
        .contains("request refused peer=")
        .contains("status=400")
        .doesNotContain("hunter2");
    assertThat(counted.getFirst().status()).isEqualTo(400);
  }
}
