package dev.plimsoll.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The registry's commands, and somebody at its address who is none. */
class NotARegistryTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private HttpServer server;
  private volatile int status;
  private volatile String body = "<html>hello</html>";

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.getRequestBody().readAllBytes();
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private int run(String... words) {
    return Main.run(words, new PrintWriter(out, true), new PrintWriter(err, true));
  }

  @ParameterizedTest
  @CsvSource({"200", "404", "500"})
  void somethingElseAtTheAddressIsToldApart(int answered) {
    status = answered;
    assertThat(run("registry", "gc", "--url", url())).isEqualTo(1);
    assertThat(err.toString())
        .contains("answered " + answered + ", not as a Plimsoll registry does")
        .contains("is it the right address?")
        .doesNotContain("Exception");
  }

  @ParameterizedTest
  @CsvSource({"502", "503", "504"})
  void aProxyThatDoesNotReachTheRegistryIsToldApart(int answered) {
    status = answered;
    assertThat(run("registry", "trash", "--url", url())).isEqualTo(1);
    assertThat(err.toString())
        .contains("answered " + answered + ", but not the registry itself: a proxy before it");
  }

  @Test
  void theRegistrysOwnWordsAreGivenWithAnyStatus() {
    status = 503;
    body = "{\"errors\":[{\"code\":\"UNAVAILABLE\",\"message\":\"in read-only mode\"}]}";
    assertThat(run("registry", "gc", "--url", url())).isEqualTo(1);
    assertThat(err.toString()).contains("answered 503: in read-only mode");
  }
}
