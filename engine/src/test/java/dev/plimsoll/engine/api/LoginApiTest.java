package dev.plimsoll.engine.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.engine.api.RunningRouter.Answer;
import dev.plimsoll.http.HttpServer;
import dev.plimsoll.http.Limits;
import dev.plimsoll.transfer.Registries;
import dev.plimsoll.transfer.RegistrySettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoginApiTest {
  private static final String ANNE =
      "Basic " + Base64.getEncoder().encodeToString("anne:right".getBytes(StandardCharsets.UTF_8));

  @TempDir private Path directory;
  private HttpServer registry;
  private int port;
  private Registries registries;
  private RunningRouter running;

  /** A registry that lets one user in. */
  @BeforeEach
  void start() throws IOException {
    registry =
        new HttpServer(
            (request, response) -> {
              boolean known = request.header("Authorization").filter(ANNE::equals).isPresent();
              if (!known) {
                response.header("WWW-Authenticate", "Basic realm=\"test\"");
              }
              response.status(known ? 200 : 401).send();
            },
            Limits.DEFAULT);
    port = registry.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).getPort();
    registries = new Registries(RegistrySettings.DEFAULT);
    running = new RunningRouter(directory, new Router("Test/1").add(new LoginApi(registries)));
  }

  @AfterEach
  void stop() {
    running.close();
    registries.close();
    registry.close();
  }

  private Answer login(String password) throws Exception {
    return running.post(
        "/auth",
        "application/json",
        "{\"username\":\"anne\",\"password\":\"%s\",\"serveraddress\":\"127.0.0.1:%d\"}"
            .formatted(password, port));
  }

  @Test
  void whomTheRegistryKnowsIsLetIn() throws Exception {
    Answer answer = login("right");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).contains("\"Status\":\"Login Succeeded\"");
  }

  @Test
  void whomItDoesNotKnowIsUnauthorized() throws Exception {
    Answer answer = login("wrong");

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.message()).contains("401 Unauthorized").doesNotContain("wrong");
  }

  @Test
  void aRegistryThatIsNotThereIsTroubleWithItsName() throws Exception {
    registry.close();

    Answer answer = login("right");

    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.message()).contains("127.0.0.1:" + port);
  }

  @ParameterizedTest
  @CsvSource({
    "'', docker.io",
    "https://index.docker.io/v1/, docker.io",
    "index.docker.io, docker.io",
    "reg.example:5000, reg.example:5000",
    "https://reg.example:5000, reg.example:5000",
    "http://reg.example/v2/, reg.example",
    "reg.example/team, reg.example"
  })
  void anAddressMayBeWrittenInManyWays(String address, String registry) {
    assertThat(LoginApi.registry(address)).isEqualTo(registry);
  }
}
