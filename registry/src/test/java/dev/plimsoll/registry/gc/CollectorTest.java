package dev.plimsoll.registry.gc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.plimsoll.content.BlobKey;
import dev.plimsoll.content.Disk;
import dev.plimsoll.content.Ingest;
import dev.plimsoll.content.LocalDisk;
import dev.plimsoll.database.Database;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.registry.gc.Collector.Mode;
import dev.plimsoll.registry.repository.Chunk;
import dev.plimsoll.registry.repository.RegistryException.BlobUnknown;
import dev.plimsoll.registry.repository.RegistryException.DeletionUnknown;
import dev.plimsoll.registry.repository.RegistryException.UploadUnknown;
import dev.plimsoll.registry.repository.UploadId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes, when it goes, and what does not, by a clock that the test sets. */
class CollectorTest {
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

  private GcReport collect() throws IOException {
    return bench.collector.run(Mode.WHEN_DUE);
  }

  @Test
  void theDatabaseIsCopiedHourlyAndTheLastThreeCopiesOpenAndHoldWhatTheDatabaseHeld()
      throws IOException {
    Digest manifest = bench.push("1");
    Housekeeping housekeeping = bench.housekeeping(directory);

    housekeeping.round();
    bench.pass(Duration.ofMinutes(59));
    housekeeping.round();
    assertThat(bench.copies.newestFirst()).hasSize(1);
    for (int hour = 0; hour < 4; hour++) {
      bench.pass(Duration.ofHours(1));
      housekeeping.round();
    }

    assertThat(bench.copies.newestFirst()).hasSize(3);
    assertThat(bench.copies.lastTaken()).contains(bench.instant());
    try (Database copy = Database.open(bench.copies.newestFirst().getFirst(), "db/registry")) {
      assertThat(
              copy.<String>read(
                  h -> h.createQuery("SELECT digest FROM manifests").mapTo(String.class).one()))
          .isEqualTo(manifest.toString());
    }
  }

  @Test
  void whatAManifestNamesStaysForEver() throws IOException {
    bench.push("1");

    for (int year = 0; year < 10; year++) {
      bench.pass(Duration.ofDays(365));
      assertThat(collect().deleted()).isEmpty();
    }

    assertThat(bench.read(Bench.LAYER)).isEqualTo(Bench.LAYER);
  }

  @Test
  void aDeletionIsFinalAfterAWeekAndItsBytesGoAfterTheLease() throws IOException {
    Digest manifest = bench.push("1");
    long deletion = bench.manifests.delete(Bench.APP, manifest, "test", "test");

    bench.pass(Duration.ofDays(7).minusSeconds(1));
    assertThat(collect().purged()).isZero();
    bench.pass(Duration.ofSeconds(1));
    assertThat(collect().purged()).isEqualTo(1);
    assertThatThrownBy(() -> bench.trash.restore(deletion, "test"))
        .isInstanceOf(DeletionUnknown.class);
    bench.pass(Duration.ofHours(36));
    assertThat(collect().condemned()).isEqualTo(2);
    bench.pass(Duration.ofHours(1));
    GcReport report = collect();

    assertThat(report.deleted())
        .containsExactlyInAnyOrder(Digest.sha256(Bench.LAYER), Digest.sha256(Bench.CONFIG));
    assertThat(report.freedBytes()).isEqualTo(Bench.LAYER.length + Bench.CONFIG.length);
    try (var all = bench.content.list()) {
      assertThat(all).isEmpty();
    }
    bench.pass(Duration.ofDays(30));
    assertThat(collect().deleted()).isEmpty();
  }

  @Test
  void anUploadWithoutAManifestGoesAfterItsLease() throws IOException {
    bench.uploads.put(Bench.APP, Digest.sha256(Bench.LAYER), Chunk.of(Bench.LAYER));

    bench.pass(Duration.ofHours(35));
    assertThat(collect().condemned()).isZero();
    bench.pass(Duration.ofHours(1));

    assertThat(collect().condemned()).isEqualTo(1);
    assertThatThrownBy(() -> bench.read(Bench.LAYER)).isInstanceOf(BlobUnknown.class);
  }

  @Test
  void askingForABlobHoldsIt() throws IOException {
    Digest layer = Digest.sha256(Bench.LAYER);
    bench.uploads.put(Bench.APP, layer, Chunk.of(Bench.LAYER));

    for (int day = 0; day < 5; day++) {
      bench.pass(Duration.ofHours(23));
      assertThat(bench.blobs.promise(Bench.APP, layer)).isEqualTo(Bench.LAYER.length);
      collect();
    }

    assertThat(bench.read(Bench.LAYER)).isEqualTo(Bench.LAYER);
  }

  @Test
  void aCondemnedBlobComesBackWithAnUploadAndKeepsItsBytes() throws IOException {
    Digest layer = Digest.sha256(Bench.LAYER);
    bench.uploads.put(Bench.APP, layer, Chunk.of(Bench.LAYER));
    bench.pass(Duration.ofHours(36));
    collect();

    bench.uploads.put(Bench.APP, layer, Chunk.of(Bench.LAYER));
    bench.pass(Duration.ofHours(2));

    assertThat(collect().deleted()).isEmpty();
    try (var all = bench.content.list()) {
      assertThat(all).hasSize(1);
    }
    assertThat(bench.read(Bench.LAYER)).isEqualTo(Bench.LAYER);
  }

  @Test
  void aDryRunTellsWhatTheRunDoesAndWritesNothing() throws IOException {
    bench.push("1");
    Digest manifest = bench.push("2");
    bench.manifests.delete(Bench.APP, manifest, "test", "test");

    for (Mode mode : new Mode[] {Mode.WHEN_DUE, Mode.NOW}) {
      GcReport first = bench.collector.dryRun(mode);
      GcReport second = bench.collector.dryRun(mode);
      GcReport real = bench.collector.run(mode);
      assertThat(second).isEqualTo(first);
      assertThat(real).isEqualTo(first);
    }
    assertThat(bench.collector.run(Mode.NOW).deleted()).isEmpty();
  }

  /** A write would wait for the writer, as pushes would for the rehearsal. */
  @Test
  void aDryRunWaitsForNoWriter() throws Exception {
    bench.manifests.delete(Bench.APP, bench.push("1"), "test", "test");

    GcReport told =
        bench.database.write(h -> {
          try {
            return CompletableFuture.supplyAsync(
                    () -> {
                      try {
                        return bench.collector.dryRun(Mode.NOW);
                      } catch (IOException e) {
                        throw new UncheckedIOException(e);
                      }
                    })
                .get(1, TimeUnit.MINUTES);
          } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("a dry run waited for the writer", e);
          }
        });

    assertThat(told.purged()).isEqualTo(1);
    assertThat(bench.collector.run(Mode.NOW)).isEqualTo(told);
  }

  @Test
  void aDryRunKeepsWhatDeletionsThatAreHeldName() throws IOException {
    Digest held = bench.push("1");
    Digest other = bench.push("2", Bench.layer(50_000));
    bench.manifests.delete(Bench.APP, held, "test", "test");
    bench.manifests.delete(Bench.APP, other, "test", "test");
    bench.database.write(h ->
        h.execute(
            """
            INSERT INTO pins (repository_id, reference, pinned_at, actor, reason)
            SELECT id, '1', 0, 'test', '' FROM repositories
            """));

    GcReport told = bench.collector.dryRun(Mode.NOW);

    assertThat(told.purged()).isEqualTo(1);
    assertThat(told.deleted()).as("the other's layer alone").hasSize(1);
    assertThat(bench.collector.run(Mode.NOW)).isEqualTo(told);
  }

  @Test
  void bytesThatAreMissingAreReplacedByTheNextPush() throws IOException {
    Digest layer = Digest.sha256(Bench.LAYER);
    bench.push("1");
    BlobKey key;
    try (var all = bench.content.list()) {
      key = ((dev.plimsoll.content.Stored.StoredBlob) all.findFirst().orElseThrow()).key();
    }
    bench.content.delete(key);

    bench.uploads.put(Bench.APP, layer, Chunk.of(Bench.LAYER));

    assertThat(bench.read(Bench.LAYER)).isEqualTo(Bench.LAYER);
  }

  @Test
  void aClockThatJumpsEmptiesNoTrash() throws IOException {
    Housekeeping housekeeping = bench.housekeeping(directory);
    housekeeping.recover();
    Digest manifest = bench.push("1");
    long deletion = bench.manifests.delete(Bench.APP, manifest, "test", "test");
    bench.pass(Duration.ofDays(1));
    housekeeping.round();

    bench.jump(Duration.ofDays(30));
    housekeeping.round();
    bench.pass(Duration.ofDays(5));
    housekeeping.round();

    assertThat(bench.trash.restore(deletion, "test").manifests()).containsExactly(manifest);
    assertThat(bench.read(Bench.LAYER)).isEqualTo(Bench.LAYER);
  }

  @Test
  void aSmallBlobByPostAndPutCostsOneForcedCommit() throws IOException {
    long before = bench.database.commits();

    UploadId id = bench.uploads.begin(Bench.APP);
    bench.uploads.finish(
        Bench.APP, id, Digest.sha256(Bench.CONFIG), OptionalLong.empty(), Chunk.of(Bench.CONFIG));

    assertThat(bench.database.commits() - before).isEqualTo(1);
  }

  @Test
  void whatIsAnsweredForOfAnUploadHasARow() throws IOException {
    UploadId begun = bench.uploads.begin(Bench.APP);
    UploadId appended = bench.uploads.begin(Bench.APP);

    bench.uploads.append(Bench.APP, appended, OptionalLong.empty(), Chunk.of(Bench.LAYER));

    assertThat(bench.uploads.recorded()).containsExactly(appended);
    assertThat(bench.uploads.size(Bench.APP, begun)).isZero();
  }

  @Test
  void anUploadThatNobodyTouchesIsGivenUp() throws IOException {
    Housekeeping housekeeping = bench.housekeeping(directory);
    UploadId idle = bench.uploads.begin(Bench.APP);
    UploadId busy = bench.uploads.begin(Bench.APP);
    bench.pass(Duration.ofMinutes(40));
    bench.uploads.append(Bench.APP, busy, OptionalLong.empty(), Chunk.of(Bench.CONFIG));
    bench.pass(Duration.ofMinutes(40));

    housekeeping.round();

    assertThat(bench.uploads.recorded()).containsExactly(busy);
    assertThatThrownBy(() -> bench.uploads.size(Bench.APP, idle)).isInstanceOf(UploadUnknown.class);
    assertThat(bench.content.staged()).hasSize(1);
  }

  @Test
  void bytesWithoutARowGoWhenSeenTwice() throws IOException {
    Housekeeping housekeeping = bench.housekeeping(directory);
    bench.push("1");
    Ingest stray = bench.content.begin();
    stray.append(
        ByteBuffer.wrap("never recorded".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    BlobKey key = stray.commit(stray.digest(Digest.Algorithm.SHA256));

    housekeeping.round();
    assertThat(bench.content.has(key)).isTrue();
    bench.pass(Duration.ofMinutes(61));
    housekeeping.round();

    assertThat(bench.content.has(key)).isFalse();
    assertThat(bench.read(Bench.LAYER)).isEqualTo(Bench.LAYER);
  }

  @Test
  void aRunTellsHowFarItIsAndWhatIsLeft() throws IOException {
    List<GcStatus> seen = new ArrayList<>();
    close();
    bench = new Bench(directory, watched(() -> seen.add(bench.collector.status())), START);
    for (int i = 0; i < 3; i++) {
      byte[] layer = Bench.LAYER.clone();
      layer[0] += (byte) i;
      bench.uploads.put(Bench.APP, Digest.sha256(layer), Chunk.of(layer));
    }
    bench.collector.run(
        Mode.NOW, EnumSet.of(Collector.Phase.UNLINK)); // the bytes are still to be deleted
    assertThat(bench.collector.waiting()).isEqualTo(new Collector.Waiting(3, 300_000));
    seen.clear();

    bench.collector.run(Mode.NOW);

    assertThat(seen)
        .filteredOn(status -> status.progress().orElseThrow().phase() == Collector.Phase.ERASE)
        .extracting(
            status -> status.progress().orElseThrow().left(),
            status -> status.progress().orElseThrow().deletedBlobs())
        .containsExactly(tuple(3, 0), tuple(2, 1), tuple(1, 2));
    assertThat(bench.collector.status().inProgress()).isFalse();
    assertThat(bench.collector.status().freedBytes()).isEqualTo(300_000);
    assertThat(bench.collector.waiting().blobs()).isZero();
  }

  /** A disk that tells of each file that it deletes, before it does. */
  private static Disk watched(Runnable deleting) {
    Disk real = new LocalDisk();
    return (Disk)
        Proxy.newProxyInstance(
            Disk.class.getClassLoader(),
            new Class<?>[] {Disk.class},
            (_, method, arguments) -> {
              if (method.getName().equals("delete")) {
                deleting.run();
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
