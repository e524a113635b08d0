package dev.plimsoll.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.engine.image.TestArchives.Made;
import dev.plimsoll.engine.tar.TarEntry;
import dev.plimsoll.engine.tar.TarType;
import dev.plimsoll.oci.ImageName;
import dev.plimsoll.transfer.Credentials;
import dev.plimsoll.transfer.Registries;
import dev.plimsoll.transfer.RegistrySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images of a registry that means harm, or is broken: refused, and nothing of them stays. */
class HostilePullTest {
  private static final String SECRET = "a secret of the host";
  private static final int BOMB_BYTES = 64 << 20;
  private static final long LITTLE_BYTES = 4 << 20;

  @TempDir private Path root;
  private Path secret;
  private TestRegistry registry;
  private TestImages images;
  private final Registries registries =
      new Registries(RegistrySettings.DEFAULT.withRetries(0, Duration.ZERO));

  @BeforeEach
  void open() throws Exception {
    secret = Files.writeString(root.resolve("secret"), SECRET);
    registry = new TestRegistry();
    images = TestImages.open(root.resolve("here"));
  }

  @AfterEach
  void close() throws Exception {
    registries.close();
    images.close();
    registry.close();
  }

  private void refused() throws IOException {
    assertThatThrownBy(() ->
            new ImagePulls(images.store, registries)
                .pull(
                    ImageName.parse(registry.address() + "/bad:1"),
                    Optional.empty(),
                    Credentials.anonymous(),
                    Progress.SILENT))
        .isInstanceOf(Exception.class)
        .message()
        .isNotBlank();
    assertThat(images.store.all()).isEmpty();
    try (Stream<Path> files = Files.walk(root.resolve("here"))) {
      List<Path> left = files.filter(file -> Files.isRegularFile(file)).toList();
      assertThat(left).noneMatch(file -> file.toString().contains("/layers/"));
      assertThat(left).noneMatch(file -> file.toString().contains("/images/"));
      long bytes = 0;
      for (Path file : left) {
        bytes += Files.size(file);
      }
      assertThat(bytes).isLessThan(LITTLE_BYTES);
    }
  }

  /** It unpacks to 64 MiB of one file, of which only the end shows that it is not what was promised. */
  @Test
  void aBombThatIsNotWhatWasPromisedLeavesNothing() throws Exception {
    byte[] zeros = new byte[BOMB_BYTES];
    byte[] layer =
        TestArchives.tar(
            writer -> writer.add(TarEntry.file("bomb", zeros.length, Instant.EPOCH), zeros));
    Made promised = TestArchives.image("bomb", TestArchives.layer("a", "harmless"));
    registry.hold("bad", "1", promised.config(), List.of(TestArchives.gzip(layer)));

    refused();
  }

  @Test
  void aFileThatSaysItIsLargerThanTheDiskIsRefusedBeforeItIsWritten() throws Exception {
    byte[] honest =
        TestArchives.tar(
            writer -> writer.add(TarEntry.file("bomb", 512, Instant.EPOCH), new byte[512]));
    byte[] octal = "77777777777".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    System.arraycopy(octal, 0, honest, 124, octal.length); // 8 GiB, of which nothing comes
    sum(honest);
    Made image = TestArchives.image("large", honest);
    registry.hold("bad", "1", image);

    refused();
  }

  /** The header's checksum made right again. */
  private static void sum(byte[] header) {
    Arrays.fill(header, 148, 156, (byte) ' ');
    int total = 0;
    for (int i = 0; i < 512; i++) {
      total += header[i] & 0xff;
    }
    byte[] text = "%06o\0 ".formatted(total).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, header, 148, text.length);
  }

  /** The registry has it so: its digest is right, what is packed in it ends too soon. */
  @Test
  void aTornLayerIsRefused() throws Exception {
    byte[] layer = TestArchives.layer("file", "content ".repeat(100_000));
    byte[] packed = TestArchives.gzip(layer);
    registry.hold(
        "bad",
        "1",
        TestArchives.image("torn", layer).config(),
        List.of(Arrays.copyOf(packed, packed.length / 2)));

    refused();
  }

  @Test
  void bytesThatAreNotOfTheirDigestAreRefused() throws Exception {
    Made image = TestArchives.image("false", TestArchives.layer("file", "true"));
    registry.hold("bad", "1", image);
    registry.blobs.replaceAll((_, bytes) -> {
      byte[] other = bytes.clone();
      other[other.length - 1] ^= 1;
      return other;
    });

    refused();
  }

  @Test
  void aLayerLargerThanItsManifestSaysIsRefused() throws Exception {
    Made image = TestArchives.image("long", TestArchives.layer("file", "true"));
    registry.hold("bad", "1", image);
    registry.blobs.replaceAll((_, bytes) -> Arrays.copyOf(bytes, bytes.length + 10_000_000));

    refused();
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../../../../../../../%s", "a/../../../../../../../../../%s"})
  void aHardLinkOutOfTheLayerIsRefusedAndShowsNothing(String target) throws Exception {
    String out = target.formatted(secret.toString().substring(1));
    byte[] layer =
        TestArchives.tar(writer ->
            writer.add(
                new TarEntry(
                    "stolen",
                    TarType.HARD_LINK,
                    0644,
                    0,
                    0,
                    0,
                    Instant.EPOCH,
                    out,
                    0,
                    0,
                    Map.of(),
                    false)));
    registry.hold("bad", "1", TestArchives.image("link", layer));

    refused();

    assertThat(Files.getAttribute(secret, "unix:nlink")).isEqualTo(1);
  }

  /** An absolute target is one inside of the layer, where nothing has that name. */
  @Test
  void aHardLinkToAFileOfTheHostIsOneToNothing() throws Exception {
    byte[] layer =
        TestArchives.tar(writer -> {
          writer.add(
              new TarEntry(
                  "way",
                  TarType.SYMBOLIC_LINK,
                  0777,
                  0,
                  0,
                  0,
                  Instant.EPOCH,
                  root.toString(),
                  0,
                  0,
                  Map.of(),
                  false));
          writer.add(
              new TarEntry(
                  "stolen",
                  TarType.HARD_LINK,
                  0644,
                  0,
                  0,
                  0,
                  Instant.EPOCH,
                  "way/secret",
                  0,
                  0,
                  Map.of(),
                  false));
        });
    registry.hold("bad", "1", TestArchives.image("link", layer));

    refused();

    assertThat(Files.getAttribute(secret, "unix:nlink")).isEqualTo(1);
  }
}
