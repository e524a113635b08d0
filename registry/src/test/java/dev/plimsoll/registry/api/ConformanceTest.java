package dev.plimsoll.registry.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Json;
import dev.plimsoll.oci.MediaTypes;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Flow;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the OCI conformance suite asks for and the other tests of the API have no reason to: every way
 * to push with every algorithm, artifacts, and lists that change while they are read. {@code
 * docs/registry/conformance.md} has the whole checklist.
 */
class ConformanceTest {
  private static final Pattern NEXT = Pattern.compile("<(.*)>; rel=\"next\"");
  private static final Pattern NAMED = Pattern.compile("`([A-Z][A-Za-z]+)\\.([a-z][A-Za-z0-9]+)`");
  private static final byte[] EMPTY_CONFIG = "{}".getBytes(UTF_8);

  private Client client;

  @BeforeEach
  void start(@TempDir Path data) throws Exception {
    client = Client.start(data);
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
  }

  private String begin() throws Exception {
    return client.send("POST", "/v2/app/blobs/uploads/").header("Location");
  }

  private static Digest digest(Digest.Algorithm algorithm, byte[] bytes) {
    return Digest.of(algorithm, bytes);
  }

  private void assertPushed(Client.Reply last, Digest digest, byte[] bytes) throws Exception {
    assertThat(last.status()).isEqualTo(201);
    assertThat(last.header("Docker-Content-Digest")).isEqualTo(digest.toString());
    Client.Reply head = client.send("HEAD", last.header("Location"));
    assertThat(head.header("Content-Length")).isEqualTo(String.valueOf(bytes.length));
    assertThat(head.header("Docker-Content-Digest")).isEqualTo(digest.toString());
    assertThat(client.send("GET", last.header("Location")).body()).isEqualTo(bytes);
    assertThat(client.send("DELETE", last.header("Location")).status()).isEqualTo(202);
    assertThat(client.send("GET", last.header("Location")).status()).isEqualTo(404);
  }

  @ParameterizedTest
  @EnumSource
  void aBlobGoesInOnePatch(Digest.Algorithm algorithm) throws Exception {
    byte[] bytes = Client.random(70_000, 1);
    Digest digest = digest(algorithm, bytes);

    Client.Reply patched = client.send("PATCH", begin(), bytes);

    assertThat(patched.status()).isEqualTo(202);
    assertPushed(
        client.send("PUT", patched.header("Location") + "?digest=" + digest), digest, bytes);
  }

  @ParameterizedTest
  @EnumSource
  void aBlobGoesInChunksFollowingTheLocationEachTime(Digest.Algorithm algorithm) throws Exception {
    byte[] bytes = Client.random(70_000, 2);
    Digest digest = digest(algorithm, bytes);
    String at = begin();
    for (int from = 0; from < 60_000; from += 20_000) {
      Client.Reply reply =
          client.send(
              "PATCH",
              at,
              Arrays.copyOfRange(bytes, from, from + 20_000),
              "Content-Range",
              from + "-" + (from + 19_999));
      assertThat(reply.status()).isEqualTo(202);
      assertThat(reply.header("Range")).isEqualTo("0-" + (from + 19_999));
      at = reply.header("Location");
    }

    assertPushed(
        client.send(
            "PUT",
            at + "?digest=" + digest,
            Arrays.copyOfRange(bytes, 60_000, 70_000),
            "Content-Range",
            "60000-69999"),
        digest,
        bytes);
  }

  @ParameterizedTest
  @EnumSource
  void aBlobGoesAsAStreamOfUnknownLength(Digest.Algorithm algorithm) throws Exception {
    byte[] bytes = Client.random(70_000, 3);
    Digest digest = digest(algorithm, bytes);
    String upload = begin();
    try (HttpClient http = HttpClient.newHttpClient()) {
      Flow.Publisher<ByteBuffer> pieces = BodyPublishers.ofByteArray(bytes);
      HttpRequest streamed =
          HttpRequest.newBuilder(URI.create(client.url() + upload))
              .method("PATCH", BodyPublishers.fromPublisher(pieces))
              .build();

      assertThat(http.send(streamed, BodyHandlers.discarding()).statusCode()).isEqualTo(202);
    }

    assertPushed(client.send("PUT", upload + "?digest=" + digest), digest, bytes);
  }

  @ParameterizedTest
  @EnumSource
  void theEmptyBlobAndTheEmptyDocumentAreBlobs(Digest.Algorithm algorithm) throws Exception {
    for (byte[] bytes : List.of(new byte[0], EMPTY_CONFIG)) {
      Digest digest = digest(algorithm, bytes);

      assertPushed(client.send("PUT", begin() + "?digest=" + digest, bytes), digest, bytes);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // an uncompressed layer, and descriptors that carry their bytes
        """
        {"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"application/vnd.oci.image.config.v1+json",\
        "digest":"%s","size":2,"data":"e30="},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar",\
        "digest":"%2$s","size":2,"data":"e30="}]}\
        """,
        // an artifact
        """
        {"schemaVersion":2,"mediaType":"%s","artifactType":"application/vnd.example.sbom.v1","config":\
        {"mediaType":"application/vnd.oci.empty.v1+json","digest":"%s","size":2,"data":"e30="},"layers":[]}\
        """,
        // fields nobody has heard of, at every level
        """
        {"schemaVersion":2,"mediaType":"%s","x-new":[null,1.50,"\\u00e9"],"config":{"mediaType":\
        "application/vnd.oci.empty.v1+json","digest":"%s","size":2,"x-new":{}},"layers":[],\
        "annotations":{}}\
        """
      })
  void manifestsOfEveryKindAreKept(String form) throws Exception {
    client.blob("app", EMPTY_CONFIG);
    byte[] manifest =
        form.formatted(MediaTypes.OCI_MANIFEST, Digest.sha256(EMPTY_CONFIG)).getBytes(UTF_8);
    Digest digest = Digest.sha256(manifest);

    assertThat(client.manifest("app", "kind", manifest).status()).isEqualTo(201);

    for (String reference : List.of("kind", digest.toString())) {
      Client.Reply reply = client.send("GET", "/v2/app/manifests/" + reference);
      assertThat(reply.body()).isEqualTo(manifest);
      assertThat(reply.header("Docker-Content-Digest")).isEqualTo(digest.toString());
    }
    assertThat(client.send("DELETE", "/v2/app/manifests/" + digest).status()).isEqualTo(202);
    for (String reference : List.of("kind", digest.toString())) {
      for (String method : List.of("GET", "HEAD")) {
        assertThat(client.send(method, "/v2/app/manifests/" + reference).status()).isEqualTo(404);
      }
    }
  }

  @Test
  void anIndexMayBeAnArtifactAndHaveASubject() throws Exception {
    byte[] subject = client.image("app", "1", "content");
    byte[] index =
        Client.index(
            ",\"artifactType\":\"application/vnd.example.bundle\",\"annotations\":{\"k\":\"v\"},\"subject\":"
                + Client.descriptor(MediaTypes.OCI_MANIFEST, subject));
    Digest digest = Digest.sha256(index);
    String referrers = "/v2/app/referrers/" + Digest.sha256(subject);

    Client.Reply put = client.manifest("app", digest.toString(), index, MediaTypes.OCI_INDEX);

    assertThat(put.header("OCI-Subject")).isEqualTo(Digest.sha256(subject).toString());
    assertThat(client.send("GET", referrers).text())
        .contains(
            MediaTypes.OCI_INDEX,
            digest.toString(),
            "\"artifactType\":\"application/vnd.example.bundle\"",
            "\"annotations\":{\"k\":\"v\"}",
            "\"size\":" + index.length);
    client.send("DELETE", "/v2/app/manifests/" + digest);
    assertThat(client.send("GET", referrers).text()).contains("\"manifests\":[]");
  }

  @Test
  void anImageIsAReferrerOfItsConfigsType() throws Exception {
    byte[] subject = client.image("app", "1", "content");
    byte[] config = "{\"a\":1}".getBytes(UTF_8);
    client.blob("app", config);
    byte[] referrer =
        Client.imageManifest(
            config,
            List.of(),
            ",\"subject\":" + Client.descriptor(MediaTypes.OCI_MANIFEST, subject));
    client.manifest("app", "signature", referrer);

    assertThat(client.send("GET", "/v2/app/referrers/" + Digest.sha256(subject)).text())
        .contains("\"artifactType\":\"" + MediaTypes.OCI_CONFIG + "\"");
  }

  @Test
  void theListsOfARepositoryWithNothingInItAreEmpty() throws Exception {
    client.blob("app", EMPTY_CONFIG);

    Client.Reply referrers =
        client.send("GET", "/v2/app/referrers/" + Digest.sha256("no such".getBytes(UTF_8)));

    assertThat(referrers.status()).isEqualTo(200);
    assertThat(referrers.header("Content-Type")).isEqualTo(MediaTypes.OCI_INDEX);
    assertThat(Json.tree(referrers.body()).path("manifests").isEmpty()).isTrue();
  }

  /** Whoever walks sees all that was there throughout, each once, whatever comes and goes. */
  @Test
  void pagesStayTrueWhileTagsComeAndGo() throws Exception {
    byte[] manifest = client.image("app", "t00", "content");
    for (int i = 1; i < 30; i++) {
      client.manifest("app", "t%02d".formatted(i), manifest);
    }
    List<String> seen = new ArrayList<>();
    String next = "/v2/app/tags/list?n=4";
    for (int page = 0; next != null; page++) {
      Client.Reply reply = client.send("GET", next);
      Json.tree(reply.body()).path("tags").forEach(tag -> seen.add(tag.asString()));
      Matcher link = NEXT.matcher(reply.header("Link"));
      next = link.matches() ? link.group(1) : null;
      // The last tag of the page, one before it and one ahead go; others come before and behind.
      client.send("DELETE", "/v2/app/manifests/" + seen.getLast());
      client.send("DELETE", "/v2/app/manifests/t%02d".formatted(page));
      client.manifest("app", "a%02d".formatted(page), manifest);
      client.manifest("app", "z%02d".formatted(page), manifest);
    }

    assertThat(seen).doesNotHaveDuplicates().isSorted();
    Set<String> throughout = new TreeSet<>();
    for (int i = 0; i < 30; i++) {
      throughout.add("t%02d".formatted(i));
    }
    assertThat(seen).containsAll(throughout);
  }

  /** The page that tells which test shows what names tests that are there. */
  @Test
  void theChecklistNamesTestsThatExist() throws Exception {
    Path page = Path.of("..", "docs", "registry", "conformance.md");
    List<String> absent =
        NAMED
            .matcher(Files.readString(page))
            .results()
            .filter(named -> !exists(named.group(1), named.group(2)))
            .map(named -> named.group())
            .collect(Collectors.toList());

    assertThat(NAMED.matcher(Files.readString(page)).results().count()).isGreaterThan(40);
    assertThat(absent).isEmpty();
  }

  private static boolean exists(String test, String method) {
    try {
      Class<?> type = Class.forName(ConformanceTest.class.getPackageName() + "." + test);
      return Arrays.stream(type.getDeclaredMethods())
          .anyMatch(declared -> declared.getName().equals(method));
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
