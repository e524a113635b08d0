package dev.plimsoll.registry.gc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.content.LocalDisk;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.MediaTypes;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.gc.Collector.Mode;
import dev.plimsoll.registry.gc.Collector.Phase;
import dev.plimsoll.registry.repository.ManifestObject;
import dev.plimsoll.registry.repository.Manifests;
import dev.plimsoll.registry.repository.RegistryException.ManifestBlobsUnknown;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of the objects that manifests are kept as. */
class ManifestObjectsTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir private Path directory;
  private Bench bench;

  @BeforeEach
  void open() throws IOException {
    bench = new Bench(directory, new LocalDisk(), START);
  }

  @AfterEach
  void close() throws IOException {
    bench.close();
  }

  @Test
  void anObjectHoldsAllThatBringsTheManifestBack() throws IOException {
    bench.push("1.0");

    ManifestObject object = bench.objects.read(bench.manifestObjects().getFirst());

    assertThat(object.repository()).isEqualTo(Bench.APP);
    assertThat(object.manifest().bytes()).isEqualTo(Bench.image());
    assertThat(object.manifest().mediaType()).isEqualTo(MediaTypes.OCI_MANIFEST);
    assertThat(object.pushedAt()).isEqualTo(START);
    assertThat(object.tags()).containsExactly(new Tag("1.0"));
    assertThat(object.small()).containsOnlyKeys(Digest.sha256(Bench.CONFIG));
  }

  @Test
  void aFurtherTagWritesNoFurtherObject() throws IOException {
    bench.push("1.0");
    bench.push("latest");

    assertThat(bench.storedObjects()).hasSize(1);
  }

  @Test
  void aManifestInTheTrashKeepsItsObject() throws IOException {
    Digest digest = bench.push("1.0");

    bench.manifests.delete(Bench.APP, digest, "test", "test");
    bench.collector.run(Mode.WHEN_DUE);

    assertThat(bench.storedObjects()).hasSize(1);
  }

  @Test
  void anObjectGoesWithItsManifestForGood() throws IOException {
    Digest digest = bench.push("1.0");

    bench.manifests.delete(Bench.APP, digest, "test", "test");
    bench.collector.run(Mode.NOW);

    assertThat(bench.storedObjects()).isEmpty();
  }

  @Test
  void aPushThatIsRefusedWritesNoObject() throws IOException {
    assertThatThrownBy(() ->
            bench.manifests.put(
                Bench.APP,
                new Manifests.Pushed(
                    new Tag("1"), Set.of(), MediaTypes.OCI_MANIFEST, Bench.image(), "test")))
        .isInstanceOf(ManifestBlobsUnknown.class);

    assertThat(bench.storedObjects()).isEmpty();
  }

  @Test
  void aManifestOfAnEarlierReleaseGetsItsObject() throws IOException {
    bench.push("1.0");
    bench.transactions.write(h -> h.execute("UPDATE manifests SET object = NULL"));

    assertThat(bench.objects.writeMissing(10)).isEqualTo(1);

    assertThat(bench.objects.read(bench.manifestObjects().getFirst()).manifest().bytes())
        .isEqualTo(Bench.image());
  }

  @Test
  void aManifestThatIsPurgedWhileItIsPushedAgainGetsAnObjectOfItsOwn() throws IOException {
    Digest digest = bench.push("1.0");
    bench.manifests.delete(Bench.APP, digest, "test", "test");

    bench.push("1.0", () -> bench.collector.run(Mode.NOW, EnumSet.of(Phase.PURGE, Phase.ERASE)));

    assertThat(bench.objects.read(bench.manifestObjects().getFirst()).manifest().digest())
        .isEqualTo(digest);
    assertThat(bench.storedObjects()).hasSize(1);
  }

  @Test
  void bytesThatAreNoObjectAreRefusedWithTheReason() {
    assertThatThrownBy(() -> ManifestObject.parse("{}".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no manifest of a format");
  }
}
