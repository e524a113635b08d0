package dev.plimsoll.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.engine.image.TestArchives.Made;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayerHealingTest {
  @TempDir private Path root;
  private TestImages images;
  private Made made;

  @BeforeEach
  void open() throws Exception {
    images = TestImages.open(root);
    made =
        TestArchives.image(
            "two", TestArchives.layer("etc/a", "lower"), TestArchives.layer("bin/b", "upper"));
    new ImageLoads(images.store)
        .load(TestArchives.oldArchive(made, "app:1"), Optional.empty(), Progress.SILENT);
  }

  @AfterEach
  void close() throws IOException {
    images.close();
  }

  private void verifyAfter(String boot) throws InterruptedException {
    try (var healing = LayerHealing.start(images.store, root.resolve("boot"), boot)) {
      healing.await();
    }
  }

  private Path topFile() throws IOException {
    return images.store.lowerDirectories(made.id()).getFirst().resolve("bin/b");
  }

  @Test
  void afterABootAFileOfTheRightLengthAndWrongContentIsMadeAnew() throws Exception {
    Path before = topFile();
    Files.writeString(before, "u\0\0\0r");

    verifyAfter("second boot");

    assertThat(topFile()).isNotEqualTo(before).hasContent("upper");
  }

  @Test
  void withinOneBootNothingIsReadAgain() throws Exception {
    verifyAfter("first boot");
    Files.writeString(topFile(), "u\0\0\0r");

    verifyAfter("first boot");

    assertThat(topFile()).hasContent("u\0\0\0r");
  }

  @Test
  void whatWasVerifiedOnceIsNotReadAtEveryBoot() throws Exception {
    verifyAfter("first boot");

    assertThat(images.layers.unverified(10)).isEmpty();
  }

  @Test
  void aLayerWhoseBlobIsGoneTooStaysDamagedAndIsNeverMounted() throws Exception {
    Files.delete(topFile());
    try (var files = Files.walk(root.resolve("content"))) {
      for (Path blob :
          files
              .filter(Files::isRegularFile)
              .filter(p -> p.toString().contains("/blobs/"))
              .toList()) {
        Files.delete(blob);
      }
    }

    verifyAfter("second boot");

    assertThatThrownBy(this::topFile).hasMessageContaining("damaged; pull or load the image again");
  }
}
