package dev.plimsoll.registry.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Json;
import dev.plimsoll.oci.MediaTypes;
import dev.plimsoll.registry.RegistrySettings;
import dev.plimsoll.registry.retention.RetentionSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Retention as it is asked for, from the rules to the bytes. */
class RetentionApiTest {
  private static final String KEEP_ONE =
      """
      rules:
      - name: releases
        repositories: [team/*]
        tags: ['*']
        keep: {newest: 1, order: version}
      - name: leftovers
        repositories: [team/*]
        untagged: true
        keep: {untagged-within: 1h}
      """;

  @TempDir private Path data;
  private Client client;

  @BeforeEach
  void start() throws IOException {
    client = Client.start(data);
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
  }

  /** The lines of a run; the last is the sum. */
  private List<JsonNode> retain(String query, String policy) throws Exception {
    Client.Reply reply =
        client.send("POST", "/plimsoll/v1/retention" + query, policy.getBytes(UTF_8));
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    return reply.text().lines().map(line -> Json.tree(line.getBytes(UTF_8))).toList();
  }

  private static List<String> deletions(List<JsonNode> lines) {
    List<String> all = new ArrayList<>();
    for (JsonNode line : lines) {
      if (line.path("verdict").asString("").equals("delete")) {
        all.add(
            line.path("tag").asString(line.path("digest").asString("")) + line.path("freedBytes"));
      }
    }
    return all;
  }

  private int status(String reference) throws Exception {
    return client.send("GET", "/v2/team/app/manifests/" + reference).status();
  }

  @Test
  void theRealRunDoesWhatTheDryRunListsAndTheCollectorFreesWhatItTold() throws Exception {
    byte[] amd = client.image("team/app", "amd", "amd");
    byte[] arm = client.image("team/app", "arm", "shared");
    client.manifest("team/app", "1.0", Client.index("", amd, arm), MediaTypes.OCI_INDEX);
    client.send("DELETE", "/v2/team/app/manifests/amd");
    client.send("DELETE", "/v2/team/app/manifests/arm");
    client.image("team/app", "1.1", "shared"); // the same image as arm
    client.image("team/app", "1.2", "newest");
    client.image("other/app", "1.0", "elsewhere");

    List<JsonNode> dry = retain("?dry-run", KEEP_ONE);
    assertThat(status("1.0")).isEqualTo(200);
    List<JsonNode> real = retain("", KEEP_ONE);

    assertThat(deletions(real)).isEqualTo(deletions(dry)).hasSize(5);
    long told = real.getLast().path("summary").path("freedBytes").asLong();
    assertThat(told)
        .isPositive()
        .isEqualTo(dry.getLast().path("summary").path("freedBytes").asLong());
    assertThat(status("1.0")).isEqualTo(404);
    assertThat(status("1.1")).isEqualTo(404);
    assertThat(status("1.2")).isEqualTo(200);
    assertThat(client.send("GET", "/v2/other/app/manifests/1.0").status()).isEqualTo(200);
    assertThat(
            Json.tree(client.send("POST", "/plimsoll/v1/gc?now").body())
                .path("freedBytes")
                .asLong())
        .isEqualTo(told);
    assertThat(deletions(retain("", KEEP_ONE))).isEmpty();
  }

  @Test
  void whatWentComesBackWholeAndTheTrashNamesTheRule() throws Exception {
    byte[] amd = client.image("team/app", "amd", "amd");
    byte[] index = Client.index("", amd);
    client.manifest("team/app", "1.0", index, MediaTypes.OCI_INDEX);
    client.send("DELETE", "/v2/team/app/manifests/amd");
    client.image("team/app", "1.2", "newest");
    retain("", KEEP_ONE);

    assertThat(client.send("GET", "/plimsoll/v1/trash").text())
        .contains("\"actor\":\"retention\",\"reason\":\"rule releases\"");
    assertThat(client.send("GET", "/plimsoll/v1/tags/history?repository=team/app&tag=1.0").text())
        .contains("retention (rule releases)");
    client.send("POST", "/plimsoll/v1/trash/restore?repository=team/app&reference=1.0");

    assertThat(status("1.0")).isEqualTo(200);
    assertThat(status(Digest.sha256(amd).toString())).isEqualTo(200);
    List<JsonNode> next = retain("", KEEP_ONE);
    assertThat(deletions(next)).as("the next run leaves it there").isEmpty();
    assertThat(next.toString()).contains("was restored at", "rules leave it alone for 7d");
  }

  @Test
  void whatIsPinnedOrDeployedStays() throws Exception {
    byte[] child = client.image("team/app", "child", "child");
    client.manifest("team/app", "1.0", Client.index("", child), MediaTypes.OCI_INDEX);
    client.send("DELETE", "/v2/team/app/manifests/child");
    client.image("team/app", "1.1", "pinned");
    client.image("team/app", "1.2", "gone");
    client.image("team/app", "1.3", "newest");
    client.send("PUT", "/plimsoll/v1/pins?repository=team/app&reference=1.1");
    String report =
        "{\"images\":[{\"repository\":\"team/app\",\"digest\":\"%s\"}]}"
            .formatted(Digest.sha256(child));
    client.send("PUT", "/plimsoll/v1/deployed/web-1", report.getBytes(UTF_8));

    List<JsonNode> lines = retain("", KEEP_ONE);

    assertThat(deletions(lines)).anyMatch(text -> text.startsWith("1.2"));
    assertThat(status("1.0")).isEqualTo(200);
    assertThat(status("1.1")).isEqualTo(200);
    assertThat(status("1.2")).isEqualTo(404);
    assertThat(lines.toString()).contains("is deployed, says web-1", "1.1 is pinned by 127.0.0.1");
  }

  @Test
  void aSignatureByTagStaysWithItsImageAndGoesInTheRunAfterIt() throws Exception {
    byte[] old = client.image("team/app", "1.0", "old");
    String signature = "sha256-%s.sig".formatted(Digest.sha256(old).hex());
    client.image("team/app", signature, "signature");
    client.image("team/app", "1.1", "newest");
    String policy = KEEP_ONE.replace("newest: 1, order: version", "newest: 1");

    retain("", policy.replace("newest: 1", "newest: 2"));
    assertThat(status(signature)).isEqualTo(200);
    retain("", policy);
    assertThat(status("1.0")).isEqualTo(404);
    assertThat(status(signature)).isEqualTo(200);
    retain("", policy);

    assertThat(status(signature)).isEqualTo(404);
  }

  @Test
  void whatWouldDeleteEverythingIsRefusedButCanBeTried() throws Exception {
    client.image("team/app", "1.0", "image");
    String policy = "rules:\n- {name: all, repositories: ['**', none], tags: ['*']}\n";

    Client.Reply refused =
        client.send("POST", "/plimsoll/v1/retention?name=p.yaml", policy.getBytes(UTF_8));
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.text()).contains("p.yaml, line 2: rule \\\"all\\\" would delete everything");
    List<JsonNode> tried = retain("?dry-run", policy);
    assertThat(deletions(tried)).hasSize(2);
    assertThat(tried.getLast().toString())
        .contains("would delete everything", "repositories \\\"none\\\" matches no repository");
    assertThat(status("1.0")).isEqualTo(200);
    assertThat(
            client
                .send("POST", "/plimsoll/v1/retention?dry-run", "rules: {a: b}".getBytes(UTF_8))
                .status())
        .isEqualTo(400);
  }

  @Test
  void whatAPolicySaysInVainIsWarnedOfWithItsLine() throws Exception {
    client.image("team/app", "1.0", "image");
    String policy =
        """
        rules:
        - {name: all, repositories: ['**'], tags: ['*'], except: ['relase-*'], keep: {newest: 1}}
        - {name: old, repositories: ['team/*', 'taem/*'], tags: ['1.*'], keep: {newest: 1}}
        - {name: typo, repositories: ['**'], tags: ['vv*'], keep: {newest: 1}}
        """;

    assertThat(retain("?dry-run", policy).getLast().path("summary").path("warnings").valueStream())
        .extracting(JsonNode::asString)
        .containsExactly(
            "line 3: rule \"old\": repositories \"taem/*\" matches no repository",
            "line 2: rule \"all\": except \"relase-*\" matches no tag",
            "line 4: rule \"typo\": tags \"vv*\" matches no tag",
            "line 3: rule \"old\" decides nothing: rules before it are about all that it is about");
  }

  @Test
  void anEmptyFileIsNoPolicyAndDoesNotRunTheRulesInForce(@TempDir Path other) throws Exception {
    Path file = Files.writeString(other.resolve("rules.yaml"), KEEP_ONE);
    RegistrySettings settings =
        RegistrySettings.in(other).withRetention(RetentionSettings.OFF.withPolicy(file));
    try (Client own = Client.start(settings)) {
      own.image("team/app", "1.0", "old");
      own.image("team/app", "1.1", "newest");

      Client.Reply refused =
          own.send("POST", "/plimsoll/v1/retention?name=new.yaml", "".getBytes(UTF_8));

      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.text()).contains("new.yaml", "rules is missing here");
      assertThat(own.send("GET", "/v2/team/app/manifests/1.0").status()).isEqualTo(200);
    }
  }

  @Test
  void whileReadOnlyNoRuleDeletesAnythingButItCanBeTriedAndHostsReport() throws Exception {
    byte[] old = client.image("team/app", "1.0", "old");
    client.image("team/app", "1.1", "newest");
    client.send("PUT", "/plimsoll/v1/read-only?reason=moving+house");

    assertThat(client.send("GET", "/plimsoll/v1/retention").text())
        .contains("\"off\":\"the registry is read-only: moving house\"");
    assertThat(
            client.send("POST", "/plimsoll/v1/retention?name=p", KEEP_ONE.getBytes(UTF_8)).status())
        .isEqualTo(405);
    assertThat(deletions(retain("?dry-run", KEEP_ONE))).hasSize(2);
    Client.Reply report =
        client.send(
            "PUT",
            "/plimsoll/v1/deployed/web-1",
            "{\"images\":[{\"digest\":\"%s\"}]}".formatted(Digest.sha256(old)).getBytes(UTF_8));
    assertThat(report.status()).as(report.text()).isEqualTo(200);
    assertThat(client.send("DELETE", "/plimsoll/v1/deployed/web-1").status()).isEqualTo(405);
    client.send("DELETE", "/plimsoll/v1/read-only");

    assertThat(deletions(retain("", KEEP_ONE))).isEmpty();
    assertThat(status("1.0")).isEqualTo(200);
  }

  @Test
  void aRepositoryThatIsNotThereIsNoSuccess() throws Exception {
    client.image("team/app", "1.0", "image");

    Client.Reply refused =
        client.send("POST", "/plimsoll/v1/retention?repository=team/ap", KEEP_ONE.getBytes(UTF_8));

    assertThat(refused.status()).isEqualTo(404);
    assertThat(refused.text()).contains("team/ap");
  }

  @Test
  void aRuleThatOthersLeaveNothingToIsWarnedOf() throws Exception {
    client.image("team/app", "1.0", "image");
    String behind =
        """
        - {name: old, repositories: ['**'], tags: ['1.*'], keep: {newest: 3}}
        - {name: left, repositories: ['**'], untagged: true, keep: {pushed-within: 30d}}
        """;

    String warnings =
        retain("?dry-run", KEEP_ONE + behind).getLast().path("summary").path("warnings").toString();

    assertThat(warnings)
        .contains("line 10: rule \\\"old\\\" decides nothing", "line 11: rule \\\"left\\\" decides")
        .doesNotContain("releases", "leftovers");
  }

  @Test
  void withoutAPolicyNothingRuns() throws Exception {
    assertThat(client.send("POST", "/plimsoll/v1/retention").text())
        .contains("no retention policy is in force");
    assertThat(client.send("GET", "/plimsoll/v1/retention").text()).contains("\"on\":false");
  }

  @Test
  void aPolicyInForceRunsByItself(@TempDir Path other) throws Exception {
    Path file = Files.writeString(other.resolve("rules.yaml"), KEEP_ONE);
    RegistrySettings settings =
        RegistrySettings.in(other)
            .withRetention(RetentionSettings.OFF.withPolicy(file).withEvery(Duration.ofMillis(50)));
    try (Client own = Client.start(settings)) {
      own.image("team/app", "1.0", "old");
      own.image("team/app", "1.1", "newest");

      Awaitility.await().until(() -> own.send("GET", "/v2/team/app/manifests/1.0").status() == 404);

      assertThat(own.send("GET", "/v2/team/app/manifests/1.1").status()).isEqualTo(200);
      assertThat(own.send("GET", "/plimsoll/v1/retention").text())
          .contains("\"on\":true", "\"rules\":2", "\"next\":");
      assertThat(own.changes())
          .filteredOn(change -> change.equals("scheduled retention by retention from -"))
          .as("the run that deleted something, and none of the others")
          .hasSize(1);
    }
  }

  @Test
  void aChangedFileIsInForceAndOneThatCannotBeUsedChangesNothing(@TempDir Path other)
      throws Exception {
    Path file = Files.writeString(other.resolve("rules.yaml"), KEEP_ONE);
    RegistrySettings settings =
        RegistrySettings.in(other).withRetention(RetentionSettings.OFF.withPolicy(file));
    try (Client own = Client.start(settings)) {
      Files.writeString(file, KEEP_ONE + "- {name: all, repositories: ['**'], tags: ['*']}\n");
      Client.Reply refused = own.send("POST", "/plimsoll/v1/retention/reload");
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.text())
          .contains("rules.yaml, line 10: rule \\\"all\\\" would delete everything")
          .contains("the rules in force stay");
      assertThat(own.send("GET", "/plimsoll/v1/retention").text())
          .contains("\"rules\":2", "\"trouble\":\"" + file);
      assertThat(own.send("GET", "/metrics").text())
          .contains("plimsoll_registry_retention_policy_current 0.0");

      Files.writeString(file, KEEP_ONE.substring(0, KEEP_ONE.indexOf("- name: leftovers")));
      Awaitility.await()
          .until(() -> own.send("GET", "/plimsoll/v1/retention").text().contains("\"rules\":1"));
      assertThat(own.send("POST", "/plimsoll/v1/retention/reload").text())
          .isEqualTo("{\"rules\":1}");
      assertThat(own.send("GET", "/plimsoll/v1/retention").text()).doesNotContain("trouble");
    }
    assertThat(client.send("POST", "/plimsoll/v1/retention/reload").text())
        .contains("no retention policy is in force");
  }
}
