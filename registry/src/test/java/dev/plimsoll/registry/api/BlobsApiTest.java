package dev.plimsoll.registry.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.oci.Digest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Blobs are read whole, in parts, and asked for. */
class BlobsApiTest {
  /** One lives in the database, one in a file. */
  private static final int[] SIZES = {2048, 100_000};

  private Client client;

  @BeforeEach
  void start(@TempDir Path data) throws Exception {
    client = Client.start(data);
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
  }

  @Test
  void aBlobComesBackAsItWent() throws Exception {
    for (int size : SIZES) {
      byte[] bytes = Client.random(size, size);
      Digest digest = client.blob("team/app", bytes);

      Client.Reply reply = client.send("GET", "/v2/team/app/blobs/" + digest);

      assertThat(reply.status()).isEqualTo(200);
      assertThat(reply.body()).isEqualTo(bytes);
      assertThat(reply.header("Docker-Content-Digest")).isEqualTo(digest.toString());
      assertThat(reply.header("Content-Type")).isEqualTo("application/octet-stream");
      assertThat(reply.header("Docker-Distribution-Api-Version")).isEqualTo("registry/2.0");
    }
  }

  @Test
  void headTellsLengthAndDigestWithoutABody() throws Exception {
    Digest digest = client.blob("app", Client.random(5000, 1));

    Client.Reply reply = client.send("HEAD", "/v2/app/blobs/" + digest);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("Content-Length")).isEqualTo("5000");
    assertThat(reply.header("Docker-Content-Digest")).isEqualTo(digest.toString());
    assertThat(reply.body()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=500-1499, 500, 1500",
    "bytes=500-, 500, 2048",
    "bytes=-500, 1548, 2048",
    "bytes=-5000, 0, 2048",
    "bytes=2000-5000, 2000, 2048",
    "bytes=0-0, 0, 1"
  })
  void aPartComesBackClippedToWhatThereIs(String range, int from, int to) throws Exception {
    for (int size : SIZES) {
      byte[] bytes = Client.random(size, size);
      Digest digest = client.blob("app", bytes);
      int end = size == 2048 || range.endsWith("1499") || range.endsWith("0-0") ? to : -1;

      Client.Reply reply = client.send("GET", "/v2/app/blobs/" + digest, "Range", range);

      assertThat(reply.status()).isEqualTo(206);
      if (end >= 0) {
        assertThat(reply.body()).isEqualTo(Arrays.copyOfRange(bytes, from, end));
        assertThat(reply.header("Content-Range"))
            .isEqualTo("bytes %d-%d/%d".formatted(from, end - 1, size));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=500-0", "bytes=5000-10000", "bytes=2048-", "bytes=-0"})
  void aPartOutsideIsRefusedWithTheLength(String range) throws Exception {
    Digest digest = client.blob("app", Client.random(2048, 1));

    Client.Reply reply = client.send("GET", "/v2/app/blobs/" + digest, "Range", range);

    assertThat(reply.status()).isEqualTo(416);
    assertThat(reply.header("Content-Range")).isEqualTo("bytes */2048");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=0-1,5-6", "lines=1-2", "bytes=a-b"})
  void whatIsNoSinglePartOfBytesGetsTheWhole(String range) throws Exception {
    Digest digest = client.blob("app", Client.random(100, 1));

    Client.Reply reply = client.send("GET", "/v2/app/blobs/" + digest, "Range", range);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body()).hasSize(100);
  }

  @Test
  void whoHasItAlreadyIsToldSo() throws Exception {
    Digest digest = client.blob("app", Client.random(100, 1));

    Client.Reply reply =
        client.send("GET", "/v2/app/blobs/" + digest, "If-None-Match", "\"" + digest + "\"");

    assertThat(reply.status()).isEqualTo(304);
    assertThat(reply.body()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void bothAlgorithmsWork(Digest.Algorithm algorithm) throws Exception {
    byte[] bytes = Client.random(40_000, 5);
    Digest digest = Digest.of(algorithm, bytes);

    Client.Reply pushed = client.send("POST", "/v2/app/blobs/uploads/?digest=" + digest, bytes);

    assertThat(pushed.status()).isEqualTo(201);
    assertThat(pushed.header("Docker-Content-Digest")).isEqualTo(digest.toString());
    assertThat(client.send("GET", pushed.header("Location")).body()).isEqualTo(bytes);
  }

  @Test
  void anEmptyBlobIsABlob() throws Exception {
    Digest digest = Digest.sha256(new byte[0]);
    String upload = client.send("POST", "/v2/app/blobs/uploads/").header("Location");

    assertThat(client.send("PUT", upload + "?digest=" + digest).status()).isEqualTo(201);

    Client.Reply reply = client.send("GET", "/v2/app/blobs/" + digest);
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body()).isEmpty();
    assertThat(reply.header("Content-Length")).isEqualTo("0");
  }

  @Test
  void aBlobOfAnotherRepositoryIsUnknown() throws Exception {
    Digest digest = client.blob("app", "mine".getBytes(StandardCharsets.UTF_8));

    Client.Reply reply = client.send("GET", "/v2/other/blobs/" + digest);

    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.text()).contains("\"BLOB_UNKNOWN\"");
  }

  @Test
  void aDigestInAUrlMayBeEncoded() throws Exception {
    Digest digest = client.blob("app", Client.random(10, 1));

    String encoded = digest.toString().replace(":", "%3A");

    assertThat(client.send("GET", "/v2/app/blobs/" + encoded).status()).isEqualTo(200);
  }
}
