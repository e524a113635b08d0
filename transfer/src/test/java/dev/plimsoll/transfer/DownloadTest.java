package dev.plimsoll.transfer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DownloadTest {
  private final Registries registries = new Registries(RegistrySettings.DEFAULT);
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/file",
        exchange -> {
          byte[] text = "content".getBytes(UTF_8);
          exchange.sendResponseHeaders(200, text.length);
          exchange.getResponseBody().write(text);
          exchange.close();
        });
    redirect("/moved", "file");
    redirect("/round", "/round");
    redirect("/away", "file:///etc/passwd");
    server.start();
  }

  private void redirect(String from, String to) {
    server.createContext(
        from,
        exchange -> {
          exchange.getResponseHeaders().set("Location", to);
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
  }

  @AfterEach
  void stop() {
    server.stop(0);
    registries.close();
  }

  private URI url(String path) {
    return URI.create("http://127.0.0.1:%d%s".formatted(server.getAddress().getPort(), path));
  }

  @Test
  void aFileComesAlsoFromWhereItHasGone() throws Exception {
    for (String path : new String[] {"/file", "/moved"}) {
      try (Download download = registries.download(url(path))) {
        assertThat(download.sizeBytes()).hasValue(7);
        assertThat(download.body().readAllBytes()).asString(UTF_8).isEqualTo("content");
      }
    }
  }

  @Test
  void whatIsNotThereOrLeadsNowhereIsRefusedWithItsUrl() {
    refused(url("/nothing?secret=1"), url("/nothing") + ": got HTTP status code 404: Not Found");
    refused(url("/round"), url("/round") + ": more than 10 redirects");
    refused(url("/away"), "a redirect to \"file:///etc/passwd\"");
    server.stop(0);
    int port = server.getAddress().getPort();
    refused(
        url("/file"),
        "Get \"%s\": dial tcp 127.0.0.1:%d: connect: connection refused"
            .formatted(url("/file"), port));
  }

  private void refused(URI url, String message) {
    assertThatThrownBy(() -> registries.download(url))
        .isInstanceOf(IOException.class)
        .hasMessage(message);
  }
}
