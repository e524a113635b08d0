package dev.plimsoll.registry.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.RegistrySettings;
import dev.plimsoll.registry.api.CrookedFront.Fate;
import dev.plimsoll.registry.mirror.MirrorSettings;
import dev.plimsoll.registry.mirror.Upstream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Destroys bytes on the disk, and has them fetched from a registry that has them. */
@AboutFiles
class RepairTest {
  private static final String CHECK = "/plimsoll/v1/check";
  private static final byte[] LAYER = Client.random(200_000, 11);
  private static final String CONFIG = "{\"of\":\"it\"}";
  private static final String BLOB = "/blobs/" + Digest.sha256(LAYER);

  @TempDir private Path directory;
  private Client second;
  private CrookedFront front;
  private Client ours;

  @BeforeEach
  void start() throws Exception {
    second = Client.start(directory.resolve("second"));
    push(second, "team/app");
    front = new CrookedFront(second.url());
    ours =
        Client.start(
            RegistrySettings.in(directory.resolve("ours"))
                .withMirror(
                    MirrorSettings.NONE.withUpstreams(
                        List.of(new Upstream(new RepositoryName("up"), URI.create(front.url()))),
                        Optional.empty())));
  }

  @AfterEach
  void stop() throws Exception {
    ours.close();
    front.close();
    second.close();
  }

  private static void push(Client client, String repository) throws Exception {
    client.blob(repository, LAYER);
    client.blob(repository, CONFIG.getBytes(UTF_8));
    client.manifest(
        repository, "1", Client.imageManifest(CONFIG.getBytes(UTF_8), List.of(LAYER), ""));
  }

  private Path layerFile() throws IOException {
    String hex = Digest.sha256(LAYER).hex();
    try (Stream<Path> all = Files.walk(directory.resolve("ours"))) {
      return all.filter(file -> Files.isRegularFile(file) && file.toString().contains(hex))
          .findFirst()
          .orElseThrow();
    }
  }

  private void flip() throws IOException {
    Path file = layerFile();
    byte[] bytes = Files.readAllBytes(file);
    bytes[1000] ^= 1;
    Files.delete(file);
    Files.write(file, bytes);
  }

  private String checked(String query) throws Exception {
    JsonNode job = ours.job("check" + query);
    assertThat(job.hasNonNull("failure")).as(job.toString()).isFalse();
    return job.path("findings").toString();
  }

  private String from() {
    return "?repair&from=" + URLEncoder.encode(front.url(), UTF_8);
  }

  private Client.Reply pulled() throws Exception {
    return ours.send("GET", "/v2/team/app" + BLOB);
  }

  @Test
  void bytesThatAreGoneComeFromTheSecondRegistry() throws Exception {
    push(ours, "team/app");
    Files.delete(layerFile());

    assertThat(checked(from()))
        .contains("\"repaired\"", "its bytes are missing", "team/app:1", front.url())
        .doesNotContain("\"damaged\"");

    assertThat(pulled().body()).isEqualTo(LAYER);
    assertThat(ours.changes().getFirst()).startsWith("POST /plimsoll/v1/check?repair&from=");
    assertThat(checked("")).isEqualTo("[]");
  }

  @Test
  void bytesThatAreOthersComeToo() throws Exception {
    push(ours, "team/app");
    flip();

    assertThat(checked(from())).contains("\"repaired\"", "its bytes are those of");

    assertThat(pulled().body()).isEqualTo(LAYER);
  }

  @Test
  void whatAnEarlierCheckHasMarkedIsRepairedWithoutReadingEverything() throws Exception {
    push(ours, "team/app");
    flip();
    checked("");
    assertThat(pulled().status()).isEqualTo(404);

    assertThat(checked(from() + "&audit")).contains("\"repaired\"", "marked by an earlier check");

    assertThat(pulled().body()).isEqualTo(LAYER);
  }

  @Test
  void aSecondRegistryThatLiesRepairsNothing() throws Exception {
    push(ours, "team/app");
    Files.delete(layerFile());
    front.obey((request, _) -> request.endsWith(BLOB) ? Fate.FLIPPED : Fate.PASSED);

    assertThat(checked(from())).contains("\"damaged\"", "; not repaired: ", "its bytes are others");
    assertThat(pulled().status()).isEqualTo(404);

    front.obey((_, _) -> Fate.PASSED);
    assertThat(checked(from())).contains("\"repaired\"");
    assertThat(pulled().body()).isEqualTo(LAYER);
  }

  @Test
  void whatTheSecondRegistryDoesNotHaveIsSaid() throws Exception {
    ours.image("mine", "1", "x".repeat(100_000));
    try (Stream<Path> all = Files.walk(directory.resolve("ours").resolve("registry/content"))) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        Files.delete(file);
      }
    }

    String findings = checked(from());

    assertThat(findings).contains("\"damaged\"", "; not repaired: ", "it is not there");
    assertThat(findings.split("\"kind\""))
        .as("one finding for the layer and for the config")
        .hasSize(1 + 2);
  }

  @Test
  void aDryRunSaysWhatItWouldFetchAndFetchesNothing() throws Exception {
    push(ours, "team/app");
    Files.delete(layerFile());

    assertThat(checked(from() + "&dry-run")).contains("\"would-repair\"", front.url());

    assertThat(front.asked("GET /v2/team/app" + BLOB)).isZero();
    assertThat(pulled().status()).isEqualTo(404);
  }

  @Test
  void whatAMirrorShowsComesFromItsUpstreamAndWhatWasNeverPulledIsNotMissed() throws Exception {
    ours.send("GET", "/v2/up/team/app/manifests/1");
    assertThat(checked("")).as("not pulled yet").isEqualTo("[]");
    ours.send("GET", "/v2/up/team/app" + BLOB);
    await()
        .until(() -> {
          int before = front.asked("HEAD /v2/team/app" + BLOB);
          ours.send("GET", "/v2/up/team/app" + BLOB);
          return front.asked("HEAD /v2/team/app" + BLOB) == before;
        });
    Files.delete(layerFile());

    assertThat(checked("?repair")).contains("\"repaired\"", front.url());

    assertThat(ours.send("GET", "/v2/up/team/app" + BLOB).body()).isEqualTo(LAYER);
  }

  @Test
  void anUpstreamThatAskedForPatienceIsNotAskedForRepairsEither() throws Exception {
    ours.send("GET", "/v2/up/team/app/manifests/1");
    ours.send("GET", "/v2/up/team/app" + BLOB, "Range", "bytes=0-");
    Files.delete(layerFile());
    front.obey((asked, _) -> asked.endsWith("/2") ? Fate.MUCH_TOO_MANY : Fate.PASSED);
    assertThat(ours.send("GET", "/v2/up/team/app/manifests/2").status()).isEqualTo(429);

    assertThat(checked("?repair"))
        .contains("not repaired: ", front.url(), "asks us to wait", "repair again when");

    assertThat(front.asked("GET /v2/team/app" + BLOB)).isZero();
  }

  @Test
  void withoutAMirrorItIsSaidWhatToDo() throws Exception {
    push(ours, "team/app");
    Files.delete(layerFile());

    assertThat(checked("?repair")).contains("not repaired: ", "--from URL");
  }

  @Test
  void whatIsAboutRepairIsRefusedWithoutIt() throws Exception {
    assertThat(ours.send("POST", CHECK + "?dry-run").status()).isEqualTo(400);
    assertThat(ours.send("POST", CHECK + "?from=https://host").status()).isEqualTo(400);
    assertThat(ours.send("POST", CHECK + "?repair&from=ftp://host").status()).isEqualTo(400);
    assertThat(ours.send("POST", CHECK + "?repair&from=http://").text())
        .contains("is not the address of a registry; write https://host");
  }
}
