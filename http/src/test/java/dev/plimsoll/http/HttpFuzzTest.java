package dev.plimsoll.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.http.RawClient.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * Broken requests by the thousand beside whole ones: nothing hangs, nothing is left of them, and no
 * answer goes to another's request. The seeds are fixed, so that a failure comes back.
 */
class HttpFuzzTest extends HttpContract {
  private static final int BROKEN_CLIENTS = 240;
  private static final int WHOLE_CLIENTS = 8;

  private static final int WHOLE_REQUESTS = 60;

  /** Answers with what it was asked, so that a mixed-up answer shows. */
  private static void echo(Request request, Response response) throws IOException {
    String token = request.header("X-Token").orElse("-");
    byte[] body = request.bytes(1_000_000);
    response
        .header("X-Token", token.replaceAll("[^ -~]", "?"))
        .send(
            (request.path() + " " + token + " " + new String(body, ISO_8859_1))
                .getBytes(ISO_8859_1));
  }

  @Test
  void brokenRequestsHarmNobody() throws Exception {
    try (LeakWatch watch = new LeakWatch()) {
      TestServer server = start(HttpFuzzTest::echo);

      sendAll(server);

      assertNobodyLeft(server);
      assertThat(watch.leaks()).isEmpty();
      assertThat(watch.lines()).noneMatch(line -> line.contains("connection failed"));
    }
  }

  private static void sendAll(TestServer server) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Void>> clients = new ArrayList<>();
      for (int seed = 0; seed < BROKEN_CLIENTS; seed++) {
        Random random = new Random(seed);
        clients.add(() -> sendBroken(server, random));
        if (seed % (BROKEN_CLIENTS / WHOLE_CLIENTS) == 0) {
          String name = "whole-" + seed;
          clients.add(() -> sendWhole(server, name, random));
        }
      }
      for (Future<Void> client : threads.invokeAll(clients)) {
        client.get();
      }
    }
  }

  private static Void sendWhole(TestServer server, String name, Random random) throws IOException {
    try (RawClient client = server.connect()) {
      for (int i = 0; i < WHOLE_REQUESTS; i++) {
        int pipelined = 1 + random.nextInt(3);
        for (int p = 0; p < pipelined; p++) {
          client.send(
              request("/" + name, name + "." + i + "." + p, "x".repeat(random.nextInt(3000))));
        }
        for (int p = 0; p < pipelined; p++) {
          Answer answer = client.answer();
          assertThat(answer.status()).isEqualTo(200);
          assertThat(answer.header("X-Token")).contains(name + "." + i + "." + p);
          assertThat(answer.text()).startsWith("/" + name + " " + name + "." + i + "." + p + " ");
        }
      }
    }
    return null;
  }

  /** Any answer is right that is an answer; so is the end of the connection. Only silence is wrong. */
  private static Void sendBroken(TestServer server, Random random) {
    try (RawClient client = server.connect()) {
      byte[] bytes = broken(random);
      for (int done = 0; done < bytes.length; ) {
        int piece =
            Math.min(bytes.length - done, 1 + random.nextInt(random.nextBoolean() ? 20 : 5000));
        client.send(Arrays.copyOfRange(bytes, done, done + piece));
        done += piece;
      }
      if (random.nextInt(3) == 0) {
        return null; // leaves without a word
      }
      client.shutdownOutput();
      client.rest(); // fails when the server does not close
    } catch (IOException closedInTheMeantime) {
      return null;
    }
    return null;
  }

  private static byte[] broken(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(3); i >= 0; i--) {
      text.append(request("/broken", "b" + i, "y".repeat(random.nextInt(200))));
    }
    String[] splices = {
      "\r\n",
      "\n",
      "\r",
      "\u0000",
      " ",
      ":",
      ",",
      "0\r\n\r\n",
      "Content-Length: 5\r\n",
      "ffffffff\r\n",
      "Transfer-Encoding: chunked\r\n",
      "Expect: 100-continue\r\n",
      "Connection: close\r\n",
      "\t",
      "\u00ff",
      "GET / HTTP/1.1\r\n",
      "HTTP/1.0",
      "Upgrade: tcp\r\n",
      "a".repeat(10_000)
    };
    for (int i = random.nextInt(4); i >= 0 && !text.isEmpty(); i--) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(4)) {
        case 0 -> text.insert(at, splices[random.nextInt(splices.length)]);
        case 1 -> text.setCharAt(at, (char) random.nextInt(256));
        case 2 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(30)));
        default -> text.setLength(at);
      }
    }
    return text.toString().getBytes(ISO_8859_1);
  }

  private static String request(String path, String token, String body) {
    boolean chunked = body.length() % 2 == 0;
    String head = "POST " + path + " HTTP/1.1\r\nHost: t\r\nX-Token: " + token + "\r\n";
    int length = body.getBytes(UTF_8).length;
    return chunked && length > 0
        ? head
            + "Transfer-Encoding: chunked\r\n\r\n"
            + Integer.toHexString(length)
            + "\r\n"
            + body
            + "\r\n0\r\n\r\n"
        : head + "Content-Length: " + length + "\r\n\r\n" + body;
  }
}
