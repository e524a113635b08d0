package dev.plimsoll.registry.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.content.s3.S3Server;
import dev.plimsoll.database.DatabaseCopies;
import dev.plimsoll.database.PostgresServer;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.registry.RegistryServer;
import dev.plimsoll.registry.RegistrySettings;
import dev.plimsoll.registry.StorageSettings;
import dev.plimsoll.registry.gc.GcPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Destroys the database. */
@AboutFiles
class RebuildTest {
  private static final byte[] LAYER = Client.random(100_000, 1);
  private static final byte[] CONFIG = "{\"of\":\"it\"}".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path data;
  private byte[] image = {};

  @BeforeEach
  void pushAnImage() throws Exception {
    try (Client client = Client.start(data)) {
      client.blob("team/app", CONFIG);
      client.blob("team/app", LAYER);
      image = Client.imageManifest(CONFIG, List.of(LAYER), "");
      assertThat(client.manifest("team/app", "1.0", image).status()).isEqualTo(201);
    }
  }

  private void loseTheDatabase() throws IOException {
    try (Stream<Path> files = Files.list(data.resolve("registry/db"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void aRegistryWithoutItsDatabaseDoesNotStartAndSaysWhatToDo() throws IOException {
    loseTheDatabase();

    assertThatThrownBy(() -> RegistryServer.start(RegistrySettings.in(data)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("check --rebuild --data");
  }

  @Test
  void manifestsComeBackWithBlobsAndTheTagsTheyWerePushedWith() throws Exception {
    loseTheDatabase();
    RegistryServer.prepareRebuild(RegistrySettings.in(data));

    try (Client client = Client.start(data)) {
      assertThat(client.send("POST", "/plimsoll/v1/gc?now").status())
          .as("the collector is off")
          .isEqualTo(409);
      assertThat(client.send("POST", "/plimsoll/v1/gc").status()).isEqualTo(409);
      assertThat(client.send("GET", "/plimsoll/v1/gc").text()).contains("{\"off\":\"");
      assertThat(client.send("GET", "/metrics").text()).contains("_gc_off 1.0");
      JsonNode job = client.job("rebuild");

      assertThat(job.path("findings").toString()).contains("back", "team/app@", "1.0");
      assertThat(client.send("GET", "/v2/team/app/manifests/1.0").body()).isEqualTo(image);
      for (byte[] blob : List.of(LAYER, CONFIG)) {
        assertThat(client.send("GET", "/v2/team/app/blobs/" + Digest.sha256(blob)).body())
            .isEqualTo(blob);
      }
      assertThat(client.changes().getFirst()).startsWith("POST /plimsoll/v1/rebuild by ");
    }
  }

  @Test
  void whatCannotComeBackIsNamed() throws Exception {
    loseTheDatabase();
    try (Stream<Path> files = Files.walk(data.resolve("registry/content/blobs"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.delete(file);
      }
    }
    RegistryServer.prepareRebuild(RegistrySettings.in(data));

    try (Client client = Client.start(data)) {
      assertThat(client.job("rebuild").path("findings").toString())
          .contains("lost", "team/app@" + Digest.sha256(image), Digest.sha256(LAYER).toString());
    }
  }

  @Test
  void aRegistryThatHasItsDatabaseIsNotRebuilt() throws Exception {
    assertThatThrownBy(() -> RegistryServer.prepareRebuild(RegistrySettings.in(data)))
        .hasMessageContaining("is there");
    try (Client client = Client.start(data)) {
      assertThat(client.job("rebuild").path("failure").asString())
          .contains("nothing is rebuilt here");
    }
  }

  @Test
  void aMachineThatIsLostWithItsDatabaseLeavesEverythingInTheBucket() throws Exception {
    StorageSettings bucket =
        new StorageSettings(
            Optional.of(S3Server.shared().bucket()),
            Optional.empty(),
            4,
            Optional.empty(),
            Duration.ofDays(7));
    RegistrySettings lost = RegistrySettings.in(data.resolve("lost")).withStorage(bucket);
    byte[] copied;
    try (Client client = Client.start(lost)) {
      copied = client.image("team/app", "copied", "in the copy");
      assertThat(client.manifest("team/app", "moved", copied).status()).isEqualTo(201);
    }
    byte[] newer;
    try (Client client =
        Client.start(lost.withGc(lost.lease(), GcPolicy.DEFAULT, Duration.ofMillis(100)))) {
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> copies(lost) == 1); // in the bucket before its name is here
      newer = client.image("team/app", "newer", "after the copy");
    }
    RegistrySettings found = RegistrySettings.in(data.resolve("found")).withStorage(bucket);

    assertThatThrownBy(() -> RegistryServer.start(found))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("check --rebuild --data")
        .hasMessageContaining("s3://");

    RegistryServer.prepareRebuild(found);
    try (Client client = Client.start(found)) {
      client.job("rebuild");
      assertThat(client.send("GET", "/v2/team/app/manifests/copied").body()).isEqualTo(copied);
      assertThat(client.send("GET", "/v2/team/app/manifests/moved").body()).isEqualTo(copied);
      assertThat(client.send("GET", "/v2/team/app/manifests/newer").body()).isEqualTo(newer);
    }
  }

  private static long copies(RegistrySettings settings) throws IOException {
    return DatabaseCopies.newestFirst(settings.root().resolve("db/copies")).size();
  }

  @Test
  void aPostgresThatIsLostIsFilledFromTheCopyInTheBucket() throws Exception {
    StorageSettings storage = SharedStorage.create();
    RegistrySettings lost = RegistrySettings.in(data.resolve("lost")).withStorage(storage);
    byte[] image;
    try (Client client = Client.start(lost)) {
      image = client.image("team/app", "1", "here");
      assertThat(client.manifest("team/app", "moved", image).status()).isEqualTo(201);
    }
    try (Client _ =
        Client.start(lost.withGc(lost.lease(), GcPolicy.DEFAULT, Duration.ofMillis(100)))) {
      await().atMost(Duration.ofMinutes(1)).until(() -> copies(lost) == 1);
    }
    RegistrySettings found =
        RegistrySettings.in(data.resolve("found"))
            .withStorage(
                new StorageSettings(
                    storage.s3(),
                    Optional.of(PostgresServer.shared().schema()),
                    4,
                    Optional.empty(),
                    Duration.ofDays(7)));

    RegistryServer.prepareRebuild(found);

    try (Client client = Client.start(found)) {
      assertThat(client.send("POST", "/plimsoll/v1/gc?now").status()).isEqualTo(409);
      assertThat(client.send("GET", "/v2/team/app/manifests/moved").body()).isEqualTo(image);
      client.job("rebuild");
      byte[] more = client.image("team/app", "more", "numbered behind the restored rows");
      assertThat(client.send("GET", "/v2/team/app/manifests/more").body()).isEqualTo(more);
    }
    assertThatThrownBy(() -> RegistryServer.prepareRebuild(found))
        .hasMessageContaining("has this registry's metadata");
  }

  @Test
  void aDatabaseThatIsNotTheOneOfTheBucketIsNotGoneOnWith() throws Exception {
    StorageSettings storage = SharedStorage.create();
    byte[] image;
    try (Client client =
        Client.start(RegistrySettings.in(data.resolve("one")).withStorage(storage))) {
      image = client.image("team/app", "1", "here");
    }
    try (Client again =
        Client.start(RegistrySettings.in(data.resolve("other")).withStorage(storage))) {
      assertThat(again.send("GET", "/v2/team/app/manifests/1").body()).isEqualTo(image);
    }
    RegistrySettings onAnother =
        RegistrySettings.in(data.resolve("other"))
            .withStorage(
                new StorageSettings(
                    storage.s3(),
                    Optional.of(PostgresServer.shared().schema()),
                    4,
                    Optional.empty(),
                    Duration.ofDays(7)));

    for (int start = 1; start <= 2; start++) {
      assertThatThrownBy(() -> RegistryServer.start(onAnother))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("has nothing of this registry");
    }

    RegistryServer.prepareRebuild(onAnother);
    try (Client client = Client.start(onAnother)) {
      client.job("rebuild");
      assertThat(client.send("GET", "/v2/team/app/manifests/1").body()).isEqualTo(image);
    }
    assertThatThrownBy(() -> RegistryServer.prepareRebuild(onAnother))
        .hasMessageContaining("has this registry's metadata");
  }
}
