package dev.plimsoll.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A registry that is backed up, destroyed and restored by the program, which is killed meanwhile. */
class BackupIT {
  private static final int IMAGES = 3;

  private Places places;
  private Path home;
  private Path backup;
  private RunningServer server;

  @BeforeEach
  void pushSomeImages() throws Exception {
    places = Places.make();
    home = places.data().resolve("home");
    backup = places.data().resolve("backup");
    server = RunningServer.registry(home);
    for (int i = 0; i < IMAGES; i++) {
      byte[] layer = new byte[4 << 20];
      new Random(i).nextBytes(layer);
      Path image = Files.createDirectories(places.scratch().resolve("image" + i));
      Files.writeString(image.resolve("version"), "Directory Transport Version: 1.1\n");
      String digest = TestImage.sha256(layer);
      String config = TestImage.sha256("{}".getBytes());
      Files.write(image.resolve(digest), layer);
      Files.writeString(image.resolve(config), "{}");
      Files.writeString(
          image.resolve("manifest.json"),
          """
          {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
           "config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"sha256:%s","size":2},
           "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar",
            "digest":"sha256:%s","size":%d}]}
          """
              .formatted(config, digest, layer.length));
      shell()
          .out(
              "skopeo --insecure-policy copy --preserve-digests --dest-tls-verify=false dir:%s docker://$R/app:%d"
                  .formatted(image, i));
    }
  }

  @AfterEach
  void stop() throws Exception {
    try {
      server.close();
    } finally {
      places.remove();
    }
  }

  private Shell shell() {
    return new Shell(Map.of("R", server.host()));
  }

  private String[] words(String verb, String... more) {
    List<String> words = new ArrayList<>(List.of("registry", verb));
    words.addAll(List.of(more));
    return words.toArray(String[]::new);
  }

  private String[] backUp() {
    return words("backup", "--url", server.address(), "--to", backup.toString());
  }

  private String[] restore() {
    return words("restore", "--from", backup.toString(), "--data", home.toString());
  }

  private void remove(Path directory) throws Exception {
    Program.of("rm", "-rf", directory.toString()).run().succeeded();
  }

  /** Waits until a file of that name is somewhere below, or the process has ended. */
  private static void awaitBegun(Path below, String name, Process process) {
    org.awaitility.Awaitility.await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(Duration.ofMinutes(1))
        .until(() -> !process.isAlive() || has(below, name));
  }

  private static boolean has(Path below, String name) throws IOException, InterruptedException {
    return !Program.of("find", below.toString(), "-name", name).run().out().isBlank();
  }

  @Test
  void whatWasBackedUpAmidKillsIsPulledBitForBitAfterTheDataDirectoryIsGone() throws Exception {
    Process first = Program.plimsoll(backUp()).start();
    awaitBegun(backup, "*.db", first);
    server.kill();
    first.destroyForcibly().onExit().join();
    server = RunningServer.registry(home);

    Program.plimsoll(backUp()).run().succeeded();

    server.close();
    remove(home);
    Process killed = Program.plimsoll(restore()).start();
    awaitBegun(places.data(), "note", killed);
    killed.destroyForcibly().onExit().join();
    if (Files.exists(home.resolve("registry/restoring/note"))) {
      Program.Result refused =
          Program.plimsoll(words("serve", "--listen=127.0.0.1:0", "--data=" + home)).run();
      assertThat(refused.code()).isEqualTo(1);
      assertThat(refused.err()).contains("has not come to its end");
    }
    if (!Files.exists(home.resolve("registry/db/registry.db"))
        || Files.exists(home.resolve("registry/restoring/note"))) {
      Program.plimsoll(restore()).run().succeeded();
    }

    server = RunningServer.registry(home);
    for (int i = 0; i < IMAGES; i++) {
      Path image = places.scratch().resolve("image" + i);
      Path pulled = places.scratch().resolve("pulled" + i);
      shell()
          .out(
              "skopeo --insecure-policy copy --preserve-digests --src-tls-verify=false docker://$R/app:%d dir:%s"
                  .formatted(i, pulled));
      shell().out("diff -r %s %s".formatted(image, pulled));
    }
    Program.Result again = Program.plimsoll(restore()).run();
    assertThat(again.code()).isEqualTo(1);
    assertThat(again.err()).contains("in use by process");
  }
}
