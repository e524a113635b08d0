package dev.plimsoll.registry.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.plimsoll.oci.Digest;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Moves in from Debian's docker-registry, which skopeo has filled. */
class TreeImportTest {
  private static final byte[] LAYER = Client.random(100_000, 1);
  private static final byte[] CONFIG = "{\"of\":\"it\"}".getBytes(StandardCharsets.UTF_8);
  private static final byte[] SHARED = Client.random(50_000, 2);
  private static final Pattern LISTENING = Pattern.compile("listening on (\\S+?:[0-9]+)");

  @TempDir private Path directory;
  private Path tree = Path.of("");
  private byte[] first = {};
  private byte[] second = {};

  @BeforeEach
  void fillTheOtherRegistry() throws Exception {
    tree = Files.createDirectories(directory.resolve("peer"));
    Process peer = startPeer();
    BufferedReader said = peer.inputReader();
    try (Client source = Client.start(directory.resolve("source"))) {
      String host = listening(said);
      Thread.ofVirtual().start(() -> said.lines().forEach(_ -> {}));
      source.blob("team/app", CONFIG);
      source.blob("team/app", LAYER);
      source.blob("team/app", SHARED);
      first = Client.imageManifest(CONFIG, List.of(LAYER), "");
      second = Client.imageManifest(CONFIG, List.of(SHARED), "");
      source.manifest("team/app", "1.0", first);
      source.manifest("team/app", "2.0", second);
      for (String tag : List.of("1.0", "2.0")) {
        copy(source.url() + "/team/app:" + tag, host + "/team/app:" + tag);
      }
      copy(source.url() + "/team/app:1.0", host + "/team/app:latest");
      copy(source.url() + "/team/app:2.0", host + "/team/app:latest");
      copy(source.url() + "/team/app:2.0", host + "/base:2");
    } finally {
      peer.destroyForcibly().onExit().join();
    }
  }

  private Process startPeer() throws IOException {
    Path settings =
        Files.writeString(
            directory.resolve("config.yml"),
            """
            version: 0.1
            storage:
              filesystem:
                rootdirectory: %s
            http:
              addr: 127.0.0.1:0
              secret: test
            """
                .formatted(tree));
    return new ProcessBuilder(List.of("docker-registry", "serve", settings.toString()))
        .redirectErrorStream(true)
        .start();
  }

  private static String listening(BufferedReader said) throws IOException {
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      Matcher listening = LISTENING.matcher(line);
      if (listening.find()) {
        return listening.group(1);
      }
    }
    throw new IOException("docker-registry ended");
  }

  private void copy(String from, String to) throws Exception {
    Path output = directory.resolve("output");
    Process skopeo =
        new ProcessBuilder(
                "skopeo",
                "--insecure-policy",
                "copy",
                "--preserve-digests",
                "--src-tls-verify=false",
                "--dest-tls-verify=false",
                "docker://" + from.replace("http://", ""),
                "docker://" + to)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(skopeo.waitFor()).as(Files.readString(output)).isZero();
  }

  private JsonNode imported(Client client, String more) throws Exception {
    String from = URLEncoder.encode(tree.toString(), StandardCharsets.UTF_8);
    return client.job("import?from=" + from + more);
  }

  private Path data(byte[] blob) {
    String hex = Digest.sha256(blob).hex();
    return tree.resolve(
        "docker/registry/v2/blobs/sha256/%s/%s/data".formatted(hex.substring(0, 2), hex));
  }

  private static byte[] manifest(Client client, String path) throws Exception {
    return client.send("GET", "/v2/" + path).body();
  }

  @Test
  @AboutFiles
  void everythingIsThereAfterwardsAndLargeFilesAreLinked() throws Exception {
    try (Client client = Client.start(directory.resolve("data"))) {
      JsonNode job = imported(client, "");

      assertThat(job.path("findings").size()).as(job.toString()).isZero();
      assertThat(manifest(client, "team/app/manifests/1.0")).isEqualTo(first);
      assertThat(manifest(client, "team/app/manifests/latest")).isEqualTo(second);
      assertThat(manifest(client, "base/manifests/2")).isEqualTo(second);
      assertThat(manifest(client, "team/app/blobs/" + Digest.sha256(LAYER))).isEqualTo(LAYER);
      assertThat(Files.getAttribute(data(LAYER), "unix:nlink")).isEqualTo(2);
      assertThat(
              client.send("GET", "/plimsoll/v1/tags/history?repository=team/app&tag=latest").text())
          .as("where the tag has pointed at the other registry")
          .contains(Digest.sha256(first).toString(), Digest.sha256(second).toString());

      assertThat(imported(client, "").path("bytes").asLong()).as("the second time").isZero();
      assertThat(client.changes())
          .singleElement(STRING)
          .matches("POST /plimsoll/v1/import\\?from=.* by 127.0.0.1 from 127.0.0.1");
    }
  }

  @Test
  void whatIsDamagedIsNamedAndTheRestIsImported() throws Exception {
    Files.write(data(LAYER), new byte[] {1});
    Path link = tree.resolve("docker/registry/v2/repositories/base/_manifests/tags/2/current/link");
    Files.write(link, new byte[0]);

    try (Client client = Client.start(directory.resolve("data"))) {
      JsonNode job = imported(client, "");

      assertThat(job.path("findings").toString())
          .contains(
              "team/app@" + Digest.sha256(first), "its bytes are others", "tags/2/current/link");
      assertThat(client.send("GET", "/v2/team/app/manifests/1.0").status()).isEqualTo(404);
      assertThat(manifest(client, "team/app/manifests/2.0")).isEqualTo(second);
      assertThat(data(LAYER)).as("what was there is not touched").hasBinaryContent(new byte[] {1});
    }
  }

  /** A directory in the place of a file, and a link to itself: what even root cannot read. */
  @Test
  void whatCannotBeReadIsNamedAndTheRestIsImported() throws Exception {
    Files.delete(data(LAYER));
    Files.createDirectory(data(LAYER));
    Path tags = tree.resolve("docker/registry/v2/repositories/base/_manifests/tags");
    Files.move(tags, directory.resolve("tags"));
    Files.createSymbolicLink(tags, tags);

    try (Client client = Client.start(directory.resolve("data"))) {
      String dry = imported(client, "&dry-run").path("findings").toString();
      JsonNode job = imported(client, "");

      assertThat(job.path("failure").asString("")).isEmpty();
      assertThat(job.path("findings").toString())
          .isEqualTo(dry)
          .contains(
              "team/app@" + Digest.sha256(first),
              "its bytes cannot be read: Is a directory",
              "base/_manifests/tags",
              "Too many levels of symbolic links");
      assertThat(client.send("GET", "/v2/team/app/manifests/1.0").status()).isEqualTo(404);
      assertThat(manifest(client, "team/app/manifests/2.0")).isEqualTo(second);
      assertThat(manifest(client, "base/manifests/" + Digest.sha256(second))).isEqualTo(second);
    }
  }

  @Test
  void aDryRunNamesTheSameAndImportsNothing() throws Exception {
    Files.delete(data(LAYER));

    try (Client client = Client.start(directory.resolve("data"))) {
      JsonNode job = imported(client, "&dry-run");

      assertThat(job.path("findings").toString()).contains("its bytes are missing");
      assertThat(client.send("GET", "/v2/_catalog").text()).doesNotContain("team/app");
    }
  }

  @Test
  void aTagThatWasMovedHereSinceStays() throws Exception {
    try (Client client = Client.start(directory.resolve("data"))) {
      imported(client, "");
      byte[] mine = client.image("team/app", "latest", "mine");

      JsonNode job = imported(client, "");

      assertThat(job.path("findings").toString()).contains("kept", "team/app:latest");
      assertThat(manifest(client, "team/app/manifests/latest")).isEqualTo(mine);
    }
  }

  @Test
  void aDirectoryWithoutARegistryIsRefusedByName() throws Exception {
    tree = directory.resolve("nothing");
    try (Client client = Client.start(directory.resolve("data"))) {
      assertThat(imported(client, "").path("failure").asString())
          .contains("nothing holds no registry");
    }
  }
}
