package dev.plimsoll.http.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.http.Duplex;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class UnixSocketClientTest {
  @TempDir private Path directory;
  private Path socket;
  private ServerSocketChannel listener;
  private final HttpClient client = new HttpClient(ClientSettings.DEFAULT);

  private interface Script {
    void run(InputStream in, OutputStream out) throws IOException;
  }

  @BeforeEach
  void listen() throws IOException {
    socket = directory.resolve("s");
    listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listener.bind(UnixDomainSocketAddress.of(socket));
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    listener.close();
  }

  @Test
  void requestsGoOverAUnixSocket() throws Exception {
    serve((in, out) -> {
      for (int i = 0; i < 2; i++) {
        readHead(in);
        out.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK".getBytes(UTF_8));
      }
    });

    for (int i = 0; i < 2; i++) {
      try (var response = client.send(ClientRequest.get(new Endpoint.Unix(socket), "/_ping"))) {
        assertThat(response.bytes(10)).asString().isEqualTo("OK");
      }
    }
  }

  @Test
  void aHijackedConnectionGoesBothWaysAndClosesInHalves() throws Exception {
    serve((in, out) -> {
      String head = readHead(in);
      assertThat(head).contains("Connection: Upgrade", "Upgrade: tcp");
      out.write("HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\n\r\nfirst".getBytes(UTF_8));
      byte[] sent = in.readAllBytes(); // ends with the client's half-close
      out.write(sent);
    });

    try (Duplex both =
        client.hijack(
            ClientRequest.post(
                new Endpoint.Unix(socket), "/containers/x/attach", RequestBody.none()))) {
      assertThat(both.input().readNBytes(5)).asString().isEqualTo("first");
      both.output().write("echo".getBytes(UTF_8));
      both.output().close();

      assertThat(both.input().readAllBytes()).asString().isEqualTo("echo");
    }
  }

  @Test
  void aHijackedConnectionOutlivesTheClient() throws Exception {
    serve((in, out) -> {
      readHead(in);
      out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(UTF_8));
      out.write(in.readAllBytes());
    });

    try (Duplex both =
        client.hijack(
            ClientRequest.post(new Endpoint.Unix(socket), "/attach", RequestBody.none()))) {
      client.close();
      both.output().write("still here".getBytes(UTF_8));
      both.output().close();

      assertThat(both.input().readAllBytes()).asString().isEqualTo("still here");
    }
  }

  @Test
  void aRefusedHijackCarriesTheAnswer() throws Exception {
    serve((in, out) -> {
      readHead(in);
      out.write(
          "HTTP/1.1 404 Not Found\r\nContent-Length: 13\r\n\r\n{\"message\":1}".getBytes(UTF_8));
    });

    assertThatThrownBy(() ->
            client.hijack(ClientRequest.post(new Endpoint.Unix(socket), "/x", RequestBody.none())))
        .isInstanceOfSatisfying(
            UpgradeRefusedException.class,
            refused -> {
              assertThat(refused.status()).isEqualTo(404);
              assertThat(refused.body()).asString().isEqualTo("{\"message\":1}");
            });
  }

  @Test
  void aMissingSocketIsAnIOException() {
    var request = ClientRequest.get(new Endpoint.Unix(directory.resolve("absent")), "/");

    assertThatThrownBy(() -> client.send(request)).isInstanceOf(IOException.class);
  }

  private void serve(Script script) {
    Thread.ofVirtual()
        .start(() -> {
          try (SocketChannel channel = listener.accept()) {
            script.run(Channels.newInputStream(channel), Channels.newOutputStream(channel));
          } catch (IOException e) {
            return; // the test is over
          }
        });
  }

  private static String readHead(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int read = in.read();
      if (read < 0) {
        throw new IOException("ended in the head");
      }
      head.append((char) read);
    }
    return head.toString();
  }
}
