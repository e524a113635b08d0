package dev.plimsoll.registry.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.MediaTypes;
import dev.plimsoll.registry.retention.Deployed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reports of what runs where, and what they hold. */
class DeployedApiTest {
  private static final String HERE = "/plimsoll/v1/deployed";

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

  private Client.Reply report(String reporter, String images) throws Exception {
    return client.send(
        "PUT", HERE + "/" + reporter, "{\"images\":[%s]}".formatted(images).getBytes(UTF_8));
  }

  private static String image(String repository, Digest digest) {
    return "{\"repository\":\"%s\",\"digest\":\"%s\"}".formatted(repository, digest);
  }

  private static String anywhere(Digest digest) {
    return "{\"digest\":\"%s\",\"use\":\"rollback\"}".formatted(digest);
  }

  private String gcNow() throws Exception {
    return client.send("POST", "/plimsoll/v1/gc?now").text();
  }

  private void delete(String repository, Object reference) throws Exception {
    assertThat(client.send("DELETE", "/v2/" + repository + "/manifests/" + reference).status())
        .isEqualTo(202);
  }

  @Test
  void aReportReplacesTheLastOneAndStandsUntilItsReporterIsRemoved() throws Exception {
    Digest one = Digest.sha256("1".getBytes(UTF_8));
    Digest two = Digest.sha256("2".getBytes(UTF_8));
    report("web-1", image("team/app", one));
    report("web-1", image("team/app", two) + "," + anywhere(one));

    assertThat(client.send("GET", HERE + "/web-1").text())
        .isEqualTo(
            """
            {"reporter":"web-1","images":[{"digest":"%s","use":"rollback"},\
            {"repository":"team/app","digest":"%s","use":"running"}]}\
            """
                .formatted(one, two));
    assertThat(client.send("GET", HERE).text()).contains("\"name\":\"web-1\"", "\"images\":2");
    assertThat(client.send("DELETE", HERE + "/web-1").status()).isEqualTo(200);
    assertThat(client.send("GET", HERE + "/web-1").status()).isEqualTo(404);
    assertThat(client.send("DELETE", HERE + "/web-1").text())
        .contains("nobody called web-1 has reported");
  }

  @Test
  void whatIsDeployedOutlivesEvenTheCollectorThatWaitsForNothing() throws Exception {
    Digest running = Digest.sha256(client.image("team/app", "1", "running"));
    Digest idle = Digest.sha256(client.image("team/app", "2", "idle"));
    report("web-1", image("team/app", running));
    delete("team/app", running);
    delete("team/app", idle);

    String collected = gcNow();

    assertThat(collected).contains("\"purged\":1", "\"deletedBlobs\":2");
    String trash = client.send("GET", "/plimsoll/v1/trash").text();
    assertThat(trash).contains(running.toString()).doesNotContain(idle.toString());
    String purge = "/plimsoll/v1/trash/purge?repository=team/app&reference=" + running;
    for (String run : List.of(purge, purge + "&dry-run")) {
      Client.Reply refused = client.send("POST", run);
      assertThat(refused.status()).isEqualTo(409);
      assertThat(refused.text()).contains("deployed, says web-1");
    }
    client.send("POST", "/plimsoll/v1/trash/restore?repository=team/app&reference=" + running);
    assertThat(client.send("GET", "/v2/team/app/manifests/1").status()).isEqualTo(200);
  }

  @Test
  void withItsReporterGoesTheHold() throws Exception {
    Digest running = Digest.sha256(client.image("team/app", "1", "running"));
    report("web-1", anywhere(running));
    delete("team/app", running);
    assertThat(gcNow()).contains("\"purged\":0");

    client.send("DELETE", HERE + "/web-1");

    assertThat(gcNow()).contains("\"purged\":1", "\"deletedBlobs\":2");
  }

  @Test
  void aDeployedIndexHoldsItsChildrenThatWereDeletedAfterIt() throws Exception {
    byte[] child = client.image("team/app", "child", "child");
    byte[] index = Client.index("", child);
    client.manifest("team/app", "multi", index, MediaTypes.OCI_INDEX);
    report("web-1", image("team/app", Digest.sha256(index)));
    delete("team/app", Digest.sha256(index));
    delete("team/app", Digest.sha256(child));

    assertThat(gcNow()).contains("\"purged\":0", "\"deletedBlobs\":0");
  }

  @Test
  void aReportOfSomethingInTheTrashSaysSo() throws Exception {
    Digest deleted = Digest.sha256(client.image("team/app", "1", "deleted"));
    delete("team/app", deleted);

    String answer = report("web-1", image("team/app", deleted)).text();

    assertThat(answer).contains("\"inTrash\":[{\"repository\":\"team/app\"", "\"deletion\":1");
  }

  @Test
  void whatIsToldByItsDigestAloneIsInTheTrashWhenNoRepositoryHasIt() throws Exception {
    Digest deleted = Digest.sha256(client.image("team/app", "1", "deleted"));
    client.image("team/other", "1", "deleted");
    delete("team/app", deleted);

    assertThat(report("web-1", anywhere(deleted)).text()).contains("\"inTrash\":[]");
    delete("team/other", deleted);

    assertThat(report("web-1", anywhere(deleted)).text())
        .contains("\"repository\":\"team/app\"", "\"repository\":\"team/other\"");
  }

  @Test
  void anotherRepositoryThatHasTheSameDigestIsNotHeld() throws Exception {
    Digest same = Digest.sha256(client.image("team/app", "1", "same"));
    client.image("mirror/app", "1", "same");
    report("web-1", image("team/app", same));
    delete("mirror/app", same);

    assertThat(gcNow()).contains("\"purged\":1", "\"deletedBlobs\":0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[1,2]",
        "{\"images\":{}}",
        "{\"images\":[{\"digest\":\"sha256:short\"}]}",
        "{\"images\":[{\"digest\":\"\",\"repository\":\"a\"}]}",
        "{\"images\":[{\"image\":\"team/app:1\"}]}",
        "not json"
      })
  void anyOtherReportIsRefusedAndChangesNothing(String body) throws Exception {
    report("web-1", anywhere(Digest.sha256("1".getBytes(UTF_8))));

    assertThat(client.send("PUT", HERE + "/web-1", body.getBytes(UTF_8)).status()).isEqualTo(400);

    assertThat(client.send("GET", HERE + "/web-1").text()).contains("rollback");
  }

  @Test
  void aReporterHasANameAndNamesNotTooMuch() throws Exception {
    assertThat(report("..%2Fup", "").status()).isEqualTo(400);
    String many =
        Stream.generate(() -> anywhere(Digest.sha256("1".getBytes(UTF_8))))
            .limit(Deployed.IMAGES_MAX + 1)
            .collect(Collectors.joining(","));
    assertThat(report("web-1", many).text()).contains("it may name 20000");
  }
}
