package dev.plimsoll.registry.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.MediaTypes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tags, repositories and referrers come in order and in pages. */
class ListsApiTest {
  private static final Pattern NEXT = Pattern.compile("<(.*)>; rel=\"next\"");

  private Client client;

  @BeforeEach
  void start(@TempDir Path data) throws Exception {
    client = Client.start(data);
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
  }

  private void tag(String... tags) throws Exception {
    byte[] manifest = client.image("app", tags[0], "content");
    for (String tag : tags) {
      client.manifest("app", tag, manifest);
    }
  }

  private String tags(String query) throws Exception {
    return client.send("GET", "/v2/app/tags/list" + query).text();
  }

  @Test
  void tagsComeInCaseInsensitiveOrder() throws Exception {
    tag("b", "A", "c", "B", "a", "1.0");

    assertThat(tags(""))
        .isEqualTo("{\"name\":\"app\",\"tags\":[\"1.0\",\"A\",\"a\",\"B\",\"b\",\"c\"]}");
  }

  @Test
  void aWalkByLinksSeesEachTagOnce() throws Exception {
    tag("v1", "v2", "v3", "v4", "v5");
    List<String> pages = new ArrayList<>();
    String next = "/v2/app/tags/list?n=2";

    while (next != null) {
      Client.Reply reply = client.send("GET", next);
      pages.add(reply.text());
      Matcher link = NEXT.matcher(reply.header("Link"));
      next = link.matches() ? link.group(1) : null;
    }

    assertThat(pages)
        .containsExactly(
            "{\"name\":\"app\",\"tags\":[\"v1\",\"v2\"]}",
            "{\"name\":\"app\",\"tags\":[\"v3\",\"v4\"]}",
            "{\"name\":\"app\",\"tags\":[\"v5\"]}");
  }

  @Test
  void lastNeedNotExistAndIsNotRepeated() throws Exception {
    tag("v1", "v3");

    assertThat(tags("?last=v1")).isEqualTo("{\"name\":\"app\",\"tags\":[\"v3\"]}");
    assertThat(tags("?last=v2")).isEqualTo("{\"name\":\"app\",\"tags\":[\"v3\"]}");
    assertThat(tags("?last=v9")).isEqualTo("{\"name\":\"app\",\"tags\":[]}");
  }

  @Test
  void noneAreAskedForAndNoneCome() throws Exception {
    tag("v1");

    Client.Reply reply = client.send("GET", "/v2/app/tags/list?n=0");

    assertThat(reply.text()).isEqualTo("{\"name\":\"app\",\"tags\":[]}");
    assertThat(reply.header("Link")).isEmpty();
  }

  @Test
  void aNumberThatIsNoneIsRefused() throws Exception {
    tag("v1");

    for (String n : List.of("-1", "many", "")) {
      assertThat(client.send("GET", "/v2/app/tags/list?n=" + n).status()).isEqualTo(400);
    }
  }

  @Test
  void aRepositoryWithoutTagsHasAnEmptyList() throws Exception {
    client.blob("app", "x".getBytes(UTF_8));

    assertThat(tags("")).isEqualTo("{\"name\":\"app\",\"tags\":[]}");
  }

  @Test
  void aRepositoryThatIsNoneIsUnknown() throws Exception {
    Client.Reply reply = client.send("GET", "/v2/nobody/tags/list");

    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.text()).contains("NAME_UNKNOWN");
  }

  @Test
  void theCatalogComesInPagesToo() throws Exception {
    for (String name : List.of("b/two", "a", "c")) {
      client.image(name, "1", "content");
    }
    client.blob("without-manifest", "x".getBytes(UTF_8));

    Client.Reply first = client.send("GET", "/v2/_catalog?n=2");
    Client.Reply second = client.send("GET", "/v2/_catalog?n=2&last=b/two");

    assertThat(first.text()).isEqualTo("{\"repositories\":[\"a\",\"b/two\"]}");
    assertThat(first.header("Link")).isEqualTo("</v2/_catalog?n=2&last=b%2Ftwo>; rel=\"next\"");
    assertThat(second.text()).isEqualTo("{\"repositories\":[\"c\"]}");
    assertThat(second.header("Link")).isEmpty();
  }

  private byte[] signature(byte[] subject, String type) throws Exception {
    byte[] config = "{}".getBytes(UTF_8);
    client.blob("app", config);
    byte[] manifest =
        Client.imageManifest(
            config,
            List.of(),
            ",\"artifactType\":\"%s\",\"annotations\":{\"k\":\"%s\"},\"subject\":%s"
                .formatted(type, type, Client.descriptor(MediaTypes.OCI_MANIFEST, subject)));
    Client.Reply put = client.manifest("app", Digest.sha256(manifest).toString(), manifest);
    assertThat(put.status()).isEqualTo(201);
    assertThat(put.header("OCI-Subject")).isEqualTo(Digest.sha256(subject).toString());
    return manifest;
  }

  @Test
  void referrersAreListedWithTypeAnnotationsAndSize() throws Exception {
    byte[] subject = client.image("app", "1", "content");
    byte[] signature = signature(subject, "example/signature");

    Client.Reply reply = client.send("GET", "/v2/app/referrers/" + Digest.sha256(subject));

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("Content-Type")).isEqualTo(MediaTypes.OCI_INDEX);
    assertThat(reply.text())
        .isEqualTo(
            """
            {"schemaVersion":2,"mediaType":"%s","manifests":[{"mediaType":"%s","digest":"%s",\
            "size":%d,"artifactType":"example/signature","annotations":{"k":"example/signature"}}]}\
            """
                .formatted(
                    MediaTypes.OCI_INDEX,
                    MediaTypes.OCI_MANIFEST,
                    Digest.sha256(signature),
                    signature.length));
  }

  @Test
  void referrersAreFilteredByType() throws Exception {
    byte[] subject = client.image("app", "1", "content");
    signature(subject, "example/signature");
    byte[] bom = signature(subject, "example/bom+v1");

    Client.Reply reply =
        client.send(
            "GET",
            "/v2/app/referrers/" + Digest.sha256(subject) + "?artifactType=example/bom%2Bv1");

    assertThat(reply.header("OCI-Filters-Applied")).isEqualTo("artifactType");
    assertThat(reply.text())
        .contains(Digest.sha256(bom).toString())
        .doesNotContain("example/signature");
  }

  @Test
  void referrersComeInPages() throws Exception {
    byte[] subject = client.image("app", "1", "content");
    signature(subject, "example/a");
    signature(subject, "example/b");
    String path = "/v2/app/referrers/" + Digest.sha256(subject) + "?n=1";

    Client.Reply first = client.send("GET", path);
    Matcher link = NEXT.matcher(first.header("Link"));
    assertThat(link.matches()).isTrue();
    Client.Reply second = client.send("GET", link.group(1));

    assertThat(first.text() + second.text()).contains("example/a", "example/b");
    assertThat(second.header("Link")).isEmpty();
  }

  @Test
  void aSubjectNobodyKnowsHasNoReferrers() throws Exception {
    byte[] unknown = "unknown".getBytes(UTF_8);

    Client.Reply before = client.send("GET", "/v2/app/referrers/" + Digest.sha256(unknown));
    signature(unknown, "example/early");
    Client.Reply after = client.send("GET", "/v2/app/referrers/" + Digest.sha256(unknown));

    assertThat(before.status()).isEqualTo(200);
    assertThat(before.text()).contains("\"manifests\":[]");
    assertThat(after.text()).contains("example/early");
  }
}
