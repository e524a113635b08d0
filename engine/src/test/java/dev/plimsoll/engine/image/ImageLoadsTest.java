package dev.plimsoll.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.engine.image.TestArchives.Made;
import dev.plimsoll.engine.image.TestImages.Heard;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.engine.refusal.EngineException.NotFound;
import dev.plimsoll.oci.ImageName;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class ImageLoadsTest {
  @TempDir private Path root;
  private TestImages images;

  @BeforeEach
  void open() throws IOException {
    images = TestImages.open(root);
  }

  @AfterEach
  void close() throws IOException {
    images.close();
  }

  private List<Image> load(InputStream archive, Progress progress) throws Exception {
    return new ImageLoads(images.store).load(archive, Optional.empty(), progress);
  }

  private Made twoLayers() throws IOException {
    return TestArchives.image(
        "two", TestArchives.layer("etc/a", "lower"), TestArchives.layer("bin/b", "upper"));
  }

  @Test
  void anImageOfAnOldArchiveIsFoundByItsNameItsIdAndTheBeginningOfThat() throws Exception {
    Made made = twoLayers();
    var heard = new Heard();

    load(TestArchives.oldArchive(made, "app:1"), heard);

    assertThat(heard.lines).contains("Loaded image: app:1");
    for (String name :
        List.of(
            "app:1",
            "docker.io/library/app:1",
            made.id().toString(),
            made.id().digest().hex(),
            made.id().shortText(),
            "sha256:" + made.id().shortText())) {
      assertThat(images.store.find(name).id()).as(name).isEqualTo(made.id());
    }
    assertThat(images.store.config(made.id())).isEqualTo(made.config());
  }

  @Test
  void theTopLayerComesFirstAmongTheLowerDirectories() throws Exception {
    Made made = twoLayers();

    load(TestArchives.oldArchive(made, "app:1"), Progress.SILENT);

    List<Path> lower = images.store.lowerDirectories(made.id());
    assertThat(lower).hasSize(2);
    assertThat(lower.getFirst().resolve("bin/b")).hasContent("upper");
    assertThat(lower.getLast().resolve("etc/a")).hasContent("lower");
  }

  @Test
  void anOciLayoutWithoutAManifestJsonIsLoadedWithItsFullName() throws Exception {
    Made made = twoLayers();

    load(
        TestArchives.layout(made, Map.of("io.containerd.image.name", "example.com:5000/app:2")),
        Progress.SILENT);

    assertThat(images.store.find("example.com:5000/app:2").id()).isEqualTo(made.id());
  }

  @Test
  void anImageWithoutLayersHasAnEmptyDirectoryBelowItsContainers() throws Exception {
    Made made = TestArchives.image("nothing in it");

    load(TestArchives.oldArchive(made, "scratch:1"), Progress.SILENT);

    assertThat(images.store.find("scratch:1").id()).isEqualTo(made.id());
    assertThat(images.store.lowerDirectories(made.id()))
        .singleElement()
        .satisfies(directory -> assertThat(directory).isEmptyDirectory())
        .isEqualTo(images.store.rootDirectory(made.id()));
    assertThat(images.store.history("scratch:1")).hasSize(1);
  }

  @Test
  void archivesPackedByXzAndBzip2AreLoaded() throws Exception {
    Made made = twoLayers();
    byte[] plain = TestArchives.oldArchive(made, "app:1").readAllBytes();
    var xz = new ByteArrayOutputStream();
    try (var packed = new XZOutputStream(xz, new LZMA2Options())) {
      packed.write(plain);
    }
    var bzip2 = new ByteArrayOutputStream();
    try (var packed = new BZip2CompressorOutputStream(bzip2)) {
      packed.write(plain);
    }

    assertThat(load(new ByteArrayInputStream(xz.toByteArray()), Progress.SILENT)).hasSize(1);
    assertThat(load(new ByteArrayInputStream(bzip2.toByteArray()), Progress.SILENT)).hasSize(1);
    assertThat(images.store.find("app:1").id()).isEqualTo(made.id());
  }

  @Test
  void anAlgorithmOfDigestsIsNoName() throws Exception {
    load(TestArchives.oldArchive(twoLayers(), "app:1"), Progress.SILENT);

    assertThatThrownBy(() -> images.store.tag("app:1", "sha256", "abc"))
        .hasMessage("refusing to create an ambiguous tag using digest algorithm as name");
  }

  @Test
  void anArchiveWithoutNamesIsToldByItsId() throws Exception {
    Made made = twoLayers();
    var heard = new Heard();

    load(TestArchives.layout(made, Map.of()), heard);

    assertThat(heard.lines).contains("Loaded image ID: " + made.id());
    assertThat(images.store.find(made.id().shortText()).dangling()).isTrue();
  }

  @Test
  void anotherImageTakesTheNameAndTheOldOneDangles() throws Exception {
    Made old = twoLayers();
    Made fresh = TestArchives.image("fresh", TestArchives.layer("x", "y"));
    load(TestArchives.oldArchive(old, "app:1"), Progress.SILENT);
    var heard = new Heard();

    load(TestArchives.oldArchive(fresh, "app:1"), heard);

    assertThat(heard.lines)
        .contains(
            "The image app:1 already exists, renaming the old one with ID "
                + old.id()
                + " to empty string");
    assertThat(images.store.find("app:1").id()).isEqualTo(fresh.id());
    assertThat(images.store.get(old.id()).dangling()).isTrue();
  }

  @Test
  void loadingTheSameAgainAddsNothing() throws Exception {
    Made made = twoLayers();
    load(TestArchives.oldArchive(made, "app:1"), Progress.SILENT);
    List<Path> before = images.store.lowerDirectories(made.id());

    load(TestArchives.oldArchive(made, "app:1"), Progress.SILENT);

    assertThat(images.store.lowerDirectories(made.id())).isEqualTo(before);
    assertThat(images.store.all()).hasSize(1);
  }

  @Test
  void aLayerThatIsNotWhatItsDiffIdSaysIsRefusedAndNothingStays() throws Exception {
    Made honest = twoLayers();
    Made forged =
        new Made(
            honest.config(), List.of(honest.layers().get(0), TestArchives.layer("bin/b", "evil")));

    assertThatThrownBy(() -> load(TestArchives.oldArchive(forged, "app:1"), Progress.SILENT))
        .hasMessageContaining("failed to register layer")
        .rootCause()
        .hasMessageContaining("layer verification failed");

    assertThat(images.store.all()).isEmpty();
    assertThatThrownBy(() -> images.store.find("app:1"))
        .isInstanceOf(NotFound.class)
        .hasMessage("No such image: app:1");
    images.close();
    images = TestImages.open(root);
    images.store.collectAfterStart();
    assertThat(layerNames()).isEmpty();
    assertThat(blobs()).isEmpty();
  }

  private List<String> layerNames() throws IOException {
    try (var names = Files.list(root.resolve("layers"))) {
      return names
          .map(p -> p.getFileName().toString())
          .filter(n -> !List.of("staging", "trash", "empty").contains(n))
          .toList();
    }
  }

  private List<Path> blobs() throws IOException {
    try (var files = Files.walk(root.resolve("content"))) {
      return files
          .filter(Files::isRegularFile)
          .filter(p -> p.toString().contains("/blobs/"))
          .toList();
    }
  }

  @Test
  void anArchiveOfSomethingElseIsRefused() throws Exception {
    byte[] other = TestArchives.layer("etc/a", "no image");

    assertThatThrownBy(() -> load(new ByteArrayInputStream(other), Progress.SILENT))
        .isInstanceOf(BadParameter.class)
        .hasMessageContaining("manifest.json");
  }

  @Test
  void whatWasLoadedIsThereAfterARestart() throws Exception {
    Made made = twoLayers();
    load(TestArchives.oldArchive(made, "app:1"), Progress.SILENT);
    images.close();

    images = TestImages.open(root);

    assertThat(images.store.find("app:1").names()).containsExactly(ImageName.parse("app:1"));
    assertThat(images.store.lowerDirectories(made.id()).getFirst().resolve("bin/b"))
        .hasContent("upper");
  }

  @Test
  void aLayerThatLeansIsUnpackedOverTheOneBelow() throws Exception {
    byte[] base = TestArchives.layer("opt/a", "base");
    byte[] leaning =
        TestArchives.tar(writer ->
            writer.add(
                dev.plimsoll.engine.tar.TarEntry.file("opt/b", 3, java.time.Instant.EPOCH),
                "top".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    Made made = TestArchives.image("lean", base, leaning);

    load(TestArchives.oldArchive(made, "lean:1"), Progress.SILENT);

    assertThat(images.store.lowerDirectories(made.id()).getFirst().resolve("opt/b"))
        .hasContent("top");
    var layers = images.store.layersOf(made.id());
    assertThat(layers.get(1).leans()).isTrue();
    assertThat(layers.get(1).id()).isNotEqualTo(layers.get(1).diffId());
  }

  @Test
  void theHistoryHasTheNewestStepFirst() throws Exception {
    Made made = twoLayers();
    load(TestArchives.oldArchive(made, "app:1"), Progress.SILENT);

    var lines = images.store.history("app:1");

    assertThat(lines)
        .extracting(ImageStore.HistoryLine::createdBy)
        .containsExactly("CMD x", "COPY 1", "COPY 0");
    assertThat(lines.getFirst().id()).contains(made.id());
    assertThat(lines).extracting(ImageStore.HistoryLine::sizeBytes).containsExactly(0L, 5L, 5L);
  }
}
