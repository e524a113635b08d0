package dev.plimsoll.registry.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.oci.Json;
import dev.plimsoll.registry.RegistrySettings;
import dev.plimsoll.registry.api.Client.Reply;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens and the keys that sign them, while time goes by. */
class TokenLifeTest {
  private static final String ROOT = Policed.basic("root", "root-password");
  private static final String MANIFEST = "/v2/team/app/manifests/1";

  @TempDir private Path directory;
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-03-01T00:00:00Z"));
  private Client client;

  @BeforeEach
  void start() throws Exception {
    client =
        Policed.start(
            RegistrySettings.in(directory.resolve("data")),
            Policed.policy(
                directory,
                """
                grants: [{to: "user:root", may: admin, repositories: "**"}]
                """),
            Map.of("root", "root-password"),
            now::get);
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
  }

  private void pass(Duration time) {
    now.updateAndGet(t -> t.plus(time));
  }

  private Reply as(String who, String path) throws Exception {
    return client.send("GET", path, "Authorization", who);
  }

  private String robot(String life) throws Exception {
    byte[] body =
        Json.write(
            Map.of("name", "ci", "permissions", new String[] {"pull:team/**"}, "expires", life));
    Reply made = client.send("POST", "/plimsoll/v1/robots", body, "Authorization", ROOT);
    return Policed.basic("robot+ci", Json.tree(made.body()).path("token").asString());
  }

  @Test
  void aRobotIsToldThatItsTokenEndedAndAStrangerIsNot() throws Exception {
    String robot = robot("90d");
    assertThat(as(robot, MANIFEST).status()).isEqualTo(404);

    pass(Duration.ofDays(90));

    Reply ended = as(robot, MANIFEST);
    assertThat(ended.status()).isEqualTo(401);
    assertThat(ended.text())
        .contains("the token of robot+ci ended at 2026-05-30T00:00:00Z; sign in with another one");
    assertThat(ended.header("WWW-Authenticate")).contains("error=\"invalid_token\"");
    Reply stranger = as(Policed.basic("robot+ci", "plimsoll_guessed"), MANIFEST);
    assertThat(stranger.text()).contains("authentication required").doesNotContain("ended");
    Reply renewed =
        client.send("POST", "/plimsoll/v1/robots/ci", "{}".getBytes(UTF_8), "Authorization", ROOT);
    String again = Policed.basic("robot+ci", Json.tree(renewed.body()).path("token").asString());
    assertThat(as(again, MANIFEST).status()).isEqualTo(404);
  }

  @Test
  void theTokenOfARobotWhoseOwnTokenEndedIsWorthNothing() throws Exception {
    String token = Policed.bearer(client, robot("2m"), "repository:team/app:pull");
    assertThat(as(token, MANIFEST).status()).isEqualTo(404);

    pass(Duration.ofMinutes(3)); // the token made from it has two more

    Reply ended = as(token, MANIFEST);
    assertThat(ended.status()).isEqualTo(401);
    assertThat(ended.text()).contains("the token of robot+ci ended at 2026-03-01T00:02:00Z");
  }

  @Test
  void anIdentityTokenOfARobotNeedsNoName() throws Exception {
    String basic = new String(Base64.getDecoder().decode(robot("90d").substring(6)), UTF_8);
    String token = basic.substring(basic.indexOf(':') + 1);

    Reply issued =
        client.send(
            "POST",
            "/plimsoll/v1/token",
            ("grant_type=refresh_token&scope=repository:team/app:pull&refresh_token=" + token)
                .getBytes(UTF_8));

    String bearer = "Bearer " + Json.tree(issued.body()).path("access_token").asString();
    assertThat(as(bearer, MANIFEST).status()).isEqualTo(404);
    assertThat(as(bearer, "/v2/other/app/manifests/1").status()).isEqualTo(401);
  }

  @Test
  void aTokenOfOursIsGoodForFiveMinutes() throws Exception {
    String token = Policed.bearer(client, ROOT, "repository:team/app:pull");
    pass(Duration.ofMinutes(4));
    assertThat(as(token, MANIFEST).status()).isEqualTo(404);

    pass(Duration.ofMinutes(1));

    Reply ended = as(token, MANIFEST);
    assertThat(ended.status()).isEqualTo(401);
    assertThat(ended.text()).contains("the token of root ended at 2026-03-01T00:05:00Z");
    assertThat(ended.header("WWW-Authenticate"))
        .contains("scope=\"repository:team/app:pull\"", "error=\"invalid_token\"");
  }

  @Test
  void tokensOutliveTheKeyThatSignedThemAndTheNextKeySignsTheNext() throws Exception {
    Policed.bearer(client, ROOT, "repository:team/app:pull"); // the first one makes the key
    pass(Duration.ofDays(30).minusSeconds(1));
    String before = Policed.bearer(client, ROOT, "repository:team/app:pull");

    pass(Duration.ofSeconds(2));
    String after = Policed.bearer(client, ROOT, "repository:team/app:pull");

    assertThat(key(after)).isNotEqualTo(key(before));
    assertThat(as(before, MANIFEST).status()).isEqualTo(404);
    assertThat(as(after, MANIFEST).status()).isEqualTo(404);
  }

  private static String key(String bearer) {
    String header = bearer.substring("Bearer ".length(), bearer.indexOf('.'));
    return Json.tree(Base64.getUrlDecoder().decode(header)).path("kid").asString();
  }
}
