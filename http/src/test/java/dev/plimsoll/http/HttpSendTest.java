package dev.plimsoll.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.http.RawClient.Answer;
import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers of all shapes: bytes, files, streams. */
class HttpSendTest extends HttpContract {
  private final byte[] content = new byte[9_000_001];
  @TempDir private Path directory;
  private Path file = Path.of("");

  @BeforeEach
  void writeFile() throws Exception {
    new Random(3).nextBytes(content);
    file = directory.resolve("blob");
    Files.write(file, content);
  }

  private Handler sendFile(long position, long length) {
    return (request, response) -> {
      try (FileChannel channel = FileChannel.open(file)) {
        response.send(channel, position, length);
      }
    };
  }

  @Test
  void aFileIsSentWholeAndTheConnectionKept() throws Exception {
    RawClient client = connect(start(sendFile(0, content.length)));

    assertThat(client.get("/").answer().body()).isEqualTo(content);
    assertThat(client.get("/").answer().body()).isEqualTo(content);
  }

  @Test
  void aPartOfAFileIsSent() throws Exception {
    RawClient client = connect(start(sendFile(3_000_003, 5_000_000)));

    assertThat(client.get("/").answer().body())
        .isEqualTo(Arrays.copyOfRange(content, 3_000_003, 8_000_003));
  }

  @Test
  void aSmallPartOfAFileIsSent() throws Exception {
    RawClient client = connect(start(sendFile(8_999_999, 2)));

    assertThat(client.get("/").answer().body())
        .isEqualTo(Arrays.copyOfRange(content, 8_999_999, 9_000_001));
  }

  @Test
  void anEmptyPartOfAFileIsSent() throws Exception {
    RawClient client = connect(start(sendFile(0, 0)));

    Answer answer = client.get("/").answer();

    assertThat(answer.header("Content-Length")).contains("0");
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void toHeadAFileIsNotSent() throws Exception {
    RawClient client = connect(start(sendFile(0, content.length)));

    client.send("HEAD / HTTP/1.1\r\nHost: t\r\n\r\nHEAD / HTTP/1.1\r\nHost: t\r\n\r\n");

    assertThat(client.answerToHead().header("Content-Length")).contains("9000001");
    assertThat(client.answerToHead().header("Content-Length")).contains("9000001");
  }

  @Test
  void moreThanTheFileHasIsA500() throws Exception {
    RawClient client = connect(start(sendFile(1, content.length)));

    assertThat(client.get("/").answer().status()).isEqualTo(500);
  }

  @Test
  void aFileThatBecomesShorterCutsTheConnection() throws Exception {
    byte[] large = new byte[40_000_000];
    Files.write(file, large);
    CountDownLatch begun = new CountDownLatch(1);
    TestServer server =
        start((request, response) -> {
          try (FileChannel channel = FileChannel.open(file)) {
            begun.countDown();
            response.send(channel, 0, large.length);
          }
        });
    RawClient client = connect(server);

    client.get("/");
    begun.await();
    client.exactly(1000);
    Files.write(file, new byte[10]);

    assertThat(client.rest().length).isLessThan(large.length);
    assertNobodyLeft(server);
  }

  @Test
  void bytesOfAnySizeAreSent() throws Exception {
    TestServer server =
        start((request, response) ->
            response.send(
                Arrays.copyOf(content, Integer.parseInt(request.query("n").orElse("0")))));
    RawClient client = connect(server);

    for (int size : new int[] {0, 1, 65_536, 65_537, 4_194_304, 9_000_001}) {
      assertThat(client.get("/?n=" + size).answer().body()).hasSize(size);
    }
  }

  @Test
  void aStreamOfKnownLengthIsSent() throws Exception {
    TestServer server =
        start((request, response) -> response.send(new ByteArrayInputStream(content), 8_000_000));
    RawClient client = connect(server);

    Answer answer = client.get("/").answer();

    assertThat(answer.header("Content-Length")).contains("8000000");
    assertThat(answer.body()).isEqualTo(Arrays.copyOf(content, 8_000_000));
    assertThat(client.get("/").answer().body()).hasSize(8_000_000);
  }

  @Test
  void aStreamThatEndsEarlyCutsTheConnection() throws Exception {
    TestServer server =
        start((request, response) ->
            response.send(new ByteArrayInputStream(content), content.length + 1L));
    RawClient client = connect(server);

    client.get("/");

    assertThat(new String(client.rest(), UTF_8)).contains("Content-Length: 9000002");
    assertNobodyLeft(server);
  }

  @Test
  void aStreamOfUnknownLengthSendsItsHeadersAtOnceAndBytesWhenFlushed() throws Exception {
    CountDownLatch headersSeen = new CountDownLatch(1);
    CountDownLatch bytesSeen = new CountDownLatch(1);
    TestServer server =
        start((request, response) -> {
          OutputStream out = response.stream();
          headersSeen.await();
          out.write("first".getBytes(UTF_8));
          out.flush();
          bytesSeen.await();
          out.write(content);
        });
    RawClient client = connect(server);

    client.get("/");
    assertThat(client.line()).isEqualTo("HTTP/1.1 200 OK");
    while (!client.line().isEmpty()) {
      // only the end of the headers is of interest
    }
    headersSeen.countDown();
    assertThat(client.line()).isEqualTo("5");
    assertThat(client.exactly(7)).isEqualTo("first\r\n".getBytes(UTF_8));
    bytesSeen.countDown();
    int size = Integer.parseInt(client.line(), 16);

    assertThat(client.exactly(size)).isEqualTo(Arrays.copyOf(content, size));
  }

  @Test
  void aStreamOfUnknownLengthArrivesWhole() throws Exception {
    TestServer server =
        start((request, response) -> {
          try (OutputStream out = response.stream()) {
            int done = 0;
            for (int piece = 1; done < content.length; piece = (piece * 3 + 1) % 50_000) {
              int length = Math.min(piece + 1, content.length - done);
              out.write(content, done, length);
              done += length;
            }
          }
        });
    RawClient client = connect(server);

    assertThat(client.get("/").answer().body()).isEqualTo(content);
    assertThat(client.get("/").answer().body()).isEqualTo(content);
  }
}
