package dev.plimsoll.registry.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.database.SnapshotReader;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Json;
import dev.plimsoll.registry.RegistryRestore;
import dev.plimsoll.registry.RegistryServer;
import dev.plimsoll.registry.RegistrySettings;
import dev.plimsoll.registry.StorageSettings;
import dev.plimsoll.registry.gc.GcPolicy;
import dev.plimsoll.registry.job.Progress;
import dev.plimsoll.registry.repository.Lease;
import dev.plimsoll.registry.repository.RegistryException.JobRefused;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Backs up, destroys the registry, and restores it. */
@AboutFiles
class BackupTest {
  private static final byte[] LAYER = Client.random(100_000, 1);
  private static final byte[] OTHER = Client.random(70_000, 2);
  private static final byte[] CONFIG = "{\"of\":\"it\"}".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path directory;
  private Path data = Path.of("");
  private Path backup = Path.of("");
  private byte[] image = {};
  private byte[] second = {};

  @BeforeEach
  void pushTwoImages() throws Exception {
    data = directory.resolve("data");
    backup = directory.resolve("backup");
    try (Client client = Client.start(data)) {
      image = push(client, "1.0", LAYER);
      second = push(client, "2.0", OTHER);
    }
  }

  private static byte[] push(Client client, String tag, byte[] layer) throws Exception {
    client.blob("team/app", CONFIG);
    client.blob("team/app", layer);
    byte[] manifest = Client.imageManifest(CONFIG, List.of(layer), "");
    assertThat(client.manifest("team/app", tag, manifest).status()).isEqualTo(201);
    return manifest;
  }

  private JsonNode backedUp(Client client, String more) throws Exception {
    String to = URLEncoder.encode(backup.toString(), StandardCharsets.UTF_8);
    return client.job("backup?to=" + to + more);
  }

  private JsonNode broughtBack(Client client, String more) throws Exception {
    String from = URLEncoder.encode(backup.toString(), StandardCharsets.UTF_8);
    return client.job("restore?from=" + from + more);
  }

  private JsonNode backUp(String more) throws Exception {
    try (Client client = Client.start(data)) {
      return backedUp(client, more);
    }
  }

  private Progress restored(Path to, RegistryRestore.Mode mode) throws Exception {
    return restored(RegistrySettings.in(to), mode);
  }

  private Progress restored(RegistrySettings settings, RegistryRestore.Mode mode) throws Exception {
    Progress progress = new Progress();
    RegistryRestore.run(
        settings, new RegistryRestore.Plan(backup, Optional.empty(), mode), progress);
    return progress;
  }

  private void destroy() throws IOException {
    destroy(data);
  }

  private static void destroy(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private Path blob(byte[] bytes) {
    String hex = Digest.sha256(bytes).hex();
    return backup.resolve("blobs/sha256").resolve(hex.substring(0, 2)).resolve(hex);
  }

  private Path stored(byte[] bytes) throws IOException {
    try (Stream<Path> files = Files.walk(data.resolve("registry/content/blobs"))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(Digest.sha256(bytes).hex()))
          .findFirst()
          .orElseThrow();
    }
  }

  private static void flipAByte(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }

  private List<Path> generations() throws IOException {
    try (Stream<Path> files = Files.list(backup.resolve("generations"))) {
      return files.filter(file -> file.toString().endsWith(".db")).sorted().toList();
    }
  }

  private static byte[] get(Client client, String path) throws Exception {
    return client.send("GET", "/v2/team/app/" + path).body();
  }

  private void assertBothImages(Client client) throws Exception {
    assertThat(get(client, "manifests/1.0")).isEqualTo(image);
    assertThat(get(client, "manifests/2.0")).isEqualTo(second);
    for (byte[] bytes : List.of(LAYER, OTHER, CONFIG)) {
      assertThat(get(client, "blobs/" + Digest.sha256(bytes))).isEqualTo(bytes);
    }
  }

  @Test
  void aDestroyedRegistryComesBackWithAllItHad() throws Exception {
    try (Client client = Client.start(data)) {
      client.send("DELETE", "/v2/team/app/manifests/2.0");
      assertThat(backedUp(client, "").path("findings")).isEmpty();
    }
    destroy();

    assertThat(restored(data, RegistryRestore.Mode.RESTORE).snapshot().found()).isZero();
    for (Path holdsImages : List.of(data.resolve("registry"), backup)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(holdsImages)))
          .isEqualTo("rwx------");
    }

    try (Client client = Client.start(data)) {
      assertThat(client.send("POST", "/plimsoll/v1/gc?now").text())
          .as("the collector is off until an audit has run")
          .contains("restored from the backup");
      String undo = "/plimsoll/v1/trash/restore?repository=team/app&reference=2.0";
      assertThat(client.send("POST", undo).status()).as("the trash came back").isEqualTo(200);
      assertBothImages(client);
      push(client, "3.0", Client.random(50_000, 3));
    }
  }

  /** What the snapshot names stays readable however much is deleted while it is copied. */
  @Test
  void everyImageOfASnapshotTakenAmidPushesAndDeletesComesBackBitForBit() throws Exception {
    RegistrySettings eager =
        RegistrySettings.in(data)
            .withGc(
                new Lease(Duration.ofHours(1)),
                new GcPolicy(Duration.ZERO, Duration.ZERO, 50).withStepsAside(false),
                Duration.ofHours(1));
    try (Client client = Client.start(eager);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      AtomicBoolean over = new AtomicBoolean();
      List<Future<?>> busy = new ArrayList<>();
      for (int pusher = 0; pusher < 3; pusher++) {
        int seed = 1000 * (pusher + 1);
        busy.add(threads.submit(() -> churn(client, seed, over)));
      }
      busy.add(threads.submit(() -> collect(client, over)));
      try {
        for (int round = 0; round < 4; round++) {
          assertThat(backedUp(client, "").path("findings")).isEmpty();
        }
      } finally {
        over.set(true);
      }
      for (Future<?> one : busy) {
        one.get();
      }
    }
    destroy();

    assertThat(restored(data, RegistryRestore.Mode.RESTORE).snapshot().found()).isZero();

    List<String> paths = new ArrayList<>();
    List<byte[]> contents = new ArrayList<>();
    try (SnapshotReader snapshot = SnapshotReader.open(generations().getLast())) {
      snapshot.<Boolean>read(h -> {
        h.createQuery(
                """
                SELECT m.digest, m.content FROM manifests m WHERE m.deletion_id IS NULL
                """)
            .map((rs, ctx) ->
                paths.add("manifests/" + rs.getString("digest"))
                    && contents.add(rs.getBytes("content")))
            .list();
        return true;
      });
    }
    assertThat(paths).hasSizeGreaterThanOrEqualTo(2);
    try (Client client = Client.start(data)) {
      for (int i = 0; i < paths.size(); i++) {
        assertThat(get(client, paths.get(i))).isEqualTo(contents.get(i));
        JsonNode manifest = Json.tree(contents.get(i));
        for (JsonNode layer : manifest.path("layers")) {
          String digest = layer.path("digest").asString();
          assertThat(Digest.sha256(get(client, "blobs/" + digest))).hasToString(digest);
        }
      }
    }
  }

  private static boolean churn(Client client, int seed, AtomicBoolean over) throws Exception {
    for (int i = 0; !over.get(); i++) {
      byte[] manifest = push(client, "t" + seed + "-" + i, Client.random(40_000, seed + i));
      if (i % 3 > 0) {
        client.send("DELETE", "/v2/team/app/manifests/" + Digest.sha256(manifest));
      }
    }
    return true;
  }

  private static boolean collect(Client client, AtomicBoolean over) throws Exception {
    while (!over.get()) {
      client.send("POST", "/plimsoll/v1/gc");
    }
    return true;
  }

  @Test
  void aSecondBackupCopiesOnlyWhatIsNew() throws Exception {
    long first = backUp("").path("bytes").asLong();
    byte[] more = Client.random(60_000, 3);
    try (Client client = Client.start(data)) {
      push(client, "3.0", more);

      assertThat(backedUp(client, "&dry-run").path("bytes").asLong()).isEqualTo(more.length);
      assertThat(blob(more)).doesNotExist();
      assertThat(backedUp(client, "").path("bytes").asLong()).isEqualTo(more.length);
    }
    assertThat(first).isEqualTo(LAYER.length + OTHER.length);
    assertThat(blob(more)).hasBinaryContent(more);
    assertThat(Files.getAttribute(blob(more), "unix:nlink")).as("a copy, no link").isEqualTo(1);
    assertThat(generations()).hasSize(2);
  }

  @Test
  void aBlobThatIsDamagedIsNamedAndTheBackupSaysThatItIsIncomplete() throws Exception {
    flipAByte(stored(LAYER));
    Files.delete(stored(OTHER));

    JsonNode job = backUp("");

    assertThat(job.path("findings").toString())
        .contains(
            Digest.sha256(LAYER) + "\",\"detail\":\"its bytes are others; it hurts team/app:1.0",
            Digest.sha256(OTHER) + "\",\"detail\":\"its bytes are missing; it hurts team/app:2.0",
            "incomplete",
            "2 blobs");
    assertThat(blob(LAYER)).doesNotExist();
  }

  @Test
  void whatIsDamagedInTheBackupIsNamedAtTheRestoreAndTheRestComesBack() throws Exception {
    backUp("");
    flipAByte(blob(LAYER));
    destroy();

    assertThat(restored(data, RegistryRestore.Mode.DRY).snapshot().findings().toString())
        .contains(Digest.sha256(LAYER).toString(), "its bytes are others");
    assertThat(data.resolve("registry/db")).as("a dry run writes nothing").doesNotExist();
    Progress progress = restored(data, RegistryRestore.Mode.RESTORE);

    assertThat(progress.snapshot().findings().toString())
        .contains(Digest.sha256(LAYER).toString(), "its bytes are others", "team/app:1.0");
    try (Client client = Client.start(data)) {
      assertThat(get(client, "manifests/2.0")).isEqualTo(second);
      assertThat(get(client, "blobs/" + Digest.sha256(OTHER))).isEqualTo(OTHER);
      String damaged = "/v2/team/app/blobs/" + Digest.sha256(LAYER);
      assertThat(client.send("HEAD", damaged).status()).as("wrong bytes").isEqualTo(404);
      assertThat(backedUp(client, "").path("findings").toString())
          .as("a backup that neither side has whole")
          .contains("incomplete", Digest.sha256(LAYER).toString());

      push(client, "1.0", LAYER);

      assertBothImages(client);
    }
  }

  @Test
  void aBackupThatVerifiesMendsWhatIsDamagedInIt() throws Exception {
    backUp("");
    flipAByte(blob(LAYER));

    assertThat(backUp("&verify&dry-run").path("findings").toString()).contains("would-replace");
    assertThat(backUp("&verify").path("findings").toString())
        .contains("replaced", Digest.sha256(LAYER).toString());

    assertThat(blob(LAYER)).hasBinaryContent(LAYER);
  }

  @Test
  void whatIsNoDirectoryIsSaid() throws Exception {
    Files.writeString(backup, "a file");

    assertThat(backUp("").path("failure").asString()).isEqualTo(backup + " is no directory");
  }

  @Test
  void aDatabaseOrManifestOfABackupThatWasTamperedWithIsRefused() throws Exception {
    backUp("");
    Path database = generations().getFirst();
    flipAByte(database);
    destroy();

    assertThatThrownBy(() -> restored(data, RegistryRestore.Mode.RESTORE))
        .hasMessageContaining(database + " is not what was written to it");
    assertThat(data.resolve("registry/restoring")).doesNotExist();

    flipAByte(Path.of(database.toString().replace(".db", ".manifest")));

    assertThatThrownBy(() -> restored(data, RegistryRestore.Mode.RESTORE))
        .isInstanceOf(JobRefused.class)
        .hasMessageContaining("has no generation at all that can be read");
  }

  @Test
  void aRegistryThatIsThereIsNotTouchedAndANewerOneIsCalledSo() throws Exception {
    backUp("");

    assertThatThrownBy(() -> restored(data, RegistryRestore.Mode.RESTORE))
        .isInstanceOf(JobRefused.class)
        .hasMessageContaining("a registry (repositories: 1); nothing was restored");
    byte[] newer;
    try (Client client = Client.start(data)) {
      newer = push(client, "3.0", Client.random(50_000, 3));
    }
    assertThatThrownBy(() -> restored(data, RegistryRestore.Mode.RESTORE))
        .hasMessageContaining("newer than the backup")
        .hasMessageContaining("--replace");

    try (Client client = Client.start(data)) {
      assertThat(get(client, "manifests/3.0")).isEqualTo(newer);
    }
  }

  private void restoreAndLoseTheDatabase() throws Exception {
    backUp("");
    destroy();
    restored(data, RegistryRestore.Mode.RESTORE);
    Files.delete(data.resolve("registry/db/registry.db"));
  }

  @Test
  void oneThatWasRestoredAndLosesItsDatabaseBeforeItsFirstStartIsRebuilt() throws Exception {
    restoreAndLoseTheDatabase();

    assertThatThrownBy(() -> Client.start(data))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("check --rebuild --data " + data);
    RegistryServer.prepareRebuild(RegistrySettings.in(data));

    try (Client client = Client.start(data)) {
      assertThat(client.job("rebuild").path("findings")).hasSize(2);
      assertBothImages(client);
    }
  }

  @Test
  void bytesWithoutAnythingThatSaysWhatTheyAreAreNoEmptyRegistry() throws Exception {
    restoreAndLoseTheDatabase();
    destroy(data.resolve("registry/manifests"));

    assertThatThrownBy(() -> Client.start(data))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is gone, but the bytes in")
        .hasMessageContaining("plimsoll registry restore --replace --data " + data);
    restored(data, RegistryRestore.Mode.REPLACE);

    try (Client client = Client.start(data)) {
      assertBothImages(client);
    }
  }

  @Test
  void replacingMovesTheOldOneAsideWhole() throws Exception {
    backUp("");
    byte[] newer;
    try (Client client = Client.start(data)) {
      newer = push(client, "3.0", Client.random(50_000, 3));
    }

    Progress progress = restored(data, RegistryRestore.Mode.REPLACE);

    Path aside = Path.of(progress.snapshot().findings().getFirst().subject());
    try (Client client = Client.start(data)) {
      assertBothImages(client);
      assertThat(client.send("GET", "/v2/team/app/manifests/3.0").status()).isEqualTo(404);
    }
    Path old = Files.createDirectories(directory.resolve("old")).resolve("registry");
    Files.move(aside, old);
    try (Client client = Client.start(directory.resolve("old"))) {
      assertThat(get(client, "manifests/3.0")).isEqualTo(newer);
      assertBothImages(client);
    }
  }

  @Test
  void aDamagedDatabaseIsReplacedToo() throws Exception {
    backUp("");
    Files.writeString(data.resolve("registry/db/registry.db"), "no database");

    assertThatThrownBy(() -> restored(data, RegistryRestore.Mode.RESTORE))
        .hasMessageContaining("a database that cannot be read");
    restored(data, RegistryRestore.Mode.REPLACE);

    try (Client client = Client.start(data)) {
      assertBothImages(client);
    }
  }

  @Test
  void oldGenerationsEndAndOnlyPruningRemovesTheirBlobs() throws Exception {
    backUp("");
    byte[] more = Client.random(60_000, 3);
    try (Client client = Client.start(data)) {
      push(client, "3.0", more);
      client.send("DELETE", "/v2/team/app/manifests/" + Digest.sha256(image));
      client.send("POST", "/plimsoll/v1/gc?now");

      assertThat(backedUp(client, "&keep=1&prune&dry-run").path("findings").toString())
          .contains("would-remove", Digest.sha256(LAYER).toString(), "generation ");
      assertThat(generations()).hasSize(1);
      assertThat(backedUp(client, "&keep=1").path("findings").toString())
          .contains("removed", "generation ");
      assertThat(generations()).hasSize(1);
      assertThat(blob(LAYER)).hasBinaryContent(LAYER);
      assertThat(backedUp(client, "&keep=1&prune").path("findings").toString())
          .contains(Digest.sha256(LAYER).toString());
    }
    assertThat(blob(LAYER)).doesNotExist();
    assertThat(blob(OTHER)).hasBinaryContent(OTHER);
    destroy();
    assertThat(restored(data, RegistryRestore.Mode.RESTORE).snapshot().found()).isZero();
  }

  @Test
  void theNewestCompleteGenerationOutlivesIncompleteOnes() throws Exception {
    backUp("");
    Path complete = generations().getFirst();
    Files.delete(stored(LAYER));
    Files.delete(blob(LAYER));

    assertThat(backUp("&keep=1").path("findings").toString()).contains("incomplete");

    assertThat(generations()).hasSize(2).contains(complete);
  }

  @Test
  void aDirectoryThatIsNotThisRegistrysBackupIsRefused() throws Exception {
    Files.createDirectories(backup);
    Files.writeString(backup.resolve("letters"), "mine");
    assertThat(backUp("").path("failure").asString()).contains("holds something that is no backup");
    Files.delete(backup.resolve("letters"));
    backUp("");
    try (Client other = Client.start(directory.resolve("other"))) {
      assertThat(backedUp(other, "").path("failure").asString())
          .contains("backups of another registry");
    }
    backup = data.resolve("registry/backup");
    assertThat(backUp("").path("failure").asString()).contains("inside the registry's own");
    assertThatThrownBy(() -> restored(directory.resolve("new"), RegistryRestore.Mode.RESTORE))
        .hasMessageContaining("is not there");
  }

  @Test
  void aFullBackupDiskEndsTheBackupAndNotTheRegistry() throws Exception {
    Files.createDirectories(backup);
    run("mount", "-t", "tmpfs", "-o", "size=2m", "plimsoll-test", backup.toString());
    try (Client client = Client.start(data)) {
      byte[] large = Client.random(3 << 20, 3);
      push(client, "3.0", large);

      assertThat(backedUp(client, "").path("failure").asString())
          .contains("no space left for " + blob(large));
      assertThat(blob(LAYER)).as("what was copied stays").hasBinaryContent(LAYER);
      push(client, "4.0", Client.random(50_000, 4));
      run("mount", "-o", "remount,size=16m", backup.toString());

      JsonNode job = backedUp(client, "");

      assertThat(job.hasNonNull("failure")).as(job.toString()).isFalse();
      assertThat(restored(directory.resolve("new"), RegistryRestore.Mode.DRY).snapshot().found())
          .isZero();
    } finally {
      run("umount", backup.toString());
    }
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor()).as(List.of(command).toString()).isZero();
  }

  @Test
  void aReadOnlyRegistryIsBackedUp() throws Exception {
    try (Client client = Client.start(data)) {
      client.send("PUT", "/plimsoll/v1/read-only?reason=moving");

      assertThat(backedUp(client, "").hasNonNull("failure")).isFalse();
    }
    assertThat(generations()).hasSize(1);
  }

  @Test
  void aRegistryThatRunsGetsBackWhatItLacksAndKeepsWhatItHas() throws Exception {
    byte[] index;
    try (Client client = Client.start(data)) {
      index = Client.index("", image);
      client.manifest("team/app", "all", index, "application/vnd.oci.image.index.v1+json");
      push(client, "latest", LAYER);
      push(client, "moved", LAYER);
      backedUp(client, "");
      byte[] newer = push(client, "moved", Client.random(50_000, 3));
      client.send("DELETE", "/v2/team/app/manifests/2.0");
      client.send("DELETE", "/v2/team/app/manifests/" + Digest.sha256(index));
      client.send("DELETE", "/v2/team/app/manifests/" + Digest.sha256(image));
      client.send("POST", "/plimsoll/v1/gc?now");
      assertThat(client.send("GET", "/v2/team/app/blobs/" + Digest.sha256(LAYER)).status())
          .isEqualTo(404);

      assertThat(broughtBack(client, "&dry-run").path("findings").toString())
          .contains("would-restore", "with its tags")
          .doesNotContain("team/app:1.0");
      assertThat(client.send("GET", "/v2/team/app/manifests/1.0").status()).isEqualTo(404);
      assertThat(client.changes()).noneMatch(change -> change.contains("/restore"));
      JsonNode job = broughtBack(client, "");
      assertThat(client.changes().getFirst()).startsWith("POST /plimsoll/v1/restore?from=");

      assertThat(job.path("findings").toString())
          .contains(
              "with its tags", "kept", "team/app:moved", "it was moved or deleted here since");
      assertThat(get(client, "manifests/1.0")).isEqualTo(image);
      assertThat(get(client, "manifests/latest")).isEqualTo(image);
      assertThat(get(client, "manifests/all")).isEqualTo(index);
      assertThat(get(client, "manifests/moved")).isEqualTo(newer);
      assertThat(get(client, "blobs/" + Digest.sha256(LAYER))).isEqualTo(LAYER);
      assertThat(broughtBack(client, "").path("findings").toString())
          .as("the second time")
          .doesNotContain("back");
    }
  }

  @Test
  void aBlobThatARunningRegistryFoundDamagedComesFromTheBackup() throws Exception {
    backUp("");
    flipAByte(stored(LAYER));
    try (Client client = Client.start(data)) {
      client.send("POST", "/plimsoll/v1/check");
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() ->
              client.send("HEAD", "/v2/team/app/blobs/" + Digest.sha256(LAYER)).status() == 404);

      assertThat(broughtBack(client, "").path("findings").toString())
          .contains("back", Digest.sha256(LAYER).toString(), "had lost");

      assertBothImages(client);
    }
  }

  @Test
  void filesMoveToS3AndPostgresAndBack() throws Exception {
    backUp("");
    StorageSettings shared = SharedStorage.create();
    RegistrySettings replica =
        RegistrySettings.in(directory.resolve("replica")).withStorage(shared);
    assertThat(restored(replica, RegistryRestore.Mode.RESTORE).snapshot().found()).isZero();
    byte[] third;
    try (Client client = Client.start(replica)) {
      assertBothImages(client);
      third = push(client, "3.0", Client.random(50_000, 3));
      client.send("DELETE", "/v2/team/app/manifests/2.0");
      assertThat(backedUp(client, "").path("findings")).isEmpty();
    }
    RegistrySettings another =
        RegistrySettings.in(directory.resolve("another")).withStorage(shared);
    assertThatThrownBy(() -> restored(another, RegistryRestore.Mode.REPLACE))
        .isInstanceOf(JobRefused.class)
        .hasMessageContaining("registry.storage.s3.prefix");
    Path back = directory.resolve("back");

    assertThat(restored(back, RegistryRestore.Mode.RESTORE).snapshot().found()).isZero();

    try (Client client = Client.start(back)) {
      assertThat(get(client, "manifests/1.0")).isEqualTo(image);
      assertThat(get(client, "manifests/3.0")).isEqualTo(third);
      assertThat(client.send("GET", "/v2/team/app/manifests/2.0").status()).isEqualTo(404);
      push(client, "2.0", OTHER);
      assertBothImages(client);
    }
  }

  @Test
  void noRegistryStartsOnHalfARestore() throws Exception {
    backUp("");
    Path note = data.resolve("registry/restoring/note");
    Files.createDirectories(note.getParent());
    Files.writeString(
        note, "{\"source\":\"x\",\"beganAt\":1,\"phase\":\"FILLING\",\"aside\":\"\"}");

    assertThatThrownBy(() -> RegistryServer.start(RegistrySettings.in(data)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("plimsoll registry restore again");
  }
}
