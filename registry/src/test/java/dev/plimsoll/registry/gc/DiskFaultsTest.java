package dev.plimsoll.registry.gc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.content.SimulatedDisk;
import dev.plimsoll.database.Work;
import dev.plimsoll.foundation.NoSpaceException;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.registry.MemoryDirectory;
import dev.plimsoll.registry.check.Checks;
import dev.plimsoll.registry.gc.Collector.Mode;
import dev.plimsoll.registry.repository.Transactions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The disk or the database says no, once, at each of their steps in turn: what was answered before is
 * whole, what was refused can be done again without a restart, and nothing is left over.
 */
class DiskFaultsTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final byte[] KEPT = layer(1);
  private static final byte[] NEW = layer(2);

  @TempDir(factory = MemoryDirectory.class)
  private Path directory;

  /** What happens at the step. */
  enum Fault {
    NO_SPACE("No space left on device"),
    BROKEN("Input/output error"),
    /** The commit is not made. */
    COMMIT_REFUSED("disk I/O error"),
    /** The commit is made, and it is not known. */
    COMMIT_UNHEARD("disk I/O error");

    private final String words;

    Fault(String words) {
      this.words = words;
    }
  }

  /** A deed of a client's or the registry's. */
  private interface Deed {
    void run(Bench bench) throws IOException;
  }

  private static byte[] layer(int seed) {
    byte[] bytes = new byte[100_000];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** A registry whose steps can be made to fail. */
  private static final class Place implements Transactions, AutoCloseable {
    final SimulatedDisk disk;
    final Bench bench;
    private @Nullable Transactions below;
    private int commitsLeft;
    private boolean made;
    private boolean failed;

    Place(Path directory) throws IOException {
      disk = new SimulatedDisk(Files.createDirectories(directory));
      bench =
          new Bench(
              directory,
              disk,
              disk,
              START,
              transactions -> {
                below = transactions;
                return this;
              });
    }

    void failAt(int step, Fault fault) {
      switch (fault) {
        case NO_SPACE, BROKEN -> disk.failAt(disk.count() + step, fault.words);
        case COMMIT_REFUSED, COMMIT_UNHEARD -> {
          commitsLeft = step;
          made = fault == Fault.COMMIT_UNHEARD;
        }
      }
    }

    private Transactions below() {
      if (below == null) {
        throw new IllegalStateException("not opened");
      }
      return below;
    }

    @Override
    public <T extends @Nullable Object> T read(Work<T> work) throws IOException {
      return below().read(work);
    }

    @Override
    public <T extends @Nullable Object> T write(Work<T> work) throws IOException {
      boolean fails = --commitsLeft == 0;
      if (fails && !made) {
        failed = true;
        throw new IOException(Fault.COMMIT_REFUSED.words);
      }
      T result = below().write(work);
      if (fails) {
        failed = true;
        throw new IOException(Fault.COMMIT_UNHEARD.words);
      }
      return result;
    }

    @Override
    public <T extends @Nullable Object> T free(Work<T> work) throws IOException {
      return write(work);
    }

    @Override
    public void close() throws IOException {
      bench.close();
    }
  }

  /** Has a deed meet the fault at each of its steps, and begins anew for each. */
  private void atEachStep(Fault fault, Deed before, Deed deed) throws IOException {
    for (int step = 1; ; step++) {
      try (Place place = new Place(directory.resolve(fault + "-" + step))) {
        place.bench.push("kept", KEPT);
        before.run(place.bench);
        int operations = place.disk.count();
        place.failAt(step, fault);

        boolean answered = true;
        try {
          deed.run(place.bench);
        } catch (IOException e) {
          answered = false;
          assertThat(e).hasStackTraceContaining(fault.words);
          assertThat(e instanceof NoSpaceException).isEqualTo(fault == Fault.NO_SPACE);
        }
        boolean met =
            switch (fault) {
              case NO_SPACE, BROKEN -> place.disk.count() - operations >= step;
              case COMMIT_REFUSED, COMMIT_UNHEARD -> place.failed;
            };
        place.commitsLeft = 0;

        assertWhole(place.bench, KEPT);
        if (answered && !met) {
          assertThat(step).as("steps that failed").isGreaterThan(1);
          return;
        }
        deed.run(place.bench);
        assertWhole(place.bench, KEPT);
        assertNothingIsLeftOver(place.bench);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPushThatIsRefusedIsTakenTheNextTime(Fault fault) throws IOException {
    atEachStep(
        fault,
        bench -> {},
        bench -> {
          bench.push("new", NEW);
          assertWhole(bench, NEW);
        });
  }

  @ParameterizedTest
  @EnumSource
  void aCollectionThatFailsIsFinishedByTheNext(Fault fault) throws IOException {
    atEachStep(
        fault,
        bench -> {
          Digest manifest = bench.push("new", NEW);
          bench.manifests.delete(Bench.APP, manifest, "test", "test");
        },
        bench -> bench.collector.run(Mode.NOW));
  }

  @ParameterizedTest
  @EnumSource(names = {"COMMIT_REFUSED", "COMMIT_UNHEARD"})
  void aDeletionThatFailsHasHappenedOrNot(Fault fault) throws IOException {
    try (Place place = new Place(directory.resolve("deletion"))) {
      Bench bench = place.bench;
      place.bench.push("kept", KEPT);
      Digest manifest = bench.push("new", NEW);
      place.failAt(1, fault);

      assertThat(bench.manifests.knows(Bench.APP, manifest)).isTrue();
      assertThatThrownBy(() -> bench.manifests.delete(Bench.APP, manifest, "test", "test"))
          .isInstanceOf(IOException.class);

      if (fault == Fault.COMMIT_UNHEARD) {
        bench.trash.restore(bench.trash.find(Bench.APP, "new"), "test");
      }
      assertWhole(bench, NEW);
      bench.manifests.delete(Bench.APP, manifest, "test", "test");
      assertWhole(bench, KEPT);
      assertNothingIsLeftOver(bench);
    }
  }

  private static void assertWhole(Bench bench, byte[] layer) throws IOException {
    byte[] image = Bench.image(layer);
    assertThat(bench.manifests.get(Bench.APP, Digest.sha256(image)).bytes()).isEqualTo(image);
    assertThat(bench.read(layer)).isEqualTo(layer);
    assertThat(bench.read(Bench.CONFIG)).isEqualTo(Bench.CONFIG);
  }

  /** With one image kept and all else deleted, what is stored is that image. */
  private static void assertNothingIsLeftOver(Bench bench) throws IOException {
    Digest other = Digest.sha256(Bench.image(NEW));
    if (bench.manifests.knows(Bench.APP, other) && isLive(bench, other)) {
      bench.manifests.delete(Bench.APP, other, "test", "test");
    }
    bench.collector.run(Mode.NOW);
    bench.staging.discard();
    bench.check(Checks.Depth.AUDIT);
    bench.pass(Duration.ofHours(2));
    bench.orphans.deleteDue();
    assertThat(bench.content.staged()).isEmpty();
    assertThat(bench.objects.store().staged()).isEmpty();
    assertThat(bench.storedObjects()).hasSize(1);
    try (Stream<?> files = bench.content.list()) {
      assertThat(files).hasSize(1);
    }
    assertWhole(bench, KEPT);
  }

  private static boolean isLive(Bench bench, Digest manifest) throws IOException {
    return bench.transactions.read(h ->
        h.createQuery(
                    "SELECT COUNT(*) FROM manifests WHERE digest = :digest AND deletion_id IS NULL")
                .bind("digest", manifest.toString())
                .mapTo(Integer.class)
                .one()
            == 1);
  }
}
