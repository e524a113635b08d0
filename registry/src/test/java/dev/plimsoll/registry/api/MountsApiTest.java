package dev.plimsoll.registry.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.oci.Digest;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A blob that one repository has need not be sent to another. */
class MountsApiTest {
  private static final byte[] BYTES = Client.random(50_000, 1);

  private Client client;

  @BeforeEach
  void start(@TempDir Path data) throws Exception {
    client = Client.start(data);
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
  }

  private Client.Reply mount(Digest digest, String more) throws Exception {
    return client.send("POST", "/v2/target/blobs/uploads/?mount=" + digest + more);
  }

  @Test
  void fromARepositoryThatIsNamed() throws Exception {
    Digest digest = client.blob("team/source", BYTES);

    Client.Reply reply = mount(digest, "&from=team/source");

    assertThat(reply.status()).isEqualTo(201);
    assertThat(reply.header("Location")).isEqualTo("/v2/target/blobs/" + digest);
    assertThat(client.send("GET", "/v2/target/blobs/" + digest).body()).isEqualTo(BYTES);
  }

  @Test
  void fromWhereverItIs() throws Exception {
    Digest digest = client.blob("source", BYTES);

    assertThat(mount(digest, "").status()).isEqualTo(201);
  }

  @Test
  void ofSha512() throws Exception {
    Digest digest = Digest.of(Digest.Algorithm.SHA512, BYTES);
    client.send("POST", "/v2/source/blobs/uploads/?digest=" + digest, BYTES);

    assertThat(mount(digest, "&from=source").status()).isEqualTo(201);
  }

  @Test
  void whatIsNotThereBecomesAnUpload() throws Exception {
    client.blob("source", BYTES);
    Digest other = Digest.sha256(Client.random(10, 9));

    Client.Reply missing = mount(other, "&from=source");
    Client.Reply elsewhere = mount(Digest.sha256(BYTES), "&from=nowhere");

    assertThat(missing.status()).isEqualTo(202);
    assertThat(elsewhere.status()).isEqualTo(202);
    String upload = missing.header("Location");
    assertThat(client.send("PUT", upload + "?digest=" + other, Client.random(10, 9)).status())
        .isEqualTo(201);
  }

  @Test
  void ofNoDigestIsRefused() throws Exception {
    Client.Reply reply = client.send("POST", "/v2/target/blobs/uploads/?mount=latest");

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text()).contains("DIGEST_INVALID");
  }
}
