package dev.plimsoll.registry.api;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.http.client.AddressBlock;
import dev.plimsoll.registry.AccessSettings;
import dev.plimsoll.registry.RegistrySettings;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An open registry that believes a proxy of its own machine: who may look after it? */
class NearnessTest {
  @TempDir private static Path data;
  private static Client client;

  @BeforeAll
  static void start() throws Exception {
    var proxies = List.of(AddressBlock.parse("127.0.0.0/8").orElseThrow());
    client =
        Client.start(
            RegistrySettings.in(data)
                .withExternalUrl(URI.create("http://images.example.org"))
                .withAccess(
                    new AccessSettings(
                        Optional.empty(),
                        proxies,
                        Optional.empty(),
                        AccessSettings.ReadOnly.UNLESS_TOLD,
                        Duration.ofDays(1),
                        Optional.empty())));
  }

  @AfterAll
  static void stop() throws Exception {
    client.close();
  }

  /** The status of a request with this header beside, or in the place of, the usual ones. */
  private static int asked(String request, String header) throws Exception {
    URI at = URI.create(client.url());
    String host = header.startsWith("Host:") ? "" : "Host: " + at.getAuthority() + "\r\n";
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), at.getPort())) {
      socket
          .getOutputStream()
          .write(
              "%s HTTP/1.1\r\n%s%s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                  .formatted(request, host, header)
                  .getBytes(US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), US_ASCII);
      return Integer.parseInt(answer.substring(9, 12));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Forwarded-For: 127.0.0.1",
        "X-Forwarded-For: 127.0.0.1, 192.0.2.7",
        "X-Forwarded-For: ::1",
        "X-Forwarded-For: 192.0.2.7",
        "X-Forwarded-For: unknown",
        "X-Real-IP: 127.0.0.1",
        "Forwarded: for=127.0.0.1",
        "Via: 1.1 front",
        "Origin: https://evil.example.org",
        "Origin: null",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
        "Host: evil.example.org:5000",
        "Host: 127.0.0.1.evil.example.org",
        "Host: images.example.org",
      })
  void noHeaderMakesAnybodyNearAndSomeKeepThemFar(String header) throws Exception {
    assertThat(asked("POST /plimsoll/v1/gc?now", header)).isEqualTo(403);
    assertThat(asked("GET /plimsoll/v1/audit", header)).isEqualTo(403);
    assertThat(asked("POST /plimsoll/v1/trash/purge?repository=app&reference=1", header))
        .isEqualTo(403);
    assertThat(asked("GET /v2/_catalog", header)).as("what clients do").isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host: localhost:5000",
        "Host: LOCALHOST",
        "Host: [::1]:5000",
        "Host: 127.0.0.2",
        "Sec-Fetch-Site: none",
      })
  void whoComesDirectlyIsNear(String header) throws Exception {
    assertThat(asked("POST /plimsoll/v1/gc?now", header)).isEqualTo(200);
  }

  @Test
  void theSentenceSaysWhatToDo() throws Exception {
    assertThat(client.send("POST", "/plimsoll/v1/gc", "Origin", "https://evil.example.org").text())
        .contains("loopback address", "no web page", "registry.access.policy");
  }
}
