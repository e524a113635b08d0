package dev.plimsoll.registry.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.oci.Digest;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tags and digests that somebody wants kept. */
class PinsApiTest {
  private static final String HERE = "/plimsoll/v1/pins";

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

  @Test
  void pinsAreListedInPagesAndTakenAwayByName() throws Exception {
    Digest one = Digest.sha256(client.image("a/app", "1", "one"));
    client.image("b/app", "2", "two");
    client.send("PUT", HERE + "?repository=b/app&reference=2&reason=audit+2026");
    client.send("PUT", HERE + "?repository=a/app&reference=" + one);

    String first = client.send("GET", HERE + "?n=1").text();
    String second = client.send("GET", HERE + "?n=1&last=a/app@" + one).text();

    assertThat(first).contains(one.toString()).doesNotContain("b/app");
    assertThat(second).contains("\"reference\":\"2\"", "\"reason\":\"audit 2026\"");
    assertThat(client.send("GET", HERE + "?repository=b/app").text()).doesNotContain("a/app");
    assertThat(client.send("DELETE", HERE + "?repository=b/app&reference=2").status())
        .isEqualTo(200);
    assertThat(client.send("DELETE", HERE + "?repository=b/app&reference=2").text())
        .contains("2 of repository b/app is not pinned");
  }

  @Test
  void whatIsNotThereCannotBePinned() throws Exception {
    client.image("a/app", "1", "one");

    assertThat(client.send("PUT", HERE + "?repository=a/app&reference=2").status()).isEqualTo(404);
    assertThat(client.send("PUT", HERE + "?repository=a/app").text())
        .contains("the parameter reference is missing");
  }

  @Test
  void aPinnedTagThatAClientDeletesStaysInTheTrashUntilItIsUnpinned() throws Exception {
    client.image("a/app", "1", "one");
    client.send("PUT", HERE + "?repository=a/app&reference=1");
    client.send("DELETE", "/v2/a/app/manifests/1");

    assertThat(client.send("POST", "/plimsoll/v1/gc?now").text()).contains("\"purged\":0");
    client.send("DELETE", HERE + "?repository=a/app&reference=1");
    assertThat(client.send("POST", "/plimsoll/v1/gc?now").text()).contains("\"purged\":1");
  }
}
