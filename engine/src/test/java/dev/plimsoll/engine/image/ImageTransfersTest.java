package dev.plimsoll.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.engine.image.TestArchives.Made;
import dev.plimsoll.engine.image.TestImages.Heard;
import dev.plimsoll.engine.refusal.EngineException.NotFound;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageName;
import dev.plimsoll.oci.Platform;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.transfer.Credentials;
import dev.plimsoll.transfer.Registries;
import dev.plimsoll.transfer.RegistrySettings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that leave one engine and come to another, by registry and by archive. */
class ImageTransfersTest {
  @TempDir private Path root;
  private TestRegistry registry;
  private TestImages here;
  private TestImages there;
  private final Registries registries =
      new Registries(RegistrySettings.DEFAULT.withRetries(0, Duration.ZERO));
  private Made made;

  @BeforeEach
  void open() throws Exception {
    registry = new TestRegistry();
    here = TestImages.open(root.resolve("here"));
    there = TestImages.open(root.resolve("there"));
    made =
        TestArchives.image(
            "two",
            TestArchives.layer("etc/a", "lower ".repeat(50_000)),
            TestArchives.layer("bin/b", "upper"));
    new ImageLoads(here.store)
        .load(TestArchives.oldArchive(made, "app:1"), Optional.empty(), Progress.SILENT);
    here.store.tag("app:1", name().familiarRepository(), "1");
  }

  @AfterEach
  void close() throws Exception {
    registries.close();
    here.close();
    there.close();
    registry.close();
  }

  private ImageName name() {
    return ImageName.parse(registry.address() + "/app:1");
  }

  private void push(TestImages from, Progress progress) throws Exception {
    new ImagePushes(from.store, registries)
        .push(name(), Optional.of(new Tag("1")), Credentials.anonymous(), progress);
  }

  private Image pull(TestImages into, Progress progress) throws Exception {
    return new ImagePulls(into.store, registries)
        .pull(name(), Optional.empty(), Credentials.anonymous(), progress);
  }

  @Test
  void aPulledImageHasTheIdOfThePushedOne() throws Exception {
    var pushed = new Heard();
    push(here, pushed);
    var heard = new Heard();

    Image image = pull(there, heard);

    assertThat(image.id()).isEqualTo(made.id());
    assertThat(image.digests()).isEqualTo(here.store.find(name().toString()).digests());
    assertThat(there.store.lowerDirectories(made.id()).getFirst().resolve("bin/b"))
        .hasContent("upper");
    Digest digest = image.digests().getFirst().digest().orElseThrow();
    assertThat(heard.lines)
        .containsExactly(
            "1: Pulling from app",
            "Digest: " + digest,
            "Status: Downloaded newer image for " + name().familiar());
    assertThat(pushed.lines)
        .first()
        .isEqualTo("The push refers to repository [" + registry.address() + "/app]");
    assertThat(pushed.lines).last().asString().startsWith("1: digest: " + digest + " size: ");
  }

  @Test
  void aSecondPullFetchesNothingAndSaysSo() throws Exception {
    push(here, Progress.SILENT);
    pull(there, Progress.SILENT);
    registry.requests.clear();
    var heard = new Heard();

    pull(there, heard);

    assertThat(heard.lines).contains("Status: Image is up to date for " + name().familiar());
    assertThat(layerRequests()).isEmpty();
  }

  private List<String> layerRequests() {
    String config = "/blobs/" + made.id();
    return registry.requests.stream()
        .filter(r -> r.startsWith("GET") && r.contains("/blobs/") && !r.endsWith(config))
        .toList();
  }

  @Test
  void whatWasPulledIsPushedByteForByte() throws Exception {
    push(here, Progress.SILENT);
    pull(there, Progress.SILENT);
    Map<String, byte[]> before = Map.copyOf(registry.blobs);
    registry.blobs.clear();

    push(there, Progress.SILENT);

    assertThat(registry.blobs.keySet()).isEqualTo(before.keySet());
    assertThat(there.store.find(name().toString()).digests()).hasSize(1);
  }

  @Test
  void aSecondPushSendsNoLayerAgain() throws Exception {
    push(here, Progress.SILENT);
    registry.requests.clear();

    push(here, Progress.SILENT);

    assertThat(registry.requests).noneMatch(r -> r.startsWith("POST"));
  }

  @Test
  void pullsOfOneImageAtOnceFetchEachLayerOnce() throws Exception {
    push(here, Progress.SILENT);
    registry.requests.clear();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var pulls = new ImagePulls(there.store, registries);
      Callable<Image> pull =
          () -> pulls.pull(name(), Optional.empty(), Credentials.anonymous(), Progress.SILENT);
      for (Future<Image> each : threads.invokeAll(Collections.nCopies(4, pull))) {
        assertThat(each.get().id()).isEqualTo(made.id());
      }
    }

    assertThat(layerRequests()).doesNotHaveDuplicates().hasSize(2);
  }

  @Test
  void aPullThatBrokeOffGoesOnWhereItStopped() throws Exception {
    push(here, Progress.SILENT);
    registry.cutAfter = 500;
    assertThatThrownBy(() -> pull(there, Progress.SILENT)).isInstanceOf(IOException.class);
    assertThat(there.store.all()).isEmpty();
    registry.cutAfter = -1;
    there.close();
    there = TestImages.open(root.resolve("there"));

    Image image = pull(there, Progress.SILENT);

    assertThat(image.id()).isEqualTo(made.id());
  }

  @Test
  void aTagThatIsNotThereIsTold() {
    assertThatThrownBy(() -> pull(there, Progress.SILENT))
        .isInstanceOf(NotFound.class)
        .hasMessage("manifest for %s not found: manifest unknown: manifest unknown", name());
  }

  @Test
  void aLoneImageForAnotherPlatformIsRefused() throws Exception {
    push(here, Progress.SILENT);

    assertThatThrownBy(() ->
            new ImagePulls(there.store, registries)
                .pull(
                    name(),
                    Optional.of(Platform.parse("linux/s390x")),
                    Credentials.anonymous(),
                    Progress.SILENT))
        .isInstanceOf(NotFound.class)
        .hasMessageContaining("does not match the specified platform (linux/s390x)");
  }

  @Test
  void aLayerThatLostItsBytesIsMadeAnewByAPull() throws Exception {
    push(here, Progress.SILENT);
    pull(there, Progress.SILENT);
    Path torn = there.store.lowerDirectories(made.id()).getFirst().resolve("bin/b");
    try (var file = new RandomAccessFile(torn.toFile(), "rw")) {
      file.setLength(0);
    }

    pull(there, Progress.SILENT);

    assertThat(there.store.lowerDirectories(made.id()).getFirst().resolve("bin/b"))
        .hasContent("upper");
  }

  @Test
  void aDamagedBlobIsFetchedAnewByAPull() throws Exception {
    push(here, Progress.SILENT);
    pull(there, Progress.SILENT);
    Path torn = there.store.lowerDirectories(made.id()).getFirst().resolve("bin/b");
    Files.delete(torn);
    try (var files = Files.walk(root.resolve("there/content"))) {
      for (Path blob :
          files
              .filter(Files::isRegularFile)
              .filter(p -> p.toString().contains("/blobs/"))
              .toList()) {
        byte[] bytes = Files.readAllBytes(blob);
        bytes[bytes.length / 2] ^= 1;
        Files.write(blob, bytes);
      }
    }

    pull(there, Progress.SILENT);

    assertThat(there.store.lowerDirectories(made.id()).getFirst().resolve("bin/b"))
        .hasContent("upper");
  }

  @Test
  void allTagsOfARepositoryArePulled() throws Exception {
    push(here, Progress.SILENT);
    here.store.tag("app:1", name().familiarRepository(), "2");
    new ImagePushes(here.store, registries)
        .push(name(), Optional.empty(), Credentials.anonymous(), Progress.SILENT);

    new ImagePulls(there.store, registries)
        .pullAll(
            name().withoutReference(), Optional.empty(), Credentials.anonymous(), Progress.SILENT);

    assertThat(there.store.get(made.id()).names()).hasSize(2);
  }

  @Test
  void whatIsSavedIsLoadedWithTheSameIdAndNames() throws Exception {
    var out = new ByteArrayOutputStream();
    try (var selection = new ImageSaves(here.store).select(List.of("app:1"))) {
      selection.writeTo(out);
    }

    new ImageLoads(there.store)
        .load(new ByteArrayInputStream(out.toByteArray()), Optional.empty(), Progress.SILENT);

    assertThat(there.store.find("app:1").id()).isEqualTo(made.id());
    var again = new ByteArrayOutputStream();
    try (var selection = new ImageSaves(there.store).select(List.of("app:1"))) {
      selection.writeTo(again);
    }
    assertThat(again.toByteArray()).isEqualTo(out.toByteArray());
  }

  @Test
  void anImportIsAnImageOfOneLayerWithItsChanges() throws Exception {
    Image image =
        new ImageImports(here.store)
            .load(
                new ByteArrayInputStream(TestArchives.gzip(TestArchives.layer("etc/os", "mine"))),
                new ImageImports.Request(
                    Optional.of(ImageName.parse("mine:1")),
                    "made by hand",
                    List.of("CMD [\"sh\"]", "ENV A=1 B=\"two words\"", "EXPOSE 80"),
                    Platform.host()),
                Progress.SILENT);

    assertThat(here.store.find("mine:1").id()).isEqualTo(image.id());
    assertThat(image.config().config())
        .satisfies(config -> {
          assertThat(config.cmd()).containsExactly("sh");
          assertThat(config.env()).containsExactly("A=1", "B=two words");
          assertThat(config.exposedPorts()).containsOnlyKeys("80/tcp");
        });
    assertThat(here.store.lowerDirectories(image.id()).getFirst().resolve("etc/os"))
        .hasContent("mine");
  }
}
