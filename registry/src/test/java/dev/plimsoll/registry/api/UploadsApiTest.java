package dev.plimsoll.registry.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.foundation.ByteSize;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.registry.RegistrySettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Uploads: in one piece, in chunks, out of order, wrong, given up, and across a restart. */
class UploadsApiTest {
  private static final byte[] BYTES = Client.random(300, 7);
  private static final Digest DIGEST = Digest.sha256(BYTES);

  @TempDir private Path data;
  private Client client;

  @BeforeEach
  void start() throws Exception {
    client = Client.start(data);
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
  }

  private String begin() throws Exception {
    Client.Reply reply = client.send("POST", "/v2/app/blobs/uploads/");
    assertThat(reply.status()).isEqualTo(202);
    assertThat(reply.header("Range")).isEqualTo("0-0");
    assertThat(reply.header("Docker-Upload-UUID")).isNotEmpty();
    assertThat(reply.header("Location")).startsWith("/v2/app/blobs/uploads/");
    return reply.header("Location");
  }

  private Client.Reply patch(String upload, int from, int to) throws Exception {
    return client.send(
        "PATCH",
        upload,
        Arrays.copyOfRange(BYTES, from, to),
        "Content-Range",
        from + "-" + (to - 1));
  }

  private void assertStored() throws Exception {
    assertThat(client.send("GET", "/v2/app/blobs/" + DIGEST).body()).isEqualTo(BYTES);
  }

  @Test
  void postAndPut() throws Exception {
    Client.Reply reply = client.send("PUT", begin() + "?digest=" + DIGEST, BYTES);

    assertThat(reply.status()).isEqualTo(201);
    assertThat(reply.header("Location")).isEqualTo("/v2/app/blobs/" + DIGEST);
    assertThat(reply.header("Docker-Content-Digest")).isEqualTo(DIGEST.toString());
    assertStored();
  }

  @Test
  void oneStreamWithoutARange() throws Exception {
    String upload = begin();

    Client.Reply patched = client.send("PATCH", upload, BYTES);

    assertThat(patched.status()).isEqualTo(202);
    assertThat(patched.header("Range")).isEqualTo("0-299");
    assertThat(client.send("PUT", upload + "?digest=" + DIGEST).status()).isEqualTo(201);
    assertStored();
  }

  @Test
  void severalChunksAndTheLastWithPut() throws Exception {
    String upload = begin();
    assertThat(patch(upload, 0, 100).header("Range")).isEqualTo("0-99");
    assertThat(patch(upload, 100, 200).header("Range")).isEqualTo("0-199");

    Client.Reply reply =
        client.send(
            "PUT",
            upload + "?digest=" + DIGEST,
            Arrays.copyOfRange(BYTES, 200, 300),
            "Content-Range",
            "200-299");

    assertThat(reply.status()).isEqualTo(201);
    assertStored();
  }

  @Test
  void aChunkOutOfOrderIsRefusedAndTheUploadGoesOn() throws Exception {
    String upload = begin();
    patch(upload, 0, 100);

    Client.Reply ahead = patch(upload, 200, 300);
    Client.Reply again = patch(upload, 0, 100);
    Client.Reply aheadByPut =
        client.send(
            "PUT",
            upload + "?digest=" + DIGEST,
            Arrays.copyOfRange(BYTES, 200, 300),
            "Content-Range",
            "200-299");

    assertThat(ahead.status()).isEqualTo(416);
    assertThat(ahead.header("Range")).isEqualTo("0-99");
    assertThat(ahead.header("Location")).isEqualTo(upload);
    assertThat(again.status()).isEqualTo(416);
    assertThat(aheadByPut.status()).isEqualTo(416);
    Client.Reply status = client.send("GET", upload);
    assertThat(status.status()).isEqualTo(204);
    assertThat(status.header("Range")).isEqualTo("0-99");
    patch(upload, 100, 300);
    assertThat(client.send("PUT", upload + "?digest=" + DIGEST).status()).isEqualTo(201);
    assertStored();
  }

  @Test
  void aRangeThatIsNotTheBodysLengthIsRefused() throws Exception {
    Client.Reply reply = client.send("PATCH", begin(), BYTES, "Content-Range", "0-99");

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text()).contains("SIZE_INVALID");
  }

  @Test
  void aRangeThatIsNoneIsRefused() throws Exception {
    Client.Reply reply = client.send("PATCH", begin(), BYTES, "Content-Range", "from here");

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text()).contains("BLOB_UPLOAD_INVALID");
  }

  @ParameterizedTest
  @ValueSource(strings = {"post", "put", "patch", "chunks", "chunks and put"})
  void bytesOfAnotherDigestAreRefusedAndNotKept(String way) throws Exception {
    Digest wrong =
        Digest.sha256("something else".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    String finish = "?digest=" + wrong;
    String upload = begin();
    Client.Reply reply =
        switch (way) {
          case "post" -> client.send("POST", "/v2/app/blobs/uploads/" + finish, BYTES);
          case "put" -> client.send("PUT", upload + finish, BYTES);
          case "patch" -> {
            client.send("PATCH", upload, BYTES);
            yield client.send("PUT", upload + finish);
          }
          case "chunks" -> {
            patch(upload, 0, 100);
            patch(upload, 100, 300);
            yield client.send("PUT", upload + finish);
          }
          default -> {
            patch(upload, 0, 100);
            yield client.send(
                "PUT",
                upload + finish,
                Arrays.copyOfRange(BYTES, 100, 300),
                "Content-Range",
                "100-299");
          }
        };

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text()).contains("DIGEST_INVALID");
    assertThat(client.send("HEAD", "/v2/app/blobs/" + wrong).status()).isEqualTo(404);
    assertThat(client.send("HEAD", "/v2/app/blobs/" + DIGEST).status()).isEqualTo(404);
  }

  @Test
  void aCancelledUploadIsGone() throws Exception {
    String upload = begin();
    patch(upload, 0, 100);

    assertThat(client.send("DELETE", upload).status()).isEqualTo(204);

    assertThat(client.send("GET", upload).status()).isEqualTo(404);
    assertThat(patch(upload, 100, 200).text()).contains("BLOB_UPLOAD_UNKNOWN");
  }

  @Test
  void anUploadOfAnotherRepositoryIsUnknown() throws Exception {
    String upload = begin().replace("/v2/app/", "/v2/other/");

    assertThat(client.send("GET", upload).status()).isEqualTo(404);
  }

  @Test
  void aPutWithoutADigestIsRefused() throws Exception {
    Client.Reply reply = client.send("PUT", begin(), BYTES);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text()).contains("DIGEST_INVALID");
  }

  @Test
  void anUploadThatHasOnlyBegunGoesOnAfterAnOrderlyRestart() throws Exception {
    String upload = begin();

    client.close();
    client = Client.start(data);

    assertThat(client.send("PUT", upload + "?digest=" + DIGEST, BYTES).status()).isEqualTo(201);
    assertStored();
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 100_000})
  void anUploadGoesOnAfterARestart(int size) throws Exception {
    byte[] bytes = Client.random(size, 3);
    Digest digest = Digest.sha256(bytes);
    String upload = begin();
    client.send("PATCH", upload, Arrays.copyOf(bytes, 200));

    client.close();
    client = Client.start(data);

    assertThat(client.send("GET", upload).header("Range")).isEqualTo("0-199");
    Client.Reply reply =
        client.send(
            "PUT",
            upload + "?digest=" + digest,
            Arrays.copyOfRange(bytes, 200, size),
            "Content-Range",
            "200-" + (size - 1));
    assertThat(reply.status()).isEqualTo(201);
    assertThat(client.send("GET", "/v2/app/blobs/" + digest).body()).isEqualTo(bytes);
  }

  @Test
  void moreUploadsThanTheLimitAreRefused() throws Exception {
    client.close();
    var few = RegistrySettings.Limits.DEFAULT;
    client =
        Client.start(
            RegistrySettings.in(data)
                .withLimits(
                    new RegistrySettings.Limits(
                        1,
                        Duration.ofHours(1),
                        ByteSize.ofMebi(5),
                        few.cache(),
                        few.reserve(),
                        few.lowWater(),
                        few.tagMovesKept())));
    Client.Reply first = client.send("POST", "/v2/app/blobs/uploads/");

    Client.Reply second = client.send("POST", "/v2/app/blobs/uploads/");

    assertThat(first.header("OCI-Chunk-Min-Length")).isEqualTo("5242880");
    assertThat(second.status()).isEqualTo(429);
    assertThat(second.text()).contains("TOOMANYREQUESTS");
  }
}
