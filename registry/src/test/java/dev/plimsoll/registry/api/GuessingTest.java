package dev.plimsoll.registry.api;

import static dev.plimsoll.registry.api.Policed.basic;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.oci.Json;
import dev.plimsoll.registry.RegistrySettings;
import dev.plimsoll.registry.api.Client.Reply;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody guesses passwords from an address that others share. */
class GuessingTest {
  private static final String BOB = basic("bob", "bobs-password");
  private static final String CAROL = basic("carol", "carols-password");

  @TempDir private Path directory;
  private Client client;

  @BeforeEach
  void start() throws Exception {
    client =
        Policed.start(
            RegistrySettings.in(directory.resolve("data")),
            Policed.policy(
                directory,
                """
                grants: [{to: "user:bob", may: admin, repositories: "**"}]
                rate-limits: {failed-sign-ins: 3/h}
                """),
            Map.of("bob", "bobs-password", "carol", "carols-password"),
            InstantSource.system());
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
  }

  private int as(String who) throws Exception {
    return client.send("GET", "/v2/", "Authorization", who).status();
  }

  private Reply bobs(String method, String path, String body) throws Exception {
    return client.send(method, "/plimsoll/v1/" + path, body.getBytes(UTF_8), "Authorization", BOB);
  }

  @Test
  void whoGuessesIsStoppedAndLocksOutNobodyWhoWasHere() throws Exception {
    assertThat(as(BOB)).isEqualTo(200);
    String bearer = Policed.bearer(client, BOB, "");
    Reply made = bobs("POST", "robots", "{\"name\":\"ci\"}");
    String robot = basic("robot+ci", Json.tree(made.body()).path("token").asString());

    for (int i = 0; i < 3; i++) {
      assertThat(as(basic("bob", "guess-" + i))).isEqualTo(401);
    }

    Reply stopped = client.send("GET", "/v2/", "Authorization", basic("bob", "guess-4"));
    assertThat(stopped.status()).isEqualTo(429);
    assertThat(stopped.header("Retry-After")).isNotEmpty();
    assertThat(as(basic("robot+ci", "plimsoll_guess"))).isEqualTo(429);
    assertThat(as("Bearer guess")).isEqualTo(429);
    assertThat(as("Basic %%%")).isEqualTo(429);

    assertThat(as(bearer)).isEqualTo(200);
    assertThat(as(robot)).as("a token of 256 random bits, never seen before").isEqualTo(200);
    assertThat(as(BOB)).isEqualTo(200);
    assertThat(as(CAROL)).as("right, but as good as a guess until it is checked").isEqualTo(429);
  }

  @Test
  void aPasswordThatWasRightIsCheckedAgain() throws Exception {
    assertThat(as(BOB)).isEqualTo(200);
    assertThat(as(CAROL)).isEqualTo(200);
    for (int i = 0; i < 3; i++) {
      assertThat(as(basic("bob", "guess-" + i))).isEqualTo(401);
    }

    assertThat(bobs("PUT", "users/carol", "{\"password\":\"another-one\"}").status())
        .isEqualTo(200);

    assertThat(as(BOB)).as("what was proven is forgotten with every change").isEqualTo(200);
    assertThat(as(CAROL)).isEqualTo(429);
  }
}
