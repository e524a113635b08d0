package dev.plimsoll.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may do what, asked with what people have: docker, skopeo, curl and our own commands. */
class AccessIT {
  private static final String ADAS_PASSWORD = "adas-long-password";
  private static final String POLICY =
      """
      groups:
        builders: [bob]
      grants:
        - {to: "user:ada", may: admin, repositories: "**"}
        - {to: anonymous, may: pull, repositories: "public/**"}
        - {to: "group:builders", may: push, repositories: ["team/**", "public/**", "small/**"]}
        - {to: "user:carol", may: delete, repositories: "team/**"}
        - {to: "user:dora", may: pull, repositories: "team/**"}
      immutable-tags:
        - {repositories: "team/**", tags: "v*"}
      quotas:
        - {namespace: small, bytes: 100KiB}
      """;

  private static TestEngine engine;
  private static RunningServer registry;
  private static Shell shell;
  private static Path policy;

  @BeforeAll
  static void start() throws Exception {
    TestImage busybox = TestImage.busybox();
    engine =
        TestEngine.with(busybox, busybox.layer(new Tar().file("new", "1")).named("second:latest"));
    Path data = engine.scratch().resolve("registry");
    policy = Files.writeString(engine.scratch().resolve("access.yaml"), POLICY + limit("1000/m"));
    Path settings =
        Files.writeString(
            engine.scratch().resolve("plimsoll.yaml"),
            "registry.access.policy: %s\nregistry.access-log: true\n".formatted(policy));
    Program.plimsoll("registry", "user", "add", "ada", "--data=" + data, "--config=" + settings)
        .input(ADAS_PASSWORD + "\n")
        .run()
        .succeeded();
    registry =
        RunningServer.registryLoggingTo(
            engine.scratch().resolve("registry.log"), data, "--config=" + settings);
    shell =
        engine
            .shell()
            .with("R", registry.host())
            .with("PLIMSOLL_PASSWORD", ADAS_PASSWORD)
            .with("ADMIN", "--user=ada --url=" + registry.address())
            .with("plimsoll", Program.launcher() + " registry");
    shell.out(
        "for u in bob carol dora; do htpasswd -nbB -C 5 $u $u-password | head -1; done >$D/htpasswd"
            + " && $plimsoll user import $D/htpasswd $ADMIN");
    shell.out("docker tag busybox $R/public/base:1 && docker tag busybox $R/team/base:1");
    as("bob").out("docker push -q $R/public/base:1 && docker push -q $R/team/base:1");
  }

  @AfterAll
  static void stop() throws Exception {
    registry.close();
    engine.close();
  }

  private static String limit(String failedSignIns) {
    return "rate-limits: {failed-sign-ins: %s}%n".formatted(failedSignIns);
  }

  /** A shell whose docker and skopeo have logged in, and remember it in a place of their own. */
  private static Shell as(String user) throws Exception {
    Shell own = stranger(user);
    own.out(
        "echo %1$s-password | docker login -u %1$s --password-stdin $R 2>/dev/null"
            .formatted(user));
    return own;
  }

  /** One in which nobody has logged in. */
  private static Shell stranger(String name) throws Exception {
    Path place = Files.createTempDirectory(engine.scratch(), name);
    return shell
        .with("DOCKER_CONFIG", place.toString())
        .with("REGISTRY_AUTH_FILE", place.resolve("config.json").toString());
  }

  private static String robot(String name, String more) throws Exception {
    return shell.out("$plimsoll robot add %s %s $ADMIN".formatted(name, more));
  }

  @Test
  void everybodyPushesAndPullsWhatTheirRolesAllow() throws Exception {
    Shell bob = as("bob");
    Shell dora = as("dora");
    bob.out("docker tag busybox $R/team/app:1 && docker push -q $R/team/app:1");
    bob.out("docker tag busybox $R/other/app:1");

    assertThat(bob.refusal("docker push $R/other/app:1")).contains("denied");
    assertThat(dora.out("docker pull -q $R/team/app:1")).contains("/team/app:1");
    assertThat(dora.refusal("docker push $R/team/app:1")).contains("denied");
    assertThat(dora.refusal("skopeo delete --tls-verify=false docker://$R/team/app:1"))
        .contains("denied");
    as("carol").out("skopeo delete --tls-verify=false docker://$R/team/app:1");
    assertThat(dora.refusal("docker pull $R/team/app:1")).contains("not found");
  }

  @Test
  void strangersPullWhatIsPublicAndNothingElse() throws Exception {
    Shell stranger = stranger("stranger");

    assertThat(stranger.out("docker pull -q $R/public/base:1")).contains("public/base:1");
    assertThat(stranger.out("skopeo inspect --tls-verify=false docker://$R/public/base:1"))
        .contains("sha256:");
    assertThat(stranger.refusal("docker push $R/public/base:1")).contains("denied");
    String there = stranger.refusal("docker pull $R/team/base:1");
    String nowhere = stranger.refusal("docker pull $R/team/none:1");
    assertThat(there).isEqualTo(nowhere.replace("team/none", "team/base"));
  }

  @Test
  void whoLogsOutIsAStrangerAgain() throws Exception {
    Shell dora = as("dora");
    dora.out("docker pull -q $R/team/base:1");

    dora.out("docker logout $R");

    assertThat(dora.refusal("docker pull $R/team/base:1")).contains("may require 'docker login'");
  }

  @Test
  void aWrongPasswordAndAnUnknownUserAreRefusedAlike() throws Exception {
    Shell stranger = stranger("wrong");

    String wrong = stranger.refusal("echo not-it | docker login -u bob --password-stdin $R");
    String unknown = stranger.refusal("echo not-it | docker login -u eve --password-stdin $R");
    String skopeo = stranger.refusal("skopeo login --tls-verify=false -u bob -p not-it $R");

    assertThat(wrong).contains("authentication required").isEqualTo(unknown);
    assertThat(skopeo).contains("invalid username/password");
    assertThat(stranger.out("cat $DOCKER_CONFIG/config.json 2>/dev/null || true"))
        .doesNotContain(registry.host());
  }

  @Test
  void aRobotDoesWhatItHoldsBySkopeo() throws Exception {
    Shell ci = stranger("ci").with("TOKEN", robot("ci", "--may 'push:team/**' --expires 90d"));

    ci.out("echo $TOKEN | skopeo login --tls-verify=false -u robot+ci --password-stdin $R");
    ci.out(
        "skopeo copy -q --src-tls-verify=false --dest-tls-verify=false docker://$R/public/base:1 docker://$R/team/by-robot:1");

    assertThat(ci.refusal("skopeo delete --tls-verify=false docker://$R/team/by-robot:1"))
        .contains("denied");
    assertThat(
            ci.refusal(
                "skopeo copy -q --src-tls-verify=false --dest-tls-verify=false docker://$R/public/base:1 docker://$R/other/by-robot:1"))
        .contains("denied");
    ci.out("skopeo logout $R");
    assertThat(ci.refusal("skopeo inspect --tls-verify=false docker://$R/team/by-robot:1"))
        .contains("denied");
  }

  @Test
  void aPullSecretOfKubernetesIsARobotsNameAndToken() throws Exception {
    String token = robot("cluster", "--may 'pull:team/**'");
    Shell cluster = stranger("cluster").with("TOKEN", token);
    // As kubectl create secret docker-registry writes it.
    cluster.out(
        """
        printf '{"auths":{"%s":{"username":"robot+cluster","password":"%s","auth":"%s"}}}' \
          $R $TOKEN $(printf robot+cluster:$TOKEN | base64 -w0) >$REGISTRY_AUTH_FILE\
        """);

    cluster.out("skopeo inspect --tls-verify=false docker://$R/team/base:1");
    cluster.out("docker pull -q $R/team/base:1");
    cluster.out(
        "printf '{\"auths\":{\"%s\":{\"identitytoken\":\"%s\"}}}' $R $TOKEN >$DOCKER_CONFIG/config.json");
    assertThat(cluster.out("docker pull -q $R/team/base:1")).contains("team/base:1");
  }

  @Test
  void aRobotIsToldThatItsTokenEnded() throws Exception {
    Shell late = stranger("late").with("TOKEN", robot("late", "--may 'pull:**' --expires 1s"));

    await()
        .untilAsserted(() ->
            assertThat(late.refusal("echo $TOKEN | docker login -u robot+late --password-stdin $R"))
                .contains("the token of robot+late ended at 2"));
    assertThat(
            late.refusal(
                "skopeo inspect --tls-verify=false --creds robot+late:$TOKEN docker://$R/public/base:1"))
        .contains("the token of robot+late ended at 2");
  }

  @Test
  void whatIsTooMuchForItsNamespaceIsRefusedWithASentence() throws Exception {
    Shell bob = as("bob");

    assertThat(bob.refusal("docker tag busybox $R/small/b:1 && docker push $R/small/b:1"))
        .contains("denied", "small", "quota");
    assertThat(
            bob.refusal(
                "skopeo copy -q --src-tls-verify=false --dest-tls-verify=false docker://$R/public/base:1 docker://$R/small/b:1"))
        .contains("denied", "small", "quota");
    assertThat(bob.out("$plimsoll quotas $ADMIN")).contains("small");
  }

  @Test
  void anImmutableTagIsSetOnce() throws Exception {
    Shell bob = as("bob");
    bob.out("docker tag busybox $R/team/fixed:v1 && docker push -q $R/team/fixed:v1");
    bob.out("docker push -q $R/team/fixed:v1"); // the same again moves nothing

    assertThat(bob.refusal("docker tag second $R/team/fixed:v1 && docker push $R/team/fixed:v1"))
        .contains("denied", "v1", "immutable");
    assertThat(as("carol").refusal("skopeo delete --tls-verify=false docker://$R/team/fixed:v1"))
        .contains("immutable");
  }

  @Test
  void aReadOnlyRegistryServesAndTakesNothing() throws Exception {
    Shell bob = as("bob");
    bob.out("docker tag second $R/team/later:1");
    shell.out("$plimsoll read-only on --reason 'moving house' $ADMIN");
    try {
      assertThat(bob.refusal("docker push $R/team/later:1")).contains("read-only: moving house");
      bob.out("docker pull -q $R/team/base:1");
    } finally {
      shell.out("$plimsoll read-only off $ADMIN");
    }
    bob.out("docker push -q $R/team/later:1");
  }

  @Test
  void aWholeRepositoryGoesAndComesBack() throws Exception {
    Shell bob = as("bob");
    bob.out("docker tag busybox $R/team/gone:1 && docker push -q $R/team/gone:1");

    assertThat(
            bob.refusal(
                "PLIMSOLL_PASSWORD=bob-password $plimsoll delete-repository team/gone --user=bob --url=http://$R"))
        .contains("denied");
    assertThat(shell.out("$plimsoll delete-repository team/gone --dry-run $ADMIN"))
        .contains("sha256:");
    bob.out("docker pull -q $R/team/gone:1");
    shell.out("$plimsoll delete-repository team/gone $ADMIN");
    assertThat(bob.refusal("docker pull $R/team/gone:1")).contains("not found");
    shell.out("$plimsoll restore team/gone '*' $ADMIN");
    bob.out("docker pull -q $R/team/gone:1");
  }

  @Test
  void everyChangeIsOnRecordWithWhoAndWhat() throws Exception {
    as("bob").out("docker tag busybox $R/team/noted:1 && docker push -q $R/team/noted:1");
    robot("noted", "--may 'pull:team/**'");
    as("carol").out("skopeo delete --tls-verify=false docker://$R/team/noted:1");
    shell.out("$plimsoll robot remove noted $ADMIN");

    String audit = shell.out("$plimsoll audit $ADMIN");

    assertThat(audit.lines())
        .anyMatch(line -> line.matches("2\\S+Z +bob +127.0.0.1 .*PUT /v2/team/noted/manifests/1.*"))
        .anyMatch(line -> line.matches("2.* carol +127.0.0.1 .*DELETE /v2/team/noted/manifests/.*"))
        .anyMatch(line -> line.matches("2.* ada +127.0.0.1 .*POST /plimsoll/v1/robots robot noted"))
        .anyMatch(line -> line.matches("2.* ada .*DELETE /plimsoll/v1/robots/noted"))
        .anyMatch(line -> line.matches("2.* ada .*POST /plimsoll/v1/users/import.*"));
  }

  @Test
  void whatAnAccountCannotBeIsRefusedWithASentence() throws Exception {
    assertThat(shell.refusal("$plimsoll robot add x --may 'fly:team/**' $ADMIN"))
        .contains("fly", "pull, push, delete");
    assertThat(shell.refusal("$plimsoll robot add x --may 'push:Team/**' $ADMIN"))
        .contains("\"Team/**\" matches no repository");
    assertThat(shell.refusal("$plimsoll robot renew nobody $ADMIN"))
        .contains("there is no robot \"nobody\"");
  }

  @Test
  void tooManyFailedSignInsHaveToWait() throws Exception {
    Files.writeString(policy, POLICY + limit("1/m"));
    try {
      shell.out("curl -fsS -u bob:bob-password http://$R/v2/");
      await()
          .untilAsserted(() ->
              assertThat(shell.out("curl -sS -D- -u bob:not-it http://$R/v2/"))
                  .contains("HTTP/1.1 429", "Retry-After: ", "too many requests; try again in"));
      assertThat(stranger("many").refusal("echo a-guess | docker login -u bob --password-stdin $R"))
          .contains("too many requests; try again in");
      assertThat(stranger("few").out("echo bob-password | docker login -u bob --password-stdin $R"))
          .as("bob signed in before, so who guesses beside him does not lock him out")
          .contains("Login Succeeded");
    } finally {
      Files.writeString(policy, POLICY + limit("1000/m"));
    }
    await().untilAsserted(() -> shell.out("curl -fsS -u bob:bob-password http://$R/v2/"));
  }

  @Test
  void noSecretIsInALogOrOnTheDisk() throws Exception {
    String token = robot("secretive", "--may 'pull:team/**'");
    Shell curl = shell.with("TOKEN", token).with("L", "http://" + registry.host());
    curl.out("curl -sS -u robot+secretive:$TOKEN $L/v2/");
    curl.out("curl -sS -u bob:a-wrong-password $L/v2/");
    curl.out(
        "curl -sS $L/plimsoll/v1/token -d grant_type=password -d username=bob -d password=a-wrong-password");
    String bearer = curl.out("curl -fsS -u bob:bob-password $L/plimsoll/v1/token | cut -d'\"' -f4");
    curl.out("curl -sS -H 'Authorization: Bearer %s' $L/v2/team/base/tags/list".formatted(bearer));

    assertThat(Files.readString(engine.scratch().resolve("registry.log")))
        .contains("/plimsoll/v1/token", "/v2/team/base/tags/list")
        .doesNotContain(token, "a-wrong-password", "bob-password", ADAS_PASSWORD, bearer);
    for (String secret : new String[] {token, "a-wrong-password", "bob-password", ADAS_PASSWORD}) {
      assertThat(curl.out("grep -rlF %s $D/registry || true".formatted(secret))).isEmpty();
    }
  }
}
