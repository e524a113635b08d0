package dev.plimsoll.registry.gc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.content.LocalDisk;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.check.Checks.Depth;
import dev.plimsoll.registry.check.RepairSource;
import dev.plimsoll.registry.gc.Collector.Mode;
import dev.plimsoll.registry.job.Progress;
import dev.plimsoll.registry.repository.Chunk;
import dev.plimsoll.registry.repository.RegistryException.BlobUnknown;
import dev.plimsoll.registry.repository.RegistryException.CollectorOff;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Destroys things, and has them found and healed. */
class ChecksTest {
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

  private List<Path> files(String store) throws IOException {
    try (Stream<Path> all = Files.walk(directory.resolve(store).resolve("blobs"))) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  private static List<String> told(Progress progress) {
    return progress.snapshot().findings().stream()
        .map(finding -> finding.kind() + " " + finding.subject() + " " + finding.detail())
        .toList();
  }

  @Test
  void aSoundRegistryHasNothingToTell() throws IOException {
    bench.push("1.0");

    assertThat(told(bench.check(Depth.EVERYTHING))).isEmpty();
  }

  @Test
  void aLostFileIsNamedWithTheTagsItHurtsAndThePushHealsIt() throws IOException {
    bench.push("1.0");
    Files.delete(files("content").getFirst());

    assertThat(told(bench.check(Depth.AUDIT)))
        .singleElement()
        .asString()
        .contains("damaged " + Digest.sha256(Bench.LAYER), "missing", "it hurts app:1.0");
    assertThatThrownBy(() -> bench.blobs.promise(Bench.APP, Digest.sha256(Bench.LAYER)))
        .isInstanceOf(BlobUnknown.class);

    bench.push("1.0");

    assertThat(bench.read(Bench.LAYER)).isEqualTo(Bench.LAYER);
    assertThat(told(bench.check(Depth.EVERYTHING))).isEmpty();
  }

  @Test
  void aFlippedBitIsFoundByReadingAndNotByAnAudit() throws IOException {
    bench.push("1.0");
    Path file = files("content").getFirst();
    byte[] bytes = Files.readAllBytes(file);
    bytes[1000] ^= 1;
    Files.write(file, bytes);

    assertThat(told(bench.check(Depth.AUDIT))).isEmpty();
    assertThat(told(bench.check(Depth.EVERYTHING)))
        .singleElement()
        .asString()
        .contains("its bytes are those of", "it hurts app:1.0");

    bench.push("1.0");
    bench.collector.run(Mode.WHEN_DUE);
    assertThat(bench.read(Bench.LAYER)).isEqualTo(Bench.LAYER);
    assertThat(files("content")).as("the damaged bytes are gone").hasSize(1);
  }

  @Test
  void aBlobThatIsWholeAgainLosesItsMark() throws IOException {
    bench.push("1.0");
    Path file = files("content").getFirst();
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, new byte[3]);
    bench.check(Depth.EVERYTHING);
    Files.write(file, bytes);

    assertThat(told(bench.check(Depth.EVERYTHING))).singleElement().asString().contains("sound");
    assertThat(bench.read(Bench.LAYER)).isEqualTo(Bench.LAYER);
  }

  @Test
  void aLostObjectIsWrittenAnew() throws IOException {
    bench.push("1.0");
    Files.delete(files("manifests").getFirst());

    assertThat(told(bench.check(Depth.AUDIT))).singleElement().asString().startsWith("repaired");
    assertThat(bench.objects.read(bench.manifestObjects().getFirst()).manifest().bytes())
        .isEqualTo(Bench.image());
  }

  @Test
  void aManifestThatTheDatabaseHasWrongComesBackFromItsObject() throws IOException {
    Digest digest = bench.push("1.0");
    bench.transactions.write(h -> h.execute("UPDATE manifests SET content = 'x'"));

    assertThat(told(bench.check(Depth.AUDIT))).singleElement().asString().contains("its object");
    assertThat(told(bench.check(Depth.AUDIT))).isEmpty();
    assertThat(digest).isEqualTo(Digest.sha256(Bench.image()));
  }

  @Test
  void bytesWithoutARowGoAfterAnHourAndNotBefore() throws IOException {
    bench.push("1.0");
    bench.transactions.write(h -> h.execute("DELETE FROM blobs WHERE content IS NULL"));
    bench.check(Depth.AUDIT);
    assertThat(bench.orphans.waiting().sizeBytes()).isEqualTo(Bench.LAYER.length);

    bench.pass(Duration.ofMinutes(59));
    assertThat(bench.orphans.deleteDue()).isZero();
    bench.pass(Duration.ofMinutes(2));
    assertThat(bench.orphans.deleteDue()).isEqualTo(Bench.LAYER.length);

    assertThat(files("content")).isEmpty();
    assertThat(bench.orphans.waiting().objects()).isZero();
  }

  @Test
  void afterARestoreBytesWithoutARowWaitSevenDaysAndTheCollectorForAnAudit() throws IOException {
    bench.push("1.0");
    bench.transactions.write(h -> h.execute("DELETE FROM blobs WHERE content IS NULL"));
    bench.restoration.begin("a backup", START, START);

    assertThatThrownBy(() -> bench.collector.run(Mode.NOW)).isInstanceOf(CollectorOff.class);
    bench.check(Depth.AUDIT);
    bench.collector.run(Mode.NOW);
    bench.pass(Duration.ofDays(6));
    assertThat(bench.orphans.deleteDue()).isZero();
    bench.pass(Duration.ofDays(2));

    assertThat(bench.orphans.deleteDue()).isEqualTo(Bench.LAYER.length);
  }

  /** Has what the bench pushes. */
  private final class Elsewhere implements RepairSource {
    @Override
    public RepairSource.Mode mode() {
      return RepairSource.Mode.REPAIR;
    }

    @Override
    public String blob(RepositoryName repository, Digest digest, long sizeBytes)
        throws IOException {
      byte[] bytes = digest.equals(Digest.sha256(Bench.LAYER)) ? Bench.LAYER : Bench.CONFIG;
      bench.uploads.put(repository, digest, Chunk.of(bytes));
      return "elsewhere";
    }

    @Override
    public String image(RepositoryName repository, Digest digest) throws IOException {
      bench.push("again");
      return "elsewhere";
    }

    @Override
    public byte[] manifest(RepositoryName repository, Digest digest) {
      return Bench.image();
    }
  }

  private List<String> repaired() throws IOException {
    return told(bench.check(Depth.AUDIT, new Elsewhere()));
  }

  @Test
  void aManifestWhoseObjectIsLostTooComesFromElsewhere() throws IOException {
    bench.push("1.0");
    bench.transactions.write(h -> h.execute("UPDATE manifests SET content = 'x'"));
    Files.delete(files("manifests").getFirst());

    assertThat(repaired())
        .isNotEmpty()
        .allSatisfy(each -> assertThat(each).startsWith("repaired app@"));

    assertThat(told(bench.check(Depth.EVERYTHING))).isEmpty();
    assertThat(bench.objects.read(bench.manifestObjects().getFirst()).manifest().bytes())
        .isEqualTo(Bench.image());
  }

  @Test
  void aBlobThatARepositoryLacksComesFromElsewhere() throws IOException {
    bench.push("1.0");
    bench.transactions.write(h ->
        h.execute(
            "DELETE FROM blob_links WHERE digest = ?", Digest.sha256(Bench.LAYER).toString()));
    assertThat(told(bench.check(Depth.AUDIT))).singleElement().asString().startsWith("incomplete");

    assertThat(repaired()).singleElement().asString().contains("repaired", "lacks blob");

    assertThat(told(bench.check(Depth.AUDIT))).isEmpty();
  }

  @Test
  void theManifestThatATagLacksComesFromElsewhere() throws IOException {
    bench.push("1.0");
    bench.transactions.write(h -> h.execute("DELETE FROM manifest_references"));
    bench.transactions.write(h -> h.execute("DELETE FROM manifests"));

    assertThat(repaired().toString()).contains("repaired app:1.0").doesNotContain("dangling");

    assertThat(told(bench.check(Depth.AUDIT)).toString()).doesNotContain("dangling");
  }
}
