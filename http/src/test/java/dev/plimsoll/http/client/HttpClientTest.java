package dev.plimsoll.http.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class HttpClientTest {
  private static final String HELLO = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final Duration LONG = Duration.ofSeconds(20);

  private final HttpClient client =
      new HttpClient(ClientSettings.DEFAULT.withTimeouts(LONG, LONG, LONG));

  @AfterEach
  void closeClient() {
    client.close();
  }

  @Test
  void anAnswerHasStatusHeadersAndBody() throws Exception {
    try (var server =
            ScriptedServer.answering(
                "HTTP/1.1 404 Not Found\r\nX-One: 1\r\nx-one: 2\r\nContent-Length: 4\r\n\r\ngone");
        var response = client.send(ClientRequest.get(server.endpoint(), "/v2/"))) {
      assertThat(response.status()).isEqualTo(404);
      assertThat(response.reason()).isEqualTo("Not Found");
      assertThat(response.headers("X-ONE")).containsExactly("1", "2");
      assertThat(response.header("absent")).isEmpty();
      assertThat(response.body()).hasContent("gone");
    }
  }

  @Test
  void aConnectionServesManyRequests() throws Exception {
    try (var server = ScriptedServer.answering(HELLO)) {
      for (int i = 0; i < 5; i++) {
        assertThat(get(client, server)).isEqualTo("hello");
      }

      assertThat(server.connections()).isEqualTo(1);
      assertThat(client.idleConnections()).isEqualTo(1);
    }
  }

  @Test
  void aBodyThatWasNotReadCostsTheConnection() throws Exception {
    try (var server = ScriptedServer.answering(HELLO)) {
      client.send(ClientRequest.get(server.endpoint(), "/")).close();

      assertThat(get(client, server)).isEqualTo("hello");
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @Test
  void chunksAreJoinedAndTrailersDropped() throws Exception {
    String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    String chunks = head + "3;name=value\r\nhel\r\n2\r\nlo\r\n0\r\nTrailer: yes\r\n\r\n";
    try (var server = ScriptedServer.answering(chunks)) {
      assertThat(get(client, server)).isEqualTo("hello");
      assertThat(get(client, server)).isEqualTo("hello");
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void aBodyWithoutLengthEndsWithTheConnection() throws Exception {
    try (var server =
        new ScriptedServer(exchange -> {
          exchange.readHead();
          exchange.write("HTTP/1.0 200 OK\r\n\r\nhello");
        })) {
      assertThat(get(client, server)).isEqualTo("hello");
      assertThat(client.idleConnections()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 6\r\n\r\nhello",
        "Transfer-Encoding: chunked\r\n\r\n6\r\nhello",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
      })
  void aBodyThatEndsEarlyIsAnError(String rest) throws Exception {
    try (var server = closingAfter("HTTP/1.1 200 OK\r\n" + rest)) {
      assertThatThrownBy(() -> get(client, server)).isInstanceOf(EOFException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "HTTP/2 200\r\n\r\n",
        "HTTP/1.1 99 Low\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n"
      })
  void whatIsNotHttpIsRefused(String answer) throws Exception {
    try (var server = closingAfter(answer)) {
      assertThatThrownBy(() -> get(client, server)).isInstanceOf(MalformedResponseException.class);
    }
  }

  @Test
  void anEndlessHeadIsCutOff() throws Exception {
    try (var server =
        new ScriptedServer(exchange -> {
          exchange.readHead();
          exchange.write("HTTP/1.1 200 OK\r\n");
          while (true) {
            exchange.write("X-Filler: " + "x".repeat(1000) + "\r\n");
          }
        })) {
      assertThatThrownBy(() -> get(client, server))
          .isInstanceOf(MalformedResponseException.class)
          .hasMessageContaining("65536");
    }
  }

  @Test
  void endlessInformationalAnswersAreCutOff() throws Exception {
    try (var server = closingAfter("HTTP/1.1 100 Continue\r\n\r\n".repeat(100))) {
      assertThatThrownBy(() -> get(client, server)).isInstanceOf(MalformedResponseException.class);
    }
  }

  @Test
  void informationalAnswersAreSkipped() throws Exception {
    try (var server =
        ScriptedServer.answering("HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n" + HELLO)) {
      assertThat(get(client, server)).isEqualTo("hello");
    }
  }

  @Test
  void headHasALengthAndNoBody() throws Exception {
    try (var server = ScriptedServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")) {
      try (var response = client.send(ClientRequest.head(server.endpoint(), "/"))) {
        assertThat(response.contentLength()).hasValue(5000);
        assertThat(response.body().read()).isEqualTo(-1);
      }
      assertThat(client.idleConnections()).isEqualTo(1);
    }
  }

  @Test
  void aBodyReadIntoMemoryHasALimit() throws Exception {
    try (var server = ScriptedServer.answering(HELLO)) {
      try (var response = client.send(ClientRequest.get(server.endpoint(), "/"))) {
        assertThat(response.bytes(5)).hasSize(5);
      }
      try (var response = client.send(ClientRequest.get(server.endpoint(), "/"))) {
        assertThatThrownBy(() -> response.bytes(4)).isInstanceOf(BodyTooLargeException.class);
      }
    }
  }

  @Test
  void aSilentServerIsLeftAfterTheResponseTimeout() throws Exception {
    try (var impatient = new HttpClient(ClientSettings.DEFAULT.withTimeouts(LONG, SHORT, LONG));
        var server = new ScriptedServer(exchange -> exchange.readText(Integer.MAX_VALUE))) {
      assertThatThrownBy(() -> get(impatient, server))
          .isInstanceOf(SocketTimeoutException.class)
          .hasMessageContaining("waiting for the answer");
    }
  }

  @Test
  void aDrippingHeadDoesNotExtendTheResponseTimeout() throws Exception {
    try (var impatient = new HttpClient(ClientSettings.DEFAULT.withTimeouts(LONG, SHORT, LONG));
        var server =
            new ScriptedServer(exchange -> {
              exchange.readHead();
              exchange.write("HTTP/1.1 200 OK\r\n");
              while (true) {
                exchange.write("A: b\r\n");
                new CountDownLatch(1).await(50, TimeUnit.MILLISECONDS);
              }
            })) {
      assertThatThrownBy(() -> get(impatient, server)).isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void aBodyThatStallsIsLeft() throws Exception {
    try (var impatient = new HttpClient(ClientSettings.DEFAULT.withTimeouts(LONG, LONG, SHORT));
        var server =
            new ScriptedServer(exchange -> {
              exchange.readHead();
              exchange.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel");
              exchange.readText(1);
            })) {
      assertThatThrownBy(() -> get(impatient, server)).isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void aServerThatStopsReadingIsLeft() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    try (var impatient = new HttpClient(ClientSettings.DEFAULT.withTimeouts(LONG, LONG, SHORT));
        var server =
            new ScriptedServer(exchange -> {
              exchange.readHead();
              end.await();
            })) {
      byte[] large = new byte[32 * 1024 * 1024];
      var request =
          ClientRequest.post(
              server.endpoint(),
              "/",
              RequestBody.sized(new ByteArrayInputStream(large), large.length));

      assertThatThrownBy(() -> impatient.send(request)).isInstanceOf(SocketTimeoutException.class);
    } finally {
      end.countDown();
    }
  }

  @Test
  void aPatientRequestOutlivesAllLimits() throws Exception {
    try (var impatient = new HttpClient(ClientSettings.DEFAULT.withTimeouts(LONG, SHORT, SHORT));
        var server =
            new ScriptedServer(exchange -> {
              exchange.readHead();
              new CountDownLatch(1).await(600, TimeUnit.MILLISECONDS);
              exchange.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel");
              new CountDownLatch(1).await(600, TimeUnit.MILLISECONDS);
              exchange.write("lo");
            });
        var response = impatient.send(ClientRequest.get(server.endpoint(), "/").patient())) {
      assertThat(response.body()).hasContent("hello");
    }
  }

  @Test
  void aClosedPortIsAConnectException() throws Exception {
    int port;
    try (var closed = new ServerSocket(0)) {
      port = closed.getLocalPort();
    }
    Endpoint nobody = new Endpoint.Tcp("127.0.0.1", port);

    assertThatThrownBy(() -> client.send(ClientRequest.get(nobody, "/")))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("127.0.0.1:" + port)
        .hasMessageContaining("connection refused");
  }

  @Test
  void bodiesOfBothKindsArriveWhole() throws Exception {
    List<String> received = Collections.synchronizedList(new ArrayList<>());
    try (var server =
        new ScriptedServer(exchange -> {
          String sized = exchange.readHead();
          received.add(sized + "|" + exchange.readText(5));
          exchange.write(HELLO);
          String chunked = exchange.readHead();
          received.add(chunked + "|" + exchange.readText("5\r\nhello\r\n0\r\n\r\n".length()));
          exchange.write(HELLO);
        })) {
      var body = new ByteArrayInputStream("hello".getBytes(UTF_8));
      drain(ClientRequest.post(server.endpoint(), "/", RequestBody.sized(body, 5)));
      body.reset();
      drain(ClientRequest.post(server.endpoint(), "/", RequestBody.chunked(body)));

      assertThat(received.get(0)).contains("Content-Length: 5").endsWith("|hello");
      assertThat(received.get(1))
          .contains("Transfer-Encoding: chunked")
          .endsWith("|5\r\nhello\r\n0\r\n\r\n");
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void aBodyShorterThanAnnouncedIsTheCallersError() throws Exception {
    try (var server =
        new ScriptedServer(exchange -> {
          exchange.readHead();
          exchange.readText(5);
        })) {
      var request =
          ClientRequest.post(
              server.endpoint(), "/", RequestBody.sized(new ByteArrayInputStream(new byte[3]), 5));

      assertThatThrownBy(() -> client.send(request))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("3 bytes, 5 were announced");
    }
  }

  @Test
  void anAnswerInMidUploadEndsTheUpload() throws Exception {
    try (var server =
        new ScriptedServer(exchange -> {
          exchange.readHead();
          exchange.readText(100_000);
          exchange.write("HTTP/1.1 507 Insufficient Storage\r\nContent-Length: 4\r\n\r\nfull");
          exchange.readText(Integer.MAX_VALUE);
        })) {
      var endless =
          RequestBody.chunked(out -> {
            while (true) {
              out.write(new byte[10_000]);
            }
          });
      try (var response =
          client.send(ClientRequest.of("PATCH", server.endpoint(), "/").body(endless))) {
        assertThat(response.status()).isEqualTo(507);
        assertThat(response.body()).hasContent("full");
      }
      assertThat(client.idleConnections()).isZero();
    }
  }

  @Test
  void aServerThatRefusesNeverGetsTheBodyItWasAskedAbout() throws Exception {
    BlockingQueue<String> rest = new ArrayBlockingQueue<>(1);
    try (var server =
        new ScriptedServer(exchange -> {
          assertThat(exchange.readHead()).contains("Expect: 100-continue");
          exchange.write("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
          rest.add(exchange.readText(100));
        })) {
      var body = RequestBody.sized(new ByteArrayInputStream(new byte[100]), 100);
      try (var response =
          client.send(ClientRequest.post(server.endpoint(), "/", body).expectContinue())) {
        assertThat(response.status()).isEqualTo(401);
      }
      assertThat(rest.take()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.1 100 Continue\r\n\r\n", ""})
  void theBodyGoesOutWhenTheServerAgreesOrSaysNothing(String interim) throws Exception {
    try (var server =
        new ScriptedServer(exchange -> {
          exchange.readHead();
          exchange.write(interim);
          assertThat(exchange.readText(5)).isEqualTo("hello");
          exchange.write(HELLO);
        })) {
      var body = RequestBody.sized(new ByteArrayInputStream("hello".getBytes(UTF_8)), 5);
      try (var response =
          client.send(ClientRequest.post(server.endpoint(), "/", body).expectContinue())) {
        assertThat(response.status()).isEqualTo(200);
      }
    }
  }

  @Test
  void aGetOnAConnectionTheServerHasLeftIsSentAgain() throws Exception {
    try (var server =
        new ScriptedServer(exchange -> {
          exchange.readHead();
          exchange.write(HELLO);
          if (exchange.number() == 1) {
            exchange.readHead(); // reads the second request, and leaves without a word
          }
        })) {
      get(client, server);

      assertThat(get(client, server)).isEqualTo("hello");
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @Test
  void aPostIsNeverSentTwice() throws Exception {
    try (var server =
        new ScriptedServer(exchange -> {
          exchange.readHead();
          exchange.write(HELLO);
          exchange.readHead();
        })) {
      get(client, server);
      var post = ClientRequest.post(server.endpoint(), "/", RequestBody.none());

      assertThatThrownBy(() -> client.send(post))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("without an answer");
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void aGetThatANewConnectionLeavesUnansweredIsNotSentAgain() throws Exception {
    try (var server = new ScriptedServer(ScriptedServer.Exchange::readHead)) {
      assertThatThrownBy(() -> get(client, server)).isInstanceOf(IOException.class);
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void aPostTakesNoConnectionThatTheServerHasClosed() throws Exception {
    try (var server =
        new ScriptedServer(exchange -> {
          exchange.readHead();
          exchange.write(HELLO);
        })) {
      get(client, server);
      Awaitility.await()
          .untilAsserted(() -> {
            try (var response =
                client.send(ClientRequest.post(server.endpoint(), "/", RequestBody.none()))) {
              assertThat(response.status()).isEqualTo(200);
            }
          });
    }
  }

  @Test
  void requestsBeyondTheLimitWaitForAConnection() throws Exception {
    try (var one =
            new HttpClient(
                ClientSettings.DEFAULT
                    .withTimeouts(LONG, SHORT, LONG)
                    .withConnectionsPerEndpointMax(1));
        var server = ScriptedServer.answering(HELLO)) {
      var first = one.send(ClientRequest.get(server.endpoint(), "/"));

      assertThatThrownBy(() -> get(one, server))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("all 1 connections");

      first.close();
      assertThat(get(one, server)).isEqualTo("hello");
    }
  }

  @Test
  void idleConnectionsAreClosed() throws Exception {
    try (var tidy =
            new HttpClient(
                ClientSettings.DEFAULT.withTimeouts(LONG, SHORT, LONG).withIdleTimeout(SHORT));
        var server = ScriptedServer.answering(HELLO)) {
      get(tidy, server);

      Awaitility.await().until(() -> tidy.idleConnections() == 0);
    }
  }

  @Test
  void anInterruptWakesARequest() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    try (var server =
        new ScriptedServer(exchange -> {
          exchange.readHead();
          asked.countDown();
          exchange.readText(1);
        })) {
      BlockingQueue<Throwable> outcome = new ArrayBlockingQueue<>(1);
      Thread waiting =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  get(client, server);
                } catch (Throwable e) {
                  outcome.add(e);
                }
              });
      asked.await();

      waiting.interrupt();

      assertThat(outcome.take()).isInstanceOf(InterruptedException.class);
    }
  }

  @Test
  void aClosedClientSendsNothing() throws Exception {
    try (var server = ScriptedServer.answering(HELLO)) {
      client.close();

      assertThatThrownBy(() -> get(client, server)).hasMessageContaining("closed");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "v2/", "/with space", "/line\nbreak", "/frag#ment", "/ünicode"})
  void aTargetThatWouldBreakTheRequestLineIsRefused(String target) {
    assertThatThrownBy(() -> ClientRequest.get(new Endpoint.Tcp("localhost", 80), target))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aHeaderCannotSmuggleAnother() {
    var request = ClientRequest.get(new Endpoint.Tcp("localhost", 80), "/");

    assertThatThrownBy(() -> request.header("X-A", "secret\r\nX-B: c"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("secret");
    assertThatThrownBy(() -> request.header("X A", "b"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> request.header("content-LENGTH", "1"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private void drain(ClientRequest request) throws Exception {
    try (var response = client.send(request)) {
      response.bytes(1000);
    }
  }

  private static ScriptedServer closingAfter(String answer) throws IOException {
    return new ScriptedServer(exchange -> {
      exchange.readHead();
      exchange.write(answer);
    });
  }

  private static String get(HttpClient client, ScriptedServer server) throws Exception {
    try (var response = client.send(ClientRequest.get(server.endpoint(), "/v2/"))) {
      return new String(response.bytes(1 << 20), UTF_8);
    }
  }
}
