package dev.plimsoll.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** People and pipelines of an OpenID Connect provider, who have no password here. */
class OidcIT {
  private static TestEngine engine;
  private static TestIssuer issuer;
  private static RunningServer registry;
  private static Shell shell;
  private static Path log;

  @BeforeAll
  static void start() throws Exception {
    engine = TestEngine.with(TestImage.busybox());
    issuer = TestIssuer.start(engine.scratch().resolve("issuer.log"));
    Path policy =
        Files.writeString(
            engine.scratch().resolve("access.yaml"),
            """
            grants:
              - {to: "group:oidc:builders", may: push, repositories: "team/**"}
              - {to: "user:oidc:eve", may: pull, repositories: "team/**"}
            oidc:
              - {issuer: "%s", audience: plimsoll}
            """
                .formatted(issuer.url()));
    Path settings =
        Files.writeString(
            engine.scratch().resolve("plimsoll.yaml"),
            "registry.access.policy: %s\nregistry.access-log: true\n".formatted(policy));
    log = engine.scratch().resolve("registry.log");
    registry =
        RunningServer.registryLoggingTo(
            log, engine.scratch().resolve("registry"), "--config=" + settings);
    shell = engine.shell().with("R", registry.host());
    with(issuer.token("main", "bob"))
        .out(
            "echo $TOKEN | docker login -u oidc --password-stdin $R 2>/dev/null"
                + " && docker tag busybox $R/team/base:1 && docker push -q $R/team/base:1");
  }

  @AfterAll
  static void stop() throws Exception {
    registry.close();
    issuer.close();
    engine.close();
  }

  /** A shell that has the token, and where nobody has logged in. */
  private static Shell with(String token) throws Exception {
    Path place = Files.createTempDirectory(engine.scratch(), "client");
    return shell
        .with("TOKEN", token)
        .with("DOCKER_CONFIG", place.toString())
        .with("REGISTRY_AUTH_FILE", place.resolve("config.json").toString());
  }

  private static String refused(String token) throws Exception {
    return with(token).refusal("echo $TOKEN | docker login -u oidc --password-stdin $R");
  }

  @Test
  void aTokenOfTheIssuerIsAPasswordForWhatItsGroupsMay() throws Exception {
    Shell bob = with(issuer.token("main", "bob"));
    Shell eve = with(issuer.token("main", "eve"));
    String login = "echo $TOKEN | skopeo login --tls-verify=false -u oidc --password-stdin $R";
    String copy =
        "skopeo copy -q --src-tls-verify=false --dest-tls-verify=false docker://$R/team/base:1 docker://$R/team/";
    bob.out(login);
    eve.out(login);

    bob.out(copy + "bobs:1");
    eve.out("skopeo inspect --tls-verify=false docker://$R/team/bobs:1");
    assertThat(eve.refusal(copy + "eves:1")).contains("denied");
  }

  @Test
  void aTokenOfTheIssuerIsAnIdentityTokenToo() throws Exception {
    Shell bob = with(issuer.token("main", "bob"));
    bob.out(
        "printf '{\"auths\":{\"%s\":{\"identitytoken\":\"%s\"}}}' $R $TOKEN >$DOCKER_CONFIG/config.json");

    assertThat(bob.out("docker pull -q $R/team/base:1")).contains("team/base:1");
  }

  @Test
  void aTokenPastItsTimeIsRefusedWithASentence() throws Exception {
    assertThat(refused(issuer.token("main", "bob-long-ago")))
        .contains("the token of oidc:bob ended at 2023-11-14T22:14:20Z; sign in with another one");
  }

  @Test
  void aTokenForSomebodyElseOrBySomebodyElseIsRefusedAndTheLogSaysWhy() throws Exception {
    String elsewhere = issuer.token("main", "bob-elsewhere");
    String another = issuer.token("another", "bob");
    String good = issuer.token("main", "bob");
    String forged =
        good.substring(0, good.lastIndexOf('.') + 1) + "AAAA" + good.substring(good.length() - 8);

    for (String token : new String[] {elsewhere, another, forged}) {
      assertThat(refused(token)).contains("authentication required").doesNotContain("audience");
    }
    assertThat(Files.readString(log))
        .contains("ID token refused issuer=" + issuer.url() + " reason=audience")
        .contains("reason=\"signature or form\"")
        .doesNotContain(elsewhere, another, forged);
  }

  @Test
  void aNameThatWouldBeginALineOfItsOwnIsRefused() throws Exception {
    assertThat(refused(issuer.token("main", "mallory"))).contains("authentication required");
    assertThat(Files.readString(log)).contains("reason=\"claim sub is no name\"");
  }

  @Test
  void keysThatTheIssuerChangesAreFoundAndOutliveIt() throws Exception {
    String before = issuer.token("main", "bob");
    issuer.next("ES256");
    try {
      String after = issuer.token("main", "bob");
      String last = issuer.token("main", "eve");
      assertThat(header(after)).isNotEqualTo(header(before));

      awaitSignIn(after);
      issuer.end();

      awaitSignIn(last);
    } finally {
      issuer.next("RS256");
      awaitSignIn(issuer.token("main", "bob"));
    }
  }

  /** The issuer is asked for its keys no more than every two seconds. */
  private static void awaitSignIn(String token) throws Exception {
    Shell curl = with(token);
    await().until(() -> curl.run("curl -fsS -u oidc:$TOKEN http://$R/v2/").code() == 0);
  }

  private static String header(String token) {
    return token.substring(0, token.indexOf('.'));
  }
}
