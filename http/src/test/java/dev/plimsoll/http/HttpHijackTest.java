package dev.plimsoll.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.http.RawClient.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Connections that leave HTTP behind, as {@code docker attach} and {@code docker exec} do. */
class HttpHijackTest extends HttpContract {
  private static final String UPGRADE =
      "POST /exec HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n"
          + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";

  private static Handler echo() {
    return (request, response) -> {
      assertThat(request.bytes(100)).isEqualTo("{}".getBytes(UTF_8));
      try (Duplex duplex =
          response.header("Content-Type", "application/vnd.docker.raw-stream").hijack()) {
        duplex.input().transferTo(duplex.output());
        duplex.output().write("end".getBytes(UTF_8));
      }
    };
  }

  @Test
  void theUpgradeIsAnsweredAsDockerDoes() throws Exception {
    RawClient client = connect(start(echo()));

    Answer answer = client.send(UPGRADE).answer();

    assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 101 UPGRADED");
    assertThat(answer.headers())
        .containsExactly(
            "Content-Type: application/vnd.docker.raw-stream",
            "Connection: Upgrade",
            "Upgrade: tcp");
  }

  @Test
  void bytesFlowBothWaysUntilTheClientHalfCloses() throws Exception {
    TestServer server = start(echo());
    RawClient client = connect(server);

    client.send(UPGRADE + "early ");
    assertThat(client.answer().status()).isEqualTo(101);
    assertThat(client.exactly(6)).isEqualTo("early ".getBytes(UTF_8));
    client.send("late ");
    assertThat(client.exactly(5)).isEqualTo("late ".getBytes(UTF_8));
    client.shutdownOutput();

    assertThat(client.rest()).isEqualTo("end".getBytes(UTF_8));
    client.close();
    assertNobodyLeft(server);
  }

  @Test
  void withoutUpgradeTheAnswerIsA200AndRawBytes() throws Exception {
    RawClient client = connect(start(echo()));

    client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\n{}raw ");

    assertThat(client.line()).isEqualTo("HTTP/1.1 200 OK");
    assertThat(client.line()).isEqualTo("Content-Type: application/vnd.docker.raw-stream");
    assertThat(client.line()).isEmpty();
    assertThat(client.exactly(4)).isEqualTo("raw ".getBytes(UTF_8));
    client.shutdownOutput();
    assertThat(client.rest()).isEqualTo("end".getBytes(UTF_8));
  }

  @Test
  void theHandlerCanHalfCloseAndReadOn() throws Exception {
    CountDownLatch read = new CountDownLatch(1);
    TestServer server =
        start((request, response) -> {
          try (Duplex duplex = response.hijack()) {
            duplex.output().write("bye".getBytes(UTF_8));
            duplex.output().close();
            if (duplex.input().readAllBytes().length == 1_000_000) {
              read.countDown();
            }
          }
        });
    RawClient client = connect(server);

    client.send(UPGRADE);
    client.answer();
    assertThat(client.rest()).isEqualTo("bye".getBytes(UTF_8));
    client.send(new byte[1_000_000]);
    client.shutdownOutput();

    assertThat(read.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void muchOutputAfterTheClientsHalfCloseArrives() throws Exception {
    byte[] output = new byte[50_000_000];
    new Random(5).nextBytes(output);
    TestServer server =
        start((request, response) -> {
          try (Duplex duplex = response.hijack()) {
            duplex.input().readAllBytes();
            duplex.output().write(output);
          }
        });
    RawClient client = connect(server);

    client.send(UPGRADE);
    client.answer();
    client.send("stdin");
    client.shutdownOutput();

    assertThat(client.rest()).matches(all -> Arrays.equals(all, output));
  }

  @Test
  void fiftyMegabytesGoBothWaysAtOnce() throws Exception {
    TestServer server = start(echo());
    RawClient client = connect(server);
    byte[] bytes = new byte[50_000_000];
    new Random(1).nextBytes(bytes);

    client.send(UPGRADE);
    client.answer();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var sent =
          threads.submit(() -> {
            client.send(bytes);
            client.shutdownOutput();
            return null;
          });

      assertThat(client.exactly(bytes.length)).matches(all -> Arrays.equals(all, bytes));
      assertThat(client.rest()).isEqualTo("end".getBytes(UTF_8));
      sent.get();
    }
  }

  @Test
  void aClientThatIsGoneEndsReadsAndWrites() throws Exception {
    TestServer server =
        start((request, response) -> {
          try (Duplex duplex = response.hijack();
              var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var _ = threads.submit(() -> duplex.input().readAllBytes());
            OutputStream out = duplex.output();
            while (true) {
              out.write(new byte[1000]);
            }
          }
        });
    RawClient client = connect(server);

    client.send(UPGRADE);
    client.answer();
    client.exactly(100_000);
    client.close();

    assertNobodyLeft(server);
  }

  @Test
  void closingEndsAReadInProgress() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    TestServer server =
        start((request, response) -> {
          try (var threads = Executors.newVirtualThreadPerTaskExecutor();
              Duplex duplex = response.hijack()) {
            InputStream in = duplex.input();
            var _ =
                threads.submit(() -> {
                  try {
                    in.readAllBytes();
                  } catch (IOException e) {
                    ended.countDown();
                  }
                  return null;
                });
            duplex.output().write("done".getBytes(UTF_8));
          }
        });
    RawClient client = connect(server);

    client.send(UPGRADE);
    client.answer();

    assertThat(client.rest()).isEqualTo("done".getBytes(UTF_8));
    assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
  }
}
