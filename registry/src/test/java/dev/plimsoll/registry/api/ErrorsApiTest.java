package dev.plimsoll.registry.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Json;
import dev.plimsoll.registry.RegistrySettings;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever is wrong is told by status, code and sentence; and addresses lead back to us. */
class ErrorsApiTest {
  private static final String ABSENT = "sha256:" + "0".repeat(64);

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

  @ParameterizedTest
  @CsvSource({
    "GET, /v2/UPPER/tags/list, 400, NAME_INVALID",
    "GET, /v2/a//b/tags/list, 400, NAME_INVALID",
    "GET, /v2/../etc/tags/list, 400, NAME_INVALID",
    "GET, /v2/app/manifests/-bad, 400, TAG_INVALID",
    "PUT, /v2/app/manifests/sha256:baddigeststring, 400, DIGEST_INVALID",
    "GET, /v2/app/manifests/sha256:baddigeststring, 400, DIGEST_INVALID",
    "GET, /v2/app/manifests/missing, 404, MANIFEST_UNKNOWN",
    "GET, /v2/app/manifests/sha256:0000000000000000000000000000000000000000000000000000000000000000, 404, MANIFEST_UNKNOWN",
    "DELETE, /v2/app/manifests/missing, 404, MANIFEST_UNKNOWN",
    "GET, /v2/app/blobs/nothing, 400, DIGEST_INVALID",
    "GET, /v2/app/blobs/sha256:0000000000000000000000000000000000000000000000000000000000000000, 404, BLOB_UNKNOWN",
    "DELETE, /v2/app/blobs/sha256:0000000000000000000000000000000000000000000000000000000000000000, 404, BLOB_UNKNOWN",
    "GET, /v2/app/blobs/uploads/unknown, 404, BLOB_UPLOAD_UNKNOWN",
    "GET, /v2/app/blobs/uploads/un.known, 400, BLOB_UPLOAD_INVALID",
    "GET, /v2/app/referrers/latest, 400, DIGEST_INVALID",
    "PATCH, /v2/app/manifests/1, 405, UNSUPPORTED",
    "GET, /v2/app/blobs/uploads/, 405, UNSUPPORTED",
    "DELETE, /v2/_catalog, 405, UNSUPPORTED",
    "GET, /v2/app, 404, UNSUPPORTED",
    "GET, /v1/search, 404, UNSUPPORTED",
    "PUT, /plimsoll/v1/gc, 405, UNSUPPORTED",
    "GET, /plimsoll/v1/trash?n=x, 400, PAGINATION_NUMBER_INVALID",
    "POST, /plimsoll/v1/trash/restore?id=x, 400, PARAMETER_INVALID",
    "POST, /plimsoll/v1/trash/restore?repository=app, 400, PARAMETER_INVALID",
    "POST, /plimsoll/v1/gc?now=maybe, 400, PARAMETER_INVALID",
    "GET, /plimsoll/v1/gc?dry-run, 400, PARAMETER_INVALID",
    "GET, /plimsoll/v1/stats?repo=app, 400, PARAMETER_INVALID"
  })
  void everyRefusalHasItsStatusAndCode(String method, String path, int status, String code)
      throws Exception {
    Client.Reply reply = client.send(method, path);

    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.header("Content-Type")).isEqualTo("application/json");
    assertThat(reply.text()).contains("{\"errors\":[{\"code\":\"" + code + "\",\"message\":\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "POST   | robots    | {'name':'ci','permissions':['pull:a'],'expire':'1d'} | has no \"expire\"; it has",
        "POST   | robots    | {'name':'ci','permissions':'pull:a'}     | \"permissions\" must be a list",
        "PUT    | robots/ci | {'permission':['pull:a']}                | has no \"permission\"",
        "POST   | users     | []                                       | must be sent",
        "POST   | import?from=http://127.0.0.1:1 | {'repository':['a']} | has no \"repository\"; it has",
        "POST   | import?from=http://127.0.0.1:1 | {'tags':'v1'}        | \"tags\" must be a list",
        "POST   | warm      | {'image':['a']}                          | has no \"image\"",
        "PUT    | deployed/web-1 | {'images':[],'name':'x'}            | has no \"name\"",
      })
  void aDocumentWithWhatNobodyReadsIsRefused(
      String method, String path, String document, String reason) throws Exception {
    Client.Reply reply =
        client.send(
            method,
            "/plimsoll/v1/" + path,
            document.replace('\'', '"').getBytes(StandardCharsets.UTF_8),
            "Content-Type",
            "application/json");

    assertThat(reply.status()).isEqualTo(400);
    assertThat(Json.tree(reply.body()).at("/errors/0/message").asString()).contains(reason);
  }

  @Test
  void aHeadIsRefusedWithoutABody() throws Exception {
    Client.Reply reply = client.send("HEAD", "/v2/app/manifests/" + ABSENT);

    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.body()).isEmpty();
  }

  @Test
  void theBaseIsThere() throws Exception {
    for (String path : new String[] {"/v2/", "/v2"}) {
      Client.Reply reply = client.send("GET", path);
      assertThat(reply.status()).isEqualTo(200);
      assertThat(reply.header("Docker-Distribution-Api-Version")).isEqualTo("registry/2.0");
    }
    assertThat(client.send("GET", "/healthz").status()).isEqualTo(200);
    assertThat(client.send("GET", "/readyz").text()).contains("\"ready\":true");
    assertThat(client.send("GET", "/metrics").status()).isEqualTo(200);
  }

  @Test
  void aRepositoryMayBeNamedLikeAnEndpoint() throws Exception {
    byte[] manifest = client.image("team/tags/list/blobs/uploads/manifests", "1", "content");

    assertThat(client.send("GET", "/v2/team/tags/list/blobs/uploads/manifests/manifests/1").body())
        .isEqualTo(manifest);
    assertThat(client.send("GET", "/v2/team/tags/list/blobs/uploads/manifests/tags/list").status())
        .isEqualTo(200);
  }

  @Test
  void behindAProxyAddressesAreTheProxys() throws Exception {
    client.close();
    client =
        Client.start(
            RegistrySettings.in(data).withExternalUrl(URI.create("https://example.org/images/")));
    byte[] bytes = Client.random(10, 1);

    // Some proxies take the prefix away, some do not.
    Client.Reply stripped = client.send("POST", "/v2/app/blobs/uploads/");
    Client.Reply kept = client.send("POST", "/images/v2/app/blobs/uploads/");

    assertThat(stripped.header("Location"))
        .startsWith("https://example.org/images/v2/app/blobs/uploads/");
    assertThat(kept.status()).isEqualTo(202);
    String upload = kept.header("Location").replace("https://example.org", "");
    Client.Reply put = client.send("PUT", upload + "?digest=" + Digest.sha256(bytes), bytes);
    assertThat(put.status()).isEqualTo(201);
    assertThat(put.header("Location"))
        .isEqualTo("https://example.org/images/v2/app/blobs/" + Digest.sha256(bytes));
  }
}
