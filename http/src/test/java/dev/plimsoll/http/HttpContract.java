package dev.plimsoll.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.http.RawClient.Answer;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the server promises on every kind of socket: the plain exchange of requests and answers. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
abstract class HttpContract {
  private final List<AutoCloseable> opened = new ArrayList<>();

  abstract TestServer.Kind kind();

  TestServer start(Handler handler) throws IOException {
    return start(Limits.DEFAULT, handler);
  }

  TestServer start(Limits limits, Handler handler) throws IOException {
    TestServer server = new TestServer(kind(), limits, handler);
    opened.add(server);
    return server;
  }

  RawClient connect(TestServer server) throws IOException {
    RawClient client = server.connect();
    opened.addFirst(client);
    return client;
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : opened) {
      each.close();
    }
  }

  @Test
  void aGetIsAnswered() throws Exception {
    TestServer server =
        start((request, response) ->
            response
                .header("Content-Type", "text/plain")
                .send((request.method() + " " + request.path()).getBytes(UTF_8)));

    Answer answer = connect(server).get("/a/b?c=d").answer();

    assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 200 OK");
    assertThat(answer.header("Content-Type")).contains("text/plain");
    assertThat(answer.text()).isEqualTo("GET /a/b");
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws Exception {
    TestServer server =
        start((request, response) -> {
          switch (request.path()) {
            case "/head" -> response.send("0123456789".getBytes(UTF_8));
            case "/echo" -> {
              try (OutputStream out = response.stream()) {
                request.body().transferTo(out);
              }
            }
            case "/get" -> response.send("got".getBytes(UTF_8));
            default -> response.status(404).header("Connection", "close").send();
          }
        });
    RawClient client = connect(server);

    client.send(
        "HEAD /head HTTP/1.1\r\nHost: t\r\n\r\n"
            + "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nTrailer: t\r\n\r\n"
            + "GET /get HTTP/1.1\r\nHost: t\r\n\r\n"
            + "GET /none HTTP/1.1\r\nHost: t\r\n\r\n");

    Answer head = client.answerToHead();
    assertThat(head.header("Content-Length")).contains("10");
    assertThat(client.answer().text()).isEqualTo("abcdefg");
    assertThat(client.answer().text()).isEqualTo("got");
    Answer last = client.answer();
    assertThat(last.status()).isEqualTo(404);
    assertThat(last.header("Connection")).contains("close");
    assertThat(client.rest()).isEmpty();
  }
}
