package dev.plimsoll.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What is kept and what can be had back: rules from a file, and deletions that are taken back or made
 * final, by the command line, on images that skopeo pushed.
 */
class RetentionIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String RULES =
      """
      rules:
      - name: releases
        repositories: [team/*]
        tags: [v*]
        keep: {newest: 2, order: version}
      - name: leftovers
        repositories: ['**']
        untagged: true
        keep: {untagged-within: 1h}
      """;

  private Places places;
  private Path rules;
  private RunningServer registry;
  private Shell shell;

  @BeforeEach
  void makeRoom() throws Exception {
    places = Places.make();
    rules = places.scratch().resolve("rules.yaml");
    Files.writeString(
        places.scratch().resolve("registry.yaml"),
        "registry: {retention: {policy: %s, every: 300ms}}\n".formatted(rules));
  }

  @AfterEach
  void stop() throws Exception {
    if (registry != null) {
      registry.close();
    }
    places.remove();
  }

  private void start(String... more) throws Exception {
    registry =
        RunningServer.registryLoggingTo(
            places.scratch().resolve("registry.log"), places.data(), more);
    shell =
        new Shell(
            Map.of(
                "R", registry.host(), "W", places.scratch().toString(), "P", plimsollRegistry()));
  }

  private static String plimsollRegistry() {
    return Program.launcher() + " registry";
  }

  private String withRules() {
    return "--config=" + places.scratch().resolve("registry.yaml");
  }

  private void push(String... tags) throws Exception {
    for (String tag : tags) {
      pushed(tag, tag);
    }
  }

  private void pushed(String tag, String content) throws Exception {
    var image = new TestImage("i:1", List.of(new Tar().file("tag", content).bytes()), Map.of());
    shell.line("cat >$W/i.tar").input(image.archive()).run().succeeded();
    shell.out(
        "skopeo copy -q --dest-tls-verify=false docker-archive:$W/i.tar docker://$R/team/app:"
            + tag);
  }

  private String digest(String tag) throws Exception {
    return shell.out(
        "skopeo inspect --tls-verify=false -f '{{.Digest}}' docker://$R/team/app:" + tag);
  }

  private void reportedDeployed(String digest) throws Exception {
    shell.out(
        "curl -sSf -X PUT http://$R/plimsoll/v1/deployed/web-1 -d"
            + " '{\"images\":[{\"repository\":\"team/app\",\"digest\":\"%s\"}]}'"
                .formatted(digest));
  }

  private void delete(String digest) throws Exception {
    shell.out("curl -sSf -X DELETE http://$R/v2/team/app/manifests/" + digest);
  }

  private Set<String> tags() throws Exception {
    String list =
        shell.out("curl -sS http://$R/v2/team/app/tags/list | grep -o '\\[.*\\]' | tr -d '[]\"'");
    return new TreeSet<>(List.of(list.split(",")));
  }

  /** What a run lists as gone: each object, and what its going frees. */
  private Set<String> deletions(String options) throws Exception {
    return new TreeSet<>(
        shell
            .out(
                "$P retain --url http://$R --json --deletions --policy $W/rules.yaml "
                    + options
                    + " | grep '\"verdict\":\"delete\"' | sed 's/\"reason\":\"[^\"]*\",\"sizeBytes\":[0-9]*,//'")
            .lines()
            .toList());
  }

  @Test
  void theRealRunDoesWhatTheDryRunListed() throws Exception {
    start();
    Files.writeString(rules, RULES);
    push("v1.2.0", "v1.9.0", "v1.10.0", "v1.3.0", "v1.4.0", "v1.5.0", "latest");
    shell.out("skopeo copy -q --src-tls-verify=false docker://$R/team/app:v1.5.0 dir:$W/pulled");
    shell.out("$P pin --url http://$R team/app:v1.3.0 --reason audit");
    reportedDeployed(digest("v1.4.0"));

    String listed = shell.out("$P retain --url http://$R --dry-run --policy $W/rules.yaml 2>&1");
    Set<String> would = deletions("--dry-run");
    Set<String> before = tags();
    Set<String> did = deletions("");

    assertThat(listed)
        .containsPattern("KEEP +team/app:v1\\.10\\.0 .*rule releases: number 1 of the newest 2")
        .containsPattern("KEEP +team/app:v1\\.9\\.0 .*rule releases: number 2 of the newest 2")
        .containsPattern("KEEP +team/app:v1\\.3\\.0 .*v1\\.3\\.0 is pinned by .*")
        .containsPattern("KEEP +team/app:v1\\.4\\.0 .*is deployed, says web-1")
        .containsPattern("KEEP +team/app:latest .*no rule is about it")
        .containsPattern("DELETE team/app:v1\\.5\\.0 .*rule releases: pushed .*, pulled .* ago")
        .containsPattern("DELETE team/app:v1\\.2\\.0 .*rule releases: pushed .*, never pulled")
        .contains("would delete 2 tags and 2 manifests");
    assertThat(before).as("a dry run deletes nothing").hasSize(7);
    assertThat(did).isEqualTo(would).hasSize(4);
    assertThat(tags()).containsExactly("latest", "v1.10.0", "v1.3.0", "v1.4.0", "v1.9.0");
    for (String tag : tags()) {
      shell.out("skopeo copy -q --src-tls-verify=false docker://$R/team/app:" + tag + " dir:$W/k");
    }
    assertThat(shell.out("$P trash --url http://$R"))
        .contains("team/app", "by retention: rule releases");
    shell.out(
        "curl -sSf -X POST"
            + " \"http://$R/plimsoll/v1/trash/restore?repository=team/app&reference=v1.5.0\"");
    shell.out(
        "skopeo copy -q --src-tls-verify=false docker://$R/team/app:v1.5.0 dir:$W/back"
            + " && diff -r $W/pulled $W/back");
  }

  @Test
  void aTagGoesBackToWhatItWasOutOfTheTrash() throws Exception {
    start();
    pushed("latest", "one");
    String one = digest("latest");
    pushed("latest", "two");
    String two = digest("latest");
    delete(one);

    List<String> moves = shell.out("$P history --url http://$R team/app:latest").lines().toList();
    assertThat(moves).hasSize(2);
    assertThat(moves.getFirst()).contains(one + " -> " + two);
    assertThat(moves.getLast()).contains("(not there) -> " + one);

    String restore =
        "$P restore --url http://$R --tag team/app:latest --at " + moves.getLast().split(" ")[0];
    assertThat(shell.out(restore + " --dry-run 2>&1"))
        .contains("would come out of the trash: " + one, two + " -> " + one);
    assertThat(digest("latest")).isEqualTo(two);
    assertThat(shell.out(restore + " 2>&1")).contains("came out of the trash: " + one);
    assertThat(digest("latest")).isEqualTo(one);
    assertThat(shell.out("$P trash --url http://$R")).isEmpty();
    assertThat(shell.out("$P history --url http://$R team/app:latest").lines()).hasSize(3);
    assertThat(shell.refusal("$P restore --url http://$R --tag team/app:latest --at 365d"))
        .contains("it was not there yet");
  }

  @Test
  void aDeletionIsTakenBackOrMadeFinal() throws Exception {
    start();
    push("one", "two");
    String one = digest("one");
    String two = digest("two");
    delete(one);
    delete(two);

    assertThat(shell.out("$P restore --url http://$R --dry-run team/app one")).contains(one, "one");
    assertThat(shell.out("$P restore --url http://$R team/app one")).contains(one, "one");
    assertThat(tags()).containsExactly("one");
    String deletion = shell.out("$P trash --url http://$R team/app").split(" ")[0];
    String purge = "$P purge --url http://$R " + deletion;
    reportedDeployed(two);
    assertThat(shell.refusal(purge + " --dry-run")).contains("is deployed, says web-1");
    shell.out("curl -sSf -X DELETE http://$R/plimsoll/v1/deployed/web-1");
    assertThat(shell.out(purge + " --dry-run 2>&1"))
        .contains(two, "two", "would purge deletion " + deletion + " of team/app");
    assertThat(shell.out("$P trash --url http://$R")).contains(two);

    assertThat(shell.out(purge + " 2>&1")).contains(two, "purged deletion " + deletion);

    assertThat(shell.out("$P trash --url http://$R")).isEmpty();
    assertThat(shell.refusal("$P restore --url http://$R team/app two"))
        .contains("the trash has no team/app:two");
    assertThat(shell.out("$P gc --url http://$R --now 2>&1")).containsPattern("deleted 2 blobs");
    assertThat(digest("one")).isEqualTo(one);
  }

  @Test
  void rulesThatCannotBeUsedStopTheStart() throws Exception {
    refusedAtStart(RULES.replace("newest: 2", "newst: 2"), "rules.yaml, line 5: ", "newst");
    refusedAtStart(
        RULES + "- {name: all, repositories: ['**'], tags: ['*']}\n",
        "rules.yaml, line 10: rule \"all\" would delete everything");
  }

  private void refusedAtStart(String text, String... reasons) throws Exception {
    Files.writeString(rules, text);
    Program.Result refused =
        Program.plimsoll(
                "registry",
                "serve",
                "--listen=127.0.0.1:0",
                "--data=" + places.data().resolve("refused"),
                withRules())
            .run();
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains(reasons).doesNotContain("Exception");
  }

  @Test
  void rulesRunByThemselvesAndAreReadAgain() throws Exception {
    Files.writeString(rules, RULES.replace("{newest: 2, order: version}", "everything"));
    start(withRules());
    push("v1", "v2", "v3");

    Files.writeString(rules, RULES.replace("newest: 2", "newst: 2"));
    Program.Result bad = shell.run("$P retain --reload --url http://$R");
    assertThat(bad.code()).isEqualTo(1);
    assertThat(bad.err()).contains("rules.yaml, line 5: ", "newst", "the rules in force stay");
    assertThat(Files.readString(places.scratch().resolve("registry.log")))
        .contains("retention policy not read again, the last one stays in force");
    assertThat(tags()).containsExactly("v1", "v2", "v3");

    Files.writeString(rules, RULES.replace("order: version", "order: pushed"));
    await().atMost(SOON).until(() -> tags().equals(Set.of("v2", "v3")));
    assertThat(shell.out("$P retain --reload --url http://$R 2>&1"))
        .contains("2 rules are in force");
  }
}
