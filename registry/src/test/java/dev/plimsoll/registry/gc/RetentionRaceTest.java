package dev.plimsoll.registry.gc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.content.LocalDisk;
import dev.plimsoll.database.Work;
import dev.plimsoll.foundation.settings.YamlValue;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.MediaTypes;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.repository.BlobRows;
import dev.plimsoll.registry.repository.ImageRemoval;
import dev.plimsoll.registry.repository.Manifests;
import dev.plimsoll.registry.repository.ReadCache;
import dev.plimsoll.registry.repository.Transactions;
import dev.plimsoll.registry.retention.Decision;
import dev.plimsoll.registry.retention.Deployed;
import dev.plimsoll.registry.retention.DeployedImage;
import dev.plimsoll.registry.retention.Pins;
import dev.plimsoll.registry.retention.Policy;
import dev.plimsoll.registry.retention.PolicyFile;
import dev.plimsoll.registry.retention.Pulls;
import dev.plimsoll.registry.retention.ReporterName;
import dev.plimsoll.registry.retention.Retention;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to an image between a rule's decision and its deletion saves it. */
class RetentionRaceTest {
  private static final Tag OLD = new Tag("old");
  private static final Tag ALL = new Tag("all");

  @TempDir private Path directory;
  private Bench bench;
  private Pulls pulls;
  private Digest image;

  /** Something that happens when it has been decided, before it is looked again. */
  private interface Meanwhile {
    void happens() throws IOException;
  }

  @BeforeEach
  void start() throws Exception {
    bench = new Bench(directory, new LocalDisk(), Instant.parse("2026-03-01T00:00:00Z"));
    pulls = new Pulls(bench.transactions, bench);
    image = bench.push(OLD.value());
    bench.pass(Duration.ofDays(100));
  }

  @AfterEach
  void stop() throws Exception {
    pulls.close();
    bench.close();
  }

  private List<Decision> retain(Meanwhile meanwhile) throws IOException {
    Policy policy =
        PolicyFile.read(
            YamlValue.parse(
                "policy",
                """
                rules:
                - name: young
                  repositories: ['**']
                  tags: ['*']
                  keep: {pushed-within: 30d, pulled-within: 30d}
                """));
    var removal =
        new ImageRemoval(
            new Interposed(bench.transactions, meanwhile),
            new BlobRows(),
            new ReadCache(0),
            100,
            pulls::notedSince,
            bench);
    List<Decision> decisions = new ArrayList<>();
    new Retention(
            bench.transactions,
            removal,
            pulls,
            new Deadlines(bench.transactions, bench, () -> 0),
            Duration.ofDays(7),
            Collector.Brake.NONE,
            bench)
        .run(policy, Retention.Mode.REAL, Optional.empty(), decisions::add);
    return decisions;
  }

  private boolean isThere() throws IOException {
    return bench.transactions.read(h ->
        h.createQuery("SELECT COUNT(*) FROM tags WHERE name = 'old'").mapTo(Integer.class).one()
            == 1);
  }

  @Test
  void deletedAndRestoredInBetweenItStays() throws Exception {
    retain(() -> {
      bench.manifests.delete(Bench.APP, image, "ada", "");
      bench.trash.restore(bench.trash.find(Bench.APP, image.toString()), "ada");
    });
    assertThat(isThere()).isTrue();
  }

  @Test
  void undisturbedItGoes() throws Exception {
    assertThat(retain(() -> {})).allMatch(Decision::deletes);
    assertThat(isThere()).isFalse();
  }

  @Test
  void aPullSavesIt() throws Exception {
    assertThat(retain(() -> pulls.pulled(Bench.APP, OLD, image))).noneMatch(Decision::deletes);
    assertThat(isThere()).isTrue();
  }

  @Test
  void aPinSavesIt() throws Exception {
    Pins pins = new Pins(bench.transactions, bench.manifests, bench);
    assertThat(retain(() -> pins.pin(Bench.APP, OLD, "auditor", "kept for the audit")))
        .noneMatch(Decision::deletes);
    assertThat(isThere()).isTrue();
  }

  @Test
  void aReportThatItIsDeployedSavesIt() throws Exception {
    assertThat(retain(() -> report(image))).noneMatch(Decision::deletes);
    assertThat(isThere()).isTrue();
  }

  @Test
  void aPushOfTheSameTagSavesIt() throws Exception {
    assertThat(
            retain(() -> {
              bench.manifests.put(
                  Bench.APP,
                  new Manifests.Pushed(OLD, Set.of(), MediaTypes.OCI_INDEX, index(), "somebody"));
            }))
        .anyMatch(decision -> !decision.deletes());
    assertThat(isThere()).isTrue();
  }

  @Test
  void anIndexThatNamesItSavesIt() throws Exception {
    retain(() -> {
      bench.manifests.put(
          Bench.APP,
          new Manifests.Pushed(ALL, Set.of(), MediaTypes.OCI_INDEX, index(), "somebody"));
    });
    assertThat(bench.manifests.get(Bench.APP, image).digest()).isEqualTo(image);
  }

  @Test
  void anIndexInTheTrashThatIsDeployedKeepsWhatItNames() throws Exception {
    report(deletedIndex());
    assertThat(retain(() -> {}))
        .noneMatch(Decision::deletes)
        .as("a dry run knows it too")
        .allMatch(decision -> decision.reason() instanceof Decision.Reason.Held);
    assertThat(isThere()).isTrue();
  }

  @Test
  void aReportOfAnIndexInTheTrashSavesWhatItNames() throws Exception {
    Digest index = deletedIndex();
    assertThat(retain(() -> report(index))).noneMatch(Decision::deletes);
    assertThat(isThere()).isTrue();
  }

  @Test
  void anIndexInTheTrashThatNobodyHoldsSavesNothing() throws Exception {
    deletedIndex();
    assertThat(retain(() -> {})).allMatch(Decision::deletes);
    assertThat(isThere()).isFalse();
  }

  @Test
  void anIndexInTheTrashWhoseTagIsPinnedKeepsWhatItNames() throws Exception {
    Pins pins = new Pins(bench.transactions, bench.manifests, bench);
    pushIndex();
    pins.pin(Bench.APP, ALL, "auditor", "");
    bench.manifests.delete(Bench.APP, Digest.sha256(index()), "ada", "");
    assertThat(retain(() -> {}))
        .noneMatch(Decision::deletes)
        .as("a dry run knows it too")
        .allMatch(decision -> decision.reason() instanceof Decision.Reason.Held);
    assertThat(isThere()).isTrue();

    bench.manifests.delete(Bench.APP, image, "ada", "");
    collectAll();
    assertThat(bench.trash.list(Optional.of(Bench.APP), Long.MAX_VALUE, 10))
        .as("deletions that are kept")
        .hasSize(2);

    pins.unpin(Bench.APP, ALL, "auditor");
    collectAll();
    assertThat(bench.trash.list(Optional.of(Bench.APP), Long.MAX_VALUE, 10)).isEmpty();
  }

  /** One whose deletion left what it names, which has a tag of its own. */
  private Digest deletedIndex() throws IOException {
    Digest index = pushIndex();
    bench.manifests.delete(Bench.APP, index, "ada", "");
    assertThat(isThere()).isTrue();
    return index;
  }

  private void collectAll() throws IOException {
    bench.pass(Duration.ofMillis(1)); // a deletion of this very millisecond is left alone
    bench.collector.run(Collector.Mode.NOW);
  }

  private Digest pushIndex() throws IOException {
    return bench
        .manifests
        .put(
            Bench.APP,
            new Manifests.Pushed(ALL, Set.of(), MediaTypes.OCI_INDEX, index(), "somebody"))
        .digest();
  }

  private void report(Digest image) throws IOException {
    new Deployed(bench.transactions, bench)
        .report(
            new ReporterName("web-1"),
            List.of(new DeployedImage(Optional.of(Bench.APP), image, DeployedImage.Usage.RUNNING)),
            "web-1");
  }

  private byte[] index() {
    return """
    {"schemaVersion":2,"mediaType":"%s","manifests":[{"mediaType":"%s","digest":"%s","size":%d}]}\
    """
        .formatted(MediaTypes.OCI_INDEX, MediaTypes.OCI_MANIFEST, image, Bench.image().length)
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Lets something happen before the transaction that looks again and deletes. */
  private record Interposed(Transactions transactions, Meanwhile meanwhile)
      implements Transactions {
    @Override
    public <T extends @Nullable Object> T read(Work<T> work) throws IOException {
      return transactions.read(work);
    }

    @Override
    public <T extends @Nullable Object> T write(Work<T> work) throws IOException {
      return transactions.write(work);
    }

    @Override
    public <T extends @Nullable Object> T free(Work<T> work) throws IOException {
      meanwhile.happens();
      return transactions.free(work);
    }
  }
}
