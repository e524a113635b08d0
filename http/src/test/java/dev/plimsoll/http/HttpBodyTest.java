package dev.plimsoll.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.http.RawClient.Answer;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/** Request bodies: how they are framed, limited, waited for and left unread. */
@SuppressWarnings("StringConcatToTextBlock") // on the wire, line ends are CR and LF
class HttpBodyTest extends HttpContract {
  private static final int LARGE = 20_000_000;

  private static Handler checksum() {
    return (request, response) -> {
      CRC32 crc = new CRC32();
      long length = request.forEachPart(crc::update);
      response.send((length + " " + crc.getValue()).getBytes(UTF_8));
    };
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static String checksumOf(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return bytes.length + " " + crc.getValue();
  }

  @Test
  void aLargeBodyOfKnownLengthArrivesWhole() throws Exception {
    RawClient client = connect(start(checksum()));
    byte[] body = random(LARGE);

    client.send("PUT / HTTP/1.1\r\nHost: t\r\nContent-Length: " + LARGE + "\r\n\r\n").send(body);

    assertThat(client.answer().text()).isEqualTo(checksumOf(body));
  }

  @Test
  void aLargeChunkedBodyArrivesWholeWhateverTheChunks() throws Exception {
    RawClient client = connect(start(checksum()));
    byte[] body = random(3_000_000);
    Random sizes = new Random(1);

    client.send("PUT / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n");
    OutputStream out = new BufferedOutputStream(client.out(), 100_000);
    for (int done = 0; done < body.length; ) {
      int chunk = Math.min(body.length - done, 1 + sizes.nextInt(sizes.nextBoolean() ? 9 : 40_000));
      out.write((Integer.toHexString(chunk) + "\r\n").getBytes(UTF_8));
      out.write(body, done, chunk);
      out.write("\r\n".getBytes(UTF_8));
      done += chunk;
    }
    out.write("0\r\n\r\n".getBytes(UTF_8));
    out.flush();

    assertThat(client.answer().text()).isEqualTo(checksumOf(body));
    assertThat(
            client.send("PUT / HTTP/1.1\r\nHost: t\r\nContent-Length: 1\r\n\r\nx").answer().text())
        .as("the connection is in step")
        .isEqualTo(checksumOf("x".getBytes(UTF_8)));
  }

  @Test
  void aClientThatExpects100IsToldToGoOnWhenTheBodyIsRead() throws Exception {
    TestServer server =
        start((request, response) ->
            response.send(request.hasBody() ? request.bytes(100) : "none".getBytes(UTF_8)));
    RawClient client = connect(server);

    client.send("PUT / HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    assertThat(client.answer().statusLine()).isEqualTo("HTTP/1.1 100 Continue");
    client.send(
        "hello" + "HEAD / HTTP/1.1\r\nHost: t\r\n\r\n" + "GET / HTTP/1.1\r\nHost: t\r\n\r\n");

    assertThat(client.answer().text()).isEqualTo("hello");
    assertThat(client.answerToHead().header("Content-Length")).contains("4");
    assertThat(client.answer().text()).isEqualTo("none");
  }

  @Test
  void aClientThatExpects100IsRefusedWithoutIt() throws Exception {
    TestServer server = start((request, response) -> response.status(401).send());
    RawClient client = connect(server);

    Answer answer =
        client
            .send("PUT / HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
            .answer();

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.header("Connection")).contains("close");
    assertThat(client.rest()).isEmpty();
  }

  @Test
  void no100IsSentToAClientThatDoesNotWait() throws Exception {
    RawClient client = connect(start((request, response) -> response.send(request.bytes(9))));

    client.send(
        "PUT / HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello");

    assertThat(client.answer().text()).isEqualTo("hello");
  }

  @Test
  void aRefusalReachesAClientThatIsStillSending() throws Exception {
    TestServer server = start((request, response) -> response.status(401).send());
    RawClient client = connect(server);
    byte[] piece = new byte[1_000_000];

    client.send("PUT / HTTP/1.1\r\nHost: t\r\nContent-Length: 50000000\r\n\r\n");
    try {
      for (int i = 0; i < 50; i++) {
        client.send(piece);
      }
    } catch (IOException closedInTheMeantime) {
      assertThat(closedInTheMeantime).isNotNull();
    }

    Answer answer = client.answer();
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.header("Connection")).contains("close");
  }

  @Test
  void aSmallBodyThatNobodyReadsDoesNotEndTheConnection() throws Exception {
    TestServer server = start((request, response) -> response.send(request.path().getBytes(UTF_8)));
    RawClient client = connect(server);

    client.send("POST /1 HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\n");
    assertThat(client.answer().text()).isEqualTo("/1");
    client.send("hello");
    client.send("POST /2 HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n");
    assertThat(client.answer().text()).isEqualTo("/2");
    client.send("3\r\nabc\r\n0\r\n\r\n");

    assertThat(client.get("/3").answer().text()).isEqualTo("/3");
  }

  @Test
  void aChunkedBodyThatNobodyReadsEndsTheConnectionWhenItIsLong() throws Exception {
    TestServer server = start((request, response) -> response.status(403).send());
    RawClient client = connect(server);

    client.send("POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n");
    assertThat(client.answer().status()).isEqualTo(403);
    try {
      client.send("1000000\r\n").send(new byte[0x1000000]);
    } catch (IOException closedInTheMeantime) {
      assertThat(closedInTheMeantime).isNotNull();
    }

    assertThat(client.rest()).isEmpty();
  }

  @Test
  void aBodyLongerThanTheHandlerTakesIsA413() throws Exception {
    RawClient client = connect(start((request, response) -> response.send(request.bytes(10))));

    assertThat(
            client
                .send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\n0123456789")
                .answer()
                .status())
        .isEqualTo(200);
    assertThat(
            client
                .send(
                    "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "b\r\n0123456789a\r\n0\r\n\r\n")
                .answer()
                .status())
        .isEqualTo(413);
    assertThat(
            client
                .send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 11\r\n\r\n0123456789a")
                .answer()
                .status())
        .isEqualTo(413);
  }

  @Test
  void aBrokenChunkIsA400AndTheEndOfTheConnection() throws Exception {
    RawClient client = connect(start(checksum()));

    client.send(
        "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "5\r\nhelloXX0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: t\r\n\r\n");

    assertThat(client.answer().status()).isEqualTo(400);
    assertThat(client.rest()).isEmpty();
  }

  @Test
  void anUploadThatNobodyReadsIsHeldInTheClient() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    TestServer server =
        start(
            Limits.DEFAULT.withBodyBufferBytes(64 * 1024),
            (request, response) -> {
              release.await();
              checksum().handle(request, response);
            });
    RawClient client = connect(server);
    byte[] body = random(LARGE);

    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var sent =
          threads.submit(() ->
              client
                  .send("PUT / HTTP/1.1\r\nHost: t\r\nContent-Length: " + LARGE + "\r\n\r\n")
                  .send(body));
      assertThat(sent.isDone()).isFalse();
      release.countDown();
      assertThat(client.answer().text()).isEqualTo(checksumOf(body));
      sent.get();
    }
  }

  @Test
  void aFullDuplexEchoOfFiftyMegabytesIsWhole() throws Exception {
    TestServer server =
        start((request, response) -> {
          try (OutputStream out = response.stream()) {
            request.body().transferTo(out);
          }
        });
    RawClient client = connect(server);
    byte[] body = random(50_000_000);

    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var sent =
          threads.submit(() ->
              client
                  .send("PUT / HTTP/1.1\r\nHost: t\r\nContent-Length: 50000000\r\n\r\n")
                  .send(body));
      assertThat(checksumOf(client.answer().body())).isEqualTo(checksumOf(body));
      sent.get();
    }
  }
}
