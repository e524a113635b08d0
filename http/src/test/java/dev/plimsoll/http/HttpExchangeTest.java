package dev.plimsoll.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.http.RawClient.Answer;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** The plain exchange of requests and answers. */
@SuppressWarnings("StringConcatToTextBlock") // on the wire, line ends are CR and LF
class HttpExchangeTest extends HttpContract {
  @Test
  void aGetIsAnswered() throws Exception {
    TestServer server =
        start((request, response) ->
            response
                .header("Content-Type", "text/plain")
                .send((request.method() + " " + request.path()).getBytes(UTF_8)));

    Answer answer = connect(server).get("/a/b%2Fc?c=d").answer();

    assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 200 OK");
    assertThat(answer.header("Content-Type")).contains("text/plain");
    assertThat(answer.header("Date")).isPresent();
    assertThat(answer.header("X-Request-Id")).isPresent();
    assertThat(answer.text()).isEqualTo("GET /a/b%2Fc");
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

    assertThat(client.answerToHead().header("Content-Length")).contains("10");
    assertThat(client.answer().text()).isEqualTo("abcdefg");
    assertThat(client.answer().text()).isEqualTo("got");
    Answer last = client.answer();
    assertThat(last.status()).isEqualTo(404);
    assertThat(last.header("Connection")).contains("close");
    assertThat(client.rest()).isEmpty();
  }

  @Test
  void aRequestThatComesByteByByteIsTheSameRequest() throws Exception {
    TestServer server = start((request, response) -> response.send(request.bytes(100)));
    RawClient client = connect(server);

    for (byte b :
        ("\r\nPOST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
                + "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nabc")
            .getBytes(UTF_8)) {
      client.send(new byte[] {b});
    }

    assertThat(client.answer().text()).isEqualTo("hello world");
    assertThat(client.answer().text()).isEqualTo("abc");
  }

  @Test
  void aReasonPhraseOfOnesOwnIsSent() throws Exception {
    TestServer server =
        start((request, response) -> response.status(507).reason("No Space Left").send());

    assertThat(connect(server).get("/").answer().statusLine())
        .isEqualTo("HTTP/1.1 507 No Space Left");
  }

  @Test
  void headersAreSetOrAdded() throws Exception {
    TestServer server =
        start((request, response) ->
            response
                .header("One", 1)
                .header("one", 2)
                .addHeader("Link", "a")
                .addHeader("Link", "b")
                .send());

    assertThat(connect(server).get("/").answer().headers())
        .contains("one: 2", "Link: a", "Link: b")
        .doesNotContain("One: 1");
  }

  @Test
  void headersThatWouldBreakTheAnswerAreRefused() throws Exception {
    TestServer server =
        start((request, response) -> response.header("Location", "/\r\nSet-Cookie: x").send());

    Answer answer = connect(server).get("/").answer();

    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.header("Set-Cookie")).isEmpty();
  }

  @Test
  void toHeadTheHandlersContentLengthStands() throws Exception {
    TestServer server =
        start((request, response) -> response.header("Content-Length", 1_234_567).send());
    RawClient client = connect(server);

    client.send("HEAD / HTTP/1.1\r\nHost: t\r\n\r\nHEAD / HTTP/1.1\r\nHost: t\r\n\r\n");

    assertThat(client.answerToHead().header("Content-Length")).contains("1234567");
    assertThat(client.answerToHead().header("Content-Length")).contains("1234567");
  }

  @Test
  void toHeadAStreamHasNoBody() throws Exception {
    TestServer server =
        start((request, response) -> {
          try (OutputStream out = response.stream()) {
            out.write(new byte[100_000]);
          }
        });
    RawClient client = connect(server);

    client.send("HEAD / HTTP/1.1\r\nHost: t\r\n\r\nHEAD / HTTP/1.1\r\nHost: t\r\n\r\n");

    assertThat(client.answerToHead().status()).isEqualTo(200);
    assertThat(client.answerToHead().status()).isEqualTo(200);
  }

  @Test
  void noContentAndNotModifiedHaveNoBody() throws Exception {
    TestServer server =
        start((request, response) ->
            response
                .status(request.path().equals("/204") ? 204 : 304)
                .send("dropped".getBytes(UTF_8)));
    RawClient client = connect(server);

    Answer noContent = client.get("/204").answer();
    Answer notModified = client.get("/304").answer();

    assertThat(noContent.header("Content-Length")).isEmpty();
    assertThat(noContent.status()).isEqualTo(204);
    assertThat(notModified.status()).isEqualTo(304);
  }

  @Test
  void queriesAreDecoded() throws Exception {
    TestServer server =
        start((request, response) ->
            response.send(
                (request.query("a").orElse("-")
                        + request.queries("b")
                        + request.query("c").orElse("-")
                        + request.query("d").orElse("-")
                        + request.query("e").orElse("-"))
                    .getBytes(UTF_8)));

    assertThat(connect(server).get("/?a=1%2F2+3&b=x&b=&c&d=%zz").answer().text())
        .isEqualTo("1/2 3[x, ]%zz-");
  }

  @Test
  void anHttp10RequestIsAnsweredAndTheConnectionClosed() throws Exception {
    TestServer server =
        start((request, response) -> {
          try (OutputStream out = response.stream()) {
            out.write("streamed".getBytes(UTF_8));
          }
        });
    RawClient client = connect(server);

    Answer answer = client.send("GET / HTTP/1.0\r\n\r\n").answer();

    assertThat(answer.text()).isEqualTo("streamed");
    assertThat(answer.header("Transfer-Encoding")).isEmpty();
  }

  @Test
  void anHttp10ConnectionIsKeptWhenAskedFor() throws Exception {
    TestServer server = start((request, response) -> response.send("kept".getBytes(UTF_8)));
    RawClient client = connect(server);

    for (int i = 0; i < 2; i++) {
      Answer answer = client.send("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").answer();

      assertThat(answer.header("Connection")).contains("keep-alive");
      assertThat(answer.text()).isEqualTo("kept");
    }
  }

  @Test
  void aClientThatHalfClosesAfterItsRequestsStillGetsItsAnswers() throws Exception {
    TestServer server = start((request, response) -> response.send(request.path().getBytes(UTF_8)));
    RawClient client = connect(server);

    client.get("/one").get("/two");
    client.shutdownOutput();

    assertThat(client.answer().text()).isEqualTo("/one");
    assertThat(client.answer().text()).isEqualTo("/two");
    assertThat(client.rest()).isEmpty();
  }

  @Test
  void aHarmlessRequestIdIsTakenOverAndAnotherReplaced() throws Exception {
    TestServer server = start((request, response) -> response.send(request.id().getBytes(UTF_8)));
    RawClient client = connect(server);

    Answer taken =
        client.send("GET / HTTP/1.1\r\nHost: t\r\nX-Request-Id: ci-7.a_B\r\n\r\n").answer();
    Answer replaced =
        client.send("GET / HTTP/1.1\r\nHost: t\r\nX-Request-Id: a b\"\r\n\r\n").answer();

    assertThat(taken.text()).isEqualTo("ci-7.a_B");
    assertThat(taken.header("X-Request-Id")).contains("ci-7.a_B");
    assertThat(replaced.text()).matches("[0-9a-f]+-[0-9a-f]+");
  }

  @Test
  void aHandlerThatFailsIsA500WithoutItsSecrets() throws Exception {
    TestServer server =
        start((request, response) -> {
          response.header("X-Half", "done");
          throw new IOException("password of the database");
        });
    RawClient client = connect(server);

    Answer answer = client.get("/").answer();

    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.header("X-Half")).isEmpty();
    assertThat(answer.text()).doesNotContain("password").doesNotContain("Exception");
    assertThat(client.get("/").answer().status()).as("the connection is kept").isEqualTo(500);
  }

  @Test
  void aHandlerThatAnswersNothingIsA500() throws Exception {
    TestServer server = start((request, response) -> {});

    assertThat(connect(server).get("/").answer().status()).isEqualTo(500);
  }

  @Test
  void aHandlerThatFailsInItsStreamCutsTheConnection() throws Exception {
    TestServer server =
        start((request, response) -> {
          try (OutputStream out = response.stream()) {
            out.write("part".getBytes(UTF_8));
            throw new IOException("the source broke");
          }
        });
    RawClient client = connect(server);

    client.get("/");

    assertThat(new String(client.rest(), UTF_8)).doesNotContain("\r\n0\r\n");
    assertNobodyLeft(server);
  }

  @Test
  void oneConnectionsRequestsAreHandledOneAtATime() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    List<String> begun = new CopyOnWriteArrayList<>();
    TestServer server =
        start((request, response) -> {
          begun.add(request.path());
          if (request.path().equals("/wait")) {
            release.await();
          }
          response.send(request.path().getBytes(UTF_8));
        });
    RawClient client = connect(server);

    client.get("/wait").get("/next");
    await().atMost(PATIENCE).until(() -> begun.contains("/wait"));
    assertThat(connect(server).get("/other").answer().text()).isEqualTo("/other");
    assertThat(begun).containsExactlyInAnyOrder("/wait", "/other");
    release.countDown();

    assertThat(client.answer().text()).isEqualTo("/wait");
    assertThat(client.answer().text()).isEqualTo("/next");
  }
}
