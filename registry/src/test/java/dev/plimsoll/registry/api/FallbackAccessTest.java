package dev.plimsoll.registry.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.RegistrySettings;
import dev.plimsoll.registry.api.Client.Reply;
import dev.plimsoll.registry.mirror.MirrorSettings;
import dev.plimsoll.registry.mirror.Upstream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A registry that shows another one under names that say nothing about where they belong, and has
 * secrets of its own beside it.
 */
class FallbackAccessTest {
  private static final String BOB = Policed.basic("bob", "bobs-password");

  @TempDir private Path directory;
  private Client upstream;
  private Client client;
  private byte[] theirs;

  @BeforeEach
  void start() throws Exception {
    upstream = Client.start(directory.resolve("upstream"));
    theirs = upstream.image("library/app", "1", "theirs");
    client =
        Policed.start(
            RegistrySettings.in(directory.resolve("data"))
                .withMirror(
                    MirrorSettings.NONE.withUpstreams(
                        List.of(new Upstream(new RepositoryName("up"), URI.create(upstream.url()))),
                        Optional.of("up"))),
            Policed.policy(
                directory,
                """
                grants:
                  - {to: anonymous, may: pull, repositories: up/library/**}
                  - {to: "user:bob", may: push, repositories: ["library/**", "team/**"]}
                """),
            Map.of("bob", "bobs-password"),
            InstantSource.system());
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    upstream.close();
  }

  private Digest push(String repository, String content) throws Exception {
    byte[] layer = content.getBytes(StandardCharsets.UTF_8);
    byte[] config = "{}".getBytes(StandardCharsets.UTF_8);
    for (byte[] blob : List.of(layer, config)) {
      String path = "/v2/" + repository + "/blobs/uploads/?digest=" + Digest.sha256(blob);
      assertThat(client.send("POST", path, blob, "Authorization", BOB).status()).isEqualTo(201);
    }
    byte[] manifest = Client.imageManifest(config, List.of(layer), "");
    Reply reply =
        client.send(
            "PUT",
            "/v2/" + repository + "/manifests/1",
            manifest,
            "Authorization",
            BOB,
            "Content-Type",
            "application/vnd.oci.image.manifest.v1+json");
    assertThat(reply.status()).as(reply.text()).isEqualTo(201);
    return Digest.sha256(layer);
  }

  @Test
  void aStrangerCannotTellWhetherAPrivateRepositoryIsHere() throws Exception {
    Digest layer = push("team/app", "secret");

    for (String path : List.of("manifests/1", "manifests/" + layer, "blobs/" + layer)) {
      Reply here = client.send("GET", "/v2/team/app/" + path);
      Reply nowhere = client.send("GET", "/v2/team/none/" + path);

      assertThat(here.status()).as(path).isEqualTo(401);
      assertThat(nowhere.status()).as(path).isEqualTo(401);
      assertThat(here.text()).isEqualTo(nowhere.text());
      assertThat(here.header("WWW-Authenticate"))
          .isEqualTo(nowhere.header("WWW-Authenticate").replace("team/none", "team/app"));
    }
  }

  @Test
  void whatAStrangerMayNotPullHereIsTheUpstreamsForThem() throws Exception {
    push("library/app", "ours");

    assertThat(client.send("GET", "/v2/library/app/manifests/1").body()).isEqualTo(theirs);
    assertThat(client.send("GET", "/v2/library/app/manifests/1", "Authorization", BOB).body())
        .isNotEqualTo(theirs);
  }

  @Test
  void whoMayNotPullWhatTheUpstreamHasIsToldThatItIsNotHere() throws Exception {
    Digest absent = Digest.sha256(new byte[] {1});

    for (String path : List.of("blobs/" + absent, "manifests/2", "manifests/" + absent)) {
      for (String method : List.of("HEAD", "GET")) {
        Reply reply = client.send(method, "/v2/team/app/" + path, "Authorization", BOB);
        assertThat(reply.status()).as(method + " " + path).isEqualTo(404);
      }
    }
  }

  @Test
  void aTokenThatDockerAsksForByTheShortNameIsGoodForTheUpstreams() throws Exception {
    String stranger = Policed.bearer(client, "", "repository:library/app:pull");

    Reply pulled = client.send("GET", "/v2/library/app/manifests/1", "Authorization", stranger);

    assertThat(pulled.status()).as(pulled.text()).isEqualTo(200);
    assertThat(pulled.body()).isEqualTo(theirs);
  }

  @Test
  void onlyWhoMayPushIsToldThatANameBelongsToAnUpstream() throws Exception {
    Reply stranger = client.send("POST", "/v2/up/library/app/blobs/uploads/");
    Reply namespace =
        client.send(
            "GET",
            "/v2/app/manifests/1?ns=example.org",
            "Authorization",
            Policed.basic("bob", "wrong"));

    assertThat(stranger.status()).isEqualTo(401);
    assertThat(stranger.text()).doesNotContain("127.0.0.1");
    assertThat(namespace.status()).isEqualTo(401);
  }
}
