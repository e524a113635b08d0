package dev.plimsoll.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that leave at any moment leave nothing behind. */
class ClientGoneTest extends HttpContract {
  @Test
  void inTheMiddleOfAnUpload() throws Exception {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    CountDownLatch begun = new CountDownLatch(1);
    TestServer server =
        start((request, response) -> {
          try {
            request.forEachPart(part -> begun.countDown());
          } catch (ClientGone e) {
            thrown.set(e);
            throw e;
          }
        });
    RawClient client = connect(server);

    client.send("PUT / HTTP/1.1\r\nHost: t\r\nContent-Length: 1000000\r\n\r\nsome of it");
    begun.await();
    client.close();

    assertNobodyLeft(server);
    assertThat(thrown.get()).isInstanceOf(ClientGone.class);
  }

  @Test
  void inTheMiddleOfADownload(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("blob");
    Files.write(file, new byte[30_000_000]);
    TestServer server =
        start((request, response) -> {
          try (FileChannel channel = FileChannel.open(file)) {
            response.send(channel, 0, channel.size());
          }
        });
    RawClient client = connect(server);

    client.get("/").exactly(1_000_000);
    client.close();

    assertNobodyLeft(server);
  }

  @Test
  void inTheMiddleOfAnEndlessStream() throws Exception {
    TestServer server =
        start((request, response) -> {
          OutputStream out = response.stream();
          while (true) {
            out.write("line\n".getBytes(UTF_8));
            out.flush();
          }
        });
    RawClient client = connect(server);

    client.get("/").exactly(1000);
    client.close();

    assertNobodyLeft(server);
  }

  @Test
  void duringALongPoll() throws Exception {
    CountDownLatch polling = new CountDownLatch(1);
    TestServer server =
        start((request, response) -> {
          CountDownLatch gone = new CountDownLatch(1);
          request.onDisconnect(gone::countDown);
          polling.countDown();
          gone.await();
          response.send();
        });
    RawClient client = connect(server);

    client.get("/");
    polling.await();
    client.close();

    assertNobodyLeft(server);
  }

  @Test
  void duringALongPollWithARequestBehindIt() throws Exception {
    CountDownLatch polling = new CountDownLatch(1);
    TestServer server =
        start((request, response) -> {
          CountDownLatch gone = new CountDownLatch(1);
          polling.countDown();
          request.onDisconnect(gone::countDown);
          gone.await();
          response.send();
        });
    RawClient client = connect(server);

    client.get("/").get("/next");
    polling.await();
    client.close();

    assertNobodyLeft(server);
  }

  @Test
  void manyThatReadNothingDoNotKeepOthersWaiting(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("blob");
    Files.write(file, new byte[30_000_000]);
    TestServer server =
        start((request, response) -> {
          if (request.path().equals("/small")) {
            response.send("small".getBytes(UTF_8));
            return;
          }
          try (FileChannel channel = FileChannel.open(file)) {
            response.send(channel, 0, channel.size());
          }
        });
    List<RawClient> greedy = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      greedy.add(connect(server).get("/blob"));
    }

    assertThat(connect(server).get("/small").answer().text()).isEqualTo("small");
    closeAll();
    assertThat(greedy).hasSize(40);
  }
}
