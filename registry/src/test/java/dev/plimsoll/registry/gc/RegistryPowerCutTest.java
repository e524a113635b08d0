package dev.plimsoll.registry.gc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.content.BlobKey;
import dev.plimsoll.content.Disk;
import dev.plimsoll.content.LocalDisk;
import dev.plimsoll.content.SimulatedDisk;
import dev.plimsoll.content.SimulatedDisk.WrittenBack;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.registry.gc.Collector.Mode;
import dev.plimsoll.registry.repository.Chunk;
import dev.plimsoll.registry.repository.RegistryException.BlobUnknown;
import dev.plimsoll.registry.repository.RegistryException.ManifestUnknown;
import dev.plimsoll.registry.repository.UploadId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Cuts the power before each operation of the content store's disk: push, delete, collect. */
class RegistryPowerCutTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir private Path directory;

  private interface Doing {
    void run(Bench bench) throws IOException;
  }

  /** Does something until the power goes; tells whether it came to its end. */
  private static boolean survives(Path place, Disk disk, Doing doing) throws IOException {
    try (Bench bench = new Bench(place, disk, START)) {
      doing.run(bench);
      return true;
    } catch (IOException e) {
      assertThat(e)
          .satisfiesAnyOf(
              thrown -> assertThat(thrown).isInstanceOf(SimulatedDisk.PowerCut.class),
              thrown -> assertThat(thrown).hasRootCauseInstanceOf(SimulatedDisk.PowerCut.class));
      return false;
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPushThatWasAnsweredIsWholeAfterwards(WrittenBack writtenBack) throws IOException {
    for (int cutBefore = 1; ; cutBefore++) {
      Path place = Files.createDirectories(directory.resolve(writtenBack + "-" + cutBefore));
      Path content = Files.createDirectories(place.resolve("content"));
      SimulatedDisk disk = new SimulatedDisk(content);
      new Bench(place, disk, START).close(); // opening a new store has a test of its own
      disk.cutPowerBefore(disk.operations().size() + cutBefore);

      boolean answered = survives(place, disk, bench -> bench.push("1"));

      SimulatedDisk after = disk.afterPowerCut(writtenBack);
      try (Bench bench = new Bench(place, after, START)) {
        bench.housekeeping(place).recover();
        if (answered) {
          assertThat(bench.manifests.get(Bench.APP, Digest.sha256(Bench.image())).bytes())
              .isEqualTo(Bench.image());
        }
        assertWholeOrAbsent(bench);
        bench.push("again");
        assertThat(bench.read(Bench.LAYER)).isEqualTo(Bench.LAYER);
        assertThat(bench.content.staged()).isEmpty();
      }
      if (answered) {
        assertThat(cutBefore).as("operations that were cut").isGreaterThan(5);
        return;
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCollectionThatIsCutOffIsFinishedAndTakesNothingElse(WrittenBack writtenBack)
      throws IOException {
    for (int cutBefore = 1; ; cutBefore++) {
      Path place = Files.createDirectories(directory.resolve(writtenBack + "-" + cutBefore));
      Path content = Files.createDirectories(place.resolve("content"));
      SimulatedDisk disk = new SimulatedDisk(content);
      survives(
          place,
          disk,
          bench -> {
            Digest manifest = bench.push("1");
            bench.manifests.delete(Bench.APP, manifest, "test", "test");
          });
      disk.cutPowerBefore(disk.operations().size() + cutBefore);

      boolean finished = survives(place, disk, bench -> bench.collector.run(Mode.NOW));

      SimulatedDisk after = disk.afterPowerCut(writtenBack);
      try (Bench bench = new Bench(place, after, START)) {
        bench.housekeeping(place).recover();
        assertWholeOrAbsent(bench);
        bench.push("again");
        bench.collector.run(Mode.NOW);
        assertThat(bench.read(Bench.LAYER)).isEqualTo(Bench.LAYER);
      }
      if (finished) {
        return;
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aManifestThatWasAnsweredHasItsObjectAfterwards(WrittenBack writtenBack) throws IOException {
    for (int cutBefore = 1; ; cutBefore++) {
      Path place = Files.createDirectories(directory.resolve(writtenBack + "-" + cutBefore));
      new Bench(place, new LocalDisk(), START).close();
      SimulatedDisk disk = new SimulatedDisk(place.resolve("manifests"));
      disk.cutPowerBefore(cutBefore);

      boolean answered;
      try (Bench bench = new Bench(place, new LocalDisk(), disk, START)) {
        bench.push("1");
        answered = true;
      } catch (IOException e) {
        answered = false;
      }

      SimulatedDisk after = disk.afterPowerCut(writtenBack);
      try (Bench bench = new Bench(place, new LocalDisk(), after, START)) {
        bench.housekeeping(place).recover();
        List<BlobKey> objects = bench.manifestObjects();
        for (BlobKey object : objects) {
          assertThat(bench.objects.read(object).manifest().bytes()).isEqualTo(Bench.image());
        }
        assertThat(objects).as("objects that rows name").hasSize(answered ? 1 : 0);
        bench.push("again");
        assertThat(bench.manifestObjects()).hasSize(1);
        assertThat(bench.objects.store().staged()).isEmpty();
      }
      if (answered) {
        assertThat(cutBefore).as("operations that were cut").isGreaterThan(5);
        return;
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatWasAnsweredOfAnUploadIsThereAfterwards(WrittenBack writtenBack) throws IOException {
    for (byte[] blob : List.of(Bench.CONFIG, Bench.LAYER)) {
      Path place = Files.createDirectories(directory.resolve(writtenBack + "-" + blob.length));
      SimulatedDisk disk = new SimulatedDisk(Files.createDirectories(place.resolve("content")));
      UploadId id;
      byte[] first = Arrays.copyOf(blob, blob.length / 2);
      try (Bench bench = new Bench(place, disk, START)) {
        id = bench.uploads.begin(Bench.APP);
        bench.uploads.append(Bench.APP, id, OptionalLong.of(0), Chunk.of(first));
      } // an upgrade, say, and then the power goes
      SimulatedDisk after = disk.afterPowerCut(writtenBack);

      try (Bench bench = new Bench(place, after, START)) {
        bench.housekeeping(place).recover();
        assertThat(bench.uploads.size(Bench.APP, id)).isEqualTo(first.length);
        byte[] rest = Arrays.copyOfRange(blob, first.length, blob.length);
        OptionalLong offset = OptionalLong.of(first.length);
        bench.uploads.finish(Bench.APP, id, Digest.sha256(blob), offset, Chunk.of(rest));
        assertThat(bench.read(blob)).isEqualTo(blob);
      }
    }
  }

  private static void assertWholeOrAbsent(Bench bench) throws IOException {
    boolean manifest = true;
    try {
      bench.manifests.get(Bench.APP, Digest.sha256(Bench.image()));
    } catch (ManifestUnknown e) {
      manifest = false;
    }
    for (byte[] blob : new byte[][] {Bench.LAYER, Bench.CONFIG}) {
      try {
        assertThat(bench.read(blob)).isEqualTo(blob);
      } catch (BlobUnknown e) {
        assertThat(manifest).as("a manifest without its blob").isFalse();
      }
    }
  }
}
