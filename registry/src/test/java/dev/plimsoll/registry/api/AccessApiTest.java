package dev.plimsoll.registry.api;

import static dev.plimsoll.registry.api.Policed.basic;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.oci.Digest;
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

/** A registry with a policy, asked by people, robots and strangers. */
class AccessApiTest {
  private static final String POLICY =
      """
      groups: {builders: [bob]}
      grants:
        - {to: anonymous, may: pull, repositories: public/**}
        - {to: "user:root", may: admin, repositories: "**"}
        - {to: "group:builders", may: push, repositories: [team/**, public/**]}
        - {to: "user:carol", may: delete, repositories: team/**}
      rate-limits: {failed-sign-ins: 1000/m}
      """;
  private static final String ROOT = basic("root", "root-password");
  private static final String BOB = basic("bob", "bobs-password");
  private static final String CAROL = basic("carol", "carols-password");

  @TempDir private Path directory;
  private Client client;

  @BeforeEach
  void setUp() throws Exception {
    client =
        Policed.start(
            RegistrySettings.in(directory.resolve("data")),
            Policed.policy(directory, POLICY),
            Map.of("root", "root-password", "bob", "bobs-password", "carol", "carols-password"),
            InstantSource.system());
  }

  @AfterEach
  void tearDown() throws Exception {
    client.close();
  }

  private static String[] auth(String value) {
    return new String[] {"Authorization", value};
  }

  private Reply as(String who, String method, String path) throws Exception {
    return client.send(method, path, auth(who));
  }

  private int push(String who, String repository, String content) throws Exception {
    byte[] blob = content.getBytes(UTF_8);
    return client
        .send(
            "POST",
            "/v2/" + repository + "/blobs/uploads/?digest=" + Digest.sha256(blob),
            blob,
            auth(who))
        .status();
  }

  private void image(String who, String repository, String tag) throws Exception {
    assertThat(push(who, repository, "layer")).isEqualTo(201);
    assertThat(push(who, repository, "{}")).isEqualTo(201);
    byte[] manifest =
        Client.imageManifest("{}".getBytes(UTF_8), java.util.List.of("layer".getBytes(UTF_8)), "");
    assertThat(
            client
                .send(
                    "PUT",
                    "/v2/" + repository + "/manifests/" + tag,
                    manifest,
                    "Authorization",
                    who,
                    "Content-Type",
                    "application/vnd.oci.image.manifest.v1+json")
                .status())
        .isEqualTo(201);
  }

  @Test
  void aStrangerIsToldWhereToSignIn() throws Exception {
    Reply base = client.send("GET", "/v2/");
    Reply manifest = client.send("GET", "/v2/team/app/manifests/1");

    assertThat(base.status()).isEqualTo(401);
    assertThat(base.header("WWW-Authenticate"))
        .isEqualTo(
            "Bearer realm=\"%s/plimsoll/v1/token\",service=\"plimsoll-registry\""
                .formatted(client.url()));
    assertThat(manifest.status()).isEqualTo(401);
    assertThat(manifest.header("WWW-Authenticate")).endsWith("scope=\"repository:team/app:pull\"");
    assertThat(manifest.text()).contains("UNAUTHORIZED");
  }

  @Test
  void everybodyMayDoWhatTheirRolesSay() throws Exception {
    image(BOB, "team/app", "1");

    assertThat(as(BOB, "GET", "/v2/team/app/manifests/1").status()).isEqualTo(200);
    assertThat(as(BOB, "DELETE", "/v2/team/app/manifests/1").status()).isEqualTo(403);
    assertThat(push(BOB, "other/app", "x")).isEqualTo(403);
    assertThat(push(CAROL, "team/app", "x")).isEqualTo(403);
    assertThat(as(CAROL, "DELETE", "/v2/team/app/manifests/1").status()).isEqualTo(202);
    assertThat(as(ROOT, "POST", "/plimsoll/v1/gc").status()).isEqualTo(200);
    assertThat(as(CAROL, "POST", "/plimsoll/v1/gc").status()).isEqualTo(403);
    assertThat(as(CAROL, "POST", "/plimsoll/v1/import?from=http://127.0.0.1:1").status())
        .as("who may have the registry ask any address")
        .isEqualTo(403);
    assertThat(client.send("POST", "/plimsoll/v1/gc").status()).isEqualTo(401);
    assertThat(as(BOB, "GET", "/plimsoll/v1/no-such-thing").status()).isEqualTo(403);
    assertThat(as(ROOT, "GET", "/plimsoll/v1/no-such-thing").status()).isEqualTo(404);
  }

  @Test
  void whatIsPublicNeedsNoPassword() throws Exception {
    image(BOB, "public/app", "1");

    assertThat(client.send("GET", "/v2/public/app/manifests/1").status()).isEqualTo(200);
    assertThat(client.send("GET", "/v2/public/app/tags/list").status()).isEqualTo(200);
    assertThat(
            client
                .send(
                    "GET",
                    "/v2/public/app/manifests/1",
                    auth(Policed.bearer(client, "", "repository:public/app:pull,push")))
                .status())
        .isEqualTo(200);
    assertThat(client.send("POST", "/v2/public/app/blobs/uploads/").status()).isEqualTo(401);
  }

  @Test
  void refusalsTellAStrangerNothing() throws Exception {
    image(BOB, "team/app", "1");

    Reply wrongPassword = as(basic("bob", "not-it"), "GET", "/v2/team/app/manifests/1");
    Reply unknownUser = as(basic("nobody", "not-it"), "GET", "/v2/team/app/manifests/1");
    Reply unknownRobot = as(basic("robot+x", "plimsoll_x"), "GET", "/v2/team/app/manifests/1");
    Reply noCredentials = client.send("GET", "/v2/team/app/manifests/1");
    Reply noRepository = client.send("GET", "/v2/team/none/manifests/1");
    Reply garbage = as("Basic %%%", "GET", "/v2/team/app/manifests/1");

    assertThat(wrongPassword.status()).isEqualTo(401);
    for (Reply other :
        new Reply[] {unknownUser, unknownRobot, noCredentials, noRepository, garbage}) {
      assertThat(other.status()).isEqualTo(401);
      assertThat(other.text()).isEqualTo(wrongPassword.text());
    }
    assertThat(as(CAROL, "GET", "/v2/other/app/manifests/1").text())
        .isEqualTo(as(CAROL, "GET", "/v2/none/app/manifests/1").text());
  }

  @Test
  void aTokenIsGoodForWhatItWasAskedForAndAllowed() throws Exception {
    image(BOB, "team/app", "1");

    String pull = Policed.bearer(client, BOB, "repository:team/app:pull");
    String both = Policed.bearer(client, BOB, "repository:team/app:pull,push,delete");
    String other = Policed.bearer(client, BOB, "repository:other/app:pull,push");

    assertThat(as(pull, "GET", "/v2/team/app/manifests/1").status()).isEqualTo(200);
    assertThat(as(pull, "GET", "/v2/").status()).isEqualTo(200);
    Reply tooSmall = as(pull, "POST", "/v2/team/app/blobs/uploads/");
    assertThat(tooSmall.status()).isEqualTo(401);
    assertThat(tooSmall.header("WWW-Authenticate"))
        .contains("scope=\"repository:team/app:pull,push\"", "error=\"insufficient_scope\"");
    assertThat(push(both, "team/app", "more")).isEqualTo(201);
    assertThat(as(both, "DELETE", "/v2/team/app/manifests/1").status()).isEqualTo(401);
    assertThat(as(other, "GET", "/v2/other/app/manifests/1").status()).isEqualTo(401);
    assertThat(as(other, "GET", "/v2/team/app/manifests/1").status()).isEqualTo(401);
    assertThat(as(both, "GET", "/plimsoll/v1/token?scope=repository:team/app:pull").status())
        .isEqualTo(401);
    assertThat(as(Policed.bearer(client, ROOT, ""), "POST", "/plimsoll/v1/gc").status())
        .isEqualTo(401);
    assertThat(as(pull + "x", "GET", "/v2/").status()).isEqualTo(401);
    assertThat(as("Bearer nonsense", "GET", "/v2/").status()).isEqualTo(401);
  }

  @Test
  void theTokenFlowAlsoGoesByForm() throws Exception {
    Reply password =
        client.send(
            "POST",
            "/plimsoll/v1/token",
            "grant_type=password&username=bob&password=bobs-password&scope=repository:team/a:pull"
                .getBytes(UTF_8));
    Reply wrong =
        client.send(
            "POST",
            "/plimsoll/v1/token",
            "grant_type=password&username=bob&password=wrong".getBytes(UTF_8));
    Reply other = client.send("POST", "/plimsoll/v1/token", "grant_type=magic".getBytes(UTF_8));

    assertThat(password.status()).isEqualTo(200);
    assertThat(Json.tree(password.body()).path("expires_in").asInt()).isEqualTo(300);
    assertThat(wrong.status()).isEqualTo(401);
    assertThat(other.status()).isEqualTo(400);
  }

  @Test
  void listsShowWhatTheCallerMayPull() throws Exception {
    image(BOB, "team/app", "1");
    image(BOB, "public/app", "1");
    image(ROOT, "secret/app", "1");

    assertThat(as(ROOT, "GET", "/v2/_catalog").text())
        .isEqualTo("{\"repositories\":[\"public/app\",\"secret/app\",\"team/app\"]}");
    assertThat(as(CAROL, "GET", "/v2/_catalog").text())
        .isEqualTo("{\"repositories\":[\"public/app\",\"team/app\"]}");
    assertThat(client.send("GET", "/v2/_catalog").text())
        .isEqualTo("{\"repositories\":[\"public/app\"]}");
    Reply page = as(CAROL, "GET", "/v2/_catalog?n=1");
    assertThat(page.text()).isEqualTo("{\"repositories\":[\"public/app\"]}");
    assertThat(page.header("Link")).contains("last=public%2Fapp");
    assertThat(as(Policed.bearer(client, BOB, ""), "GET", "/v2/_catalog").status()).isEqualTo(401);
    assertThat(as(Policed.bearer(client, BOB, "registry:catalog:*"), "GET", "/v2/_catalog").text())
        .isEqualTo("{\"repositories\":[\"public/app\",\"team/app\"]}");
  }

  @Test
  void aBlobIsMountedOnlyOutOfWhatTheCallerMayPull() throws Exception {
    assertThat(push(ROOT, "secret/app", "treasure")).isEqualTo(201);
    assertThat(push(BOB, "team/other", "common")).isEqualTo(201);
    Digest treasure = Digest.sha256("treasure".getBytes(UTF_8));
    Digest common = Digest.sha256("common".getBytes(UTF_8));
    String place = "/v2/team/app/blobs/uploads/?mount=";

    assertThat(as(BOB, "POST", place + treasure + "&from=secret/app").status()).isEqualTo(202);
    assertThat(as(BOB, "POST", place + treasure).status()).isEqualTo(202);
    assertThat(as(BOB, "POST", place + common + "&from=team/other").status()).isEqualTo(201);
    assertThat(as(BOB, "POST", "/v2/team/third/blobs/uploads/?mount=" + common).status())
        .isEqualTo(201);
    assertThat(as(ROOT, "POST", place + treasure).status()).isEqualTo(201);
  }

  @Test
  void aRobotMayDoWhatItHoldsUntilItsTokenIsChangedOrItIsRemoved() throws Exception {
    Reply made =
        client.send(
            "POST",
            "/plimsoll/v1/robots",
            "{\"name\":\"ci\",\"permissions\":[\"push:team/**\"],\"expires\":\"90d\"}"
                .getBytes(UTF_8),
            auth(ROOT));
    assertThat(made.status()).as(made.text()).isEqualTo(200);
    String robot = basic("robot+ci", Json.tree(made.body()).path("token").asString());

    assertThat(push(robot, "team/app", "x")).isEqualTo(201);
    assertThat(push(robot, "other/app", "x")).isEqualTo(403);
    String token = Policed.bearer(client, robot, "repository:team/app:push");
    assertThat(push(token, "team/app", "y")).isEqualTo(201);

    Reply renewed = client.send("POST", "/plimsoll/v1/robots/ci", "{}".getBytes(UTF_8), auth(ROOT));
    String again = basic("robot+ci", Json.tree(renewed.body()).path("token").asString());
    assertThat(push(robot, "team/app", "x")).isEqualTo(401);
    assertThat(push(again, "team/app", "x")).isEqualTo(201);

    assertThat(as(ROOT, "DELETE", "/plimsoll/v1/robots/ci").status()).isEqualTo(200);
    assertThat(push(again, "team/app", "x")).isEqualTo(401);
    assertThat(push(token, "team/app", "y")).isEqualTo(401);
    assertThat(as(ROOT, "DELETE", "/plimsoll/v1/robots/ci").status()).isEqualTo(404);
  }

  @Test
  void aChangedPasswordAndAChangedPolicyHoldAtOnce() throws Exception {
    assertThat(as(BOB, "GET", "/v2/").status()).isEqualTo(200);

    assertThat(
            client
                .send(
                    "PUT",
                    "/plimsoll/v1/users/bob",
                    "{\"password\":\"another-one\"}".getBytes(UTF_8),
                    auth(ROOT))
                .status())
        .isEqualTo(200);

    assertThat(as(BOB, "GET", "/v2/").status()).isEqualTo(401);
    assertThat(as(basic("bob", "another-one"), "GET", "/v2/").status()).isEqualTo(200);
  }

  @Test
  void badAccountsAreRefusedWithASentence() throws Exception {
    String[] bodies = {
      "{\"name\":\"a b\",\"password\":\"long-enough\"}",
      "{\"name\":\"dave\",\"password\":\"short\"}",
      "{\"name\":\"dave\"}",
      "{\"name\":\"dave\",\"password\":\"long-enough\",\"permissions\":[\"fly:team/**\"]}",
      "{\"name\":\"dave\",\"password\":\"long-enough\",\"permissions\":[\"push:Team/**\"]}",
    };
    for (String body : bodies) {
      Reply reply = client.send("POST", "/plimsoll/v1/users", body.getBytes(UTF_8), auth(ROOT));
      assertThat(reply.status()).as(body).isEqualTo(400);
      assertThat(reply.text()).doesNotContain("long-enough", "short");
    }
    assertThat(
            client
                .send(
                    "POST",
                    "/plimsoll/v1/users",
                    "{\"name\":\"bob\",\"password\":\"long-enough\"}".getBytes(UTF_8),
                    auth(ROOT))
                .status())
        .isEqualTo(409);
  }

  @Test
  void usersOfAnHtpasswdFileSignInWithTheirOldPasswords() throws Exception {
    // "secret-1" by htpasswd -nbB -C 5
    String file = "dora:$2y$05$YjC4oTqQ/PMhCx9ZexPc.OZkbUTfQPZXxm/iXCtSCbzjQ384//W2e\n";
    Reply imported =
        client.send("POST", "/plimsoll/v1/users/import", file.getBytes(UTF_8), auth(ROOT));
    Reply md5 =
        client.send(
            "POST",
            "/plimsoll/v1/users/import",
            "eve:$apr1$x$abcdefgh\n".getBytes(UTF_8),
            auth(ROOT));

    assertThat(imported.text()).isEqualTo("{\"added\":[\"dora\"],\"changed\":[]}");
    assertThat(as(basic("dora", "secret-1"), "GET", "/v2/").status()).isEqualTo(200);
    assertThat(as(basic("dora", "secret-2"), "GET", "/v2/").status()).isEqualTo(401);
    assertThat(md5.status()).isEqualTo(400);
    assertThat(md5.text()).contains("line 1", "eve", "htpasswd -B").doesNotContain("abcdefgh");
  }

  @Test
  void onlyTheRobotOfAHostReportsForIt() throws Exception {
    Reply made =
        client.send(
            "POST", "/plimsoll/v1/robots", "{\"name\":\"host-7\"}".getBytes(UTF_8), auth(ROOT));
    String robot = basic("robot+host-7", Json.tree(made.body()).path("token").asString());
    byte[] report = "{\"images\":[]}".getBytes(UTF_8);

    assertThat(client.send("PUT", "/plimsoll/v1/deployed/host-7", report, auth(robot)).status())
        .isEqualTo(200);
    assertThat(client.send("PUT", "/plimsoll/v1/deployed/host-8", report, auth(robot)).status())
        .isEqualTo(403);
    assertThat(client.send("PUT", "/plimsoll/v1/deployed/host-8", report, auth(BOB)).status())
        .isEqualTo(403);
    assertThat(client.send("PUT", "/plimsoll/v1/deployed/host-8", report, auth(ROOT)).status())
        .isEqualTo(200);
  }
}
