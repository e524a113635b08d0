package dev.plimsoll.registry.gc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.content.LocalDisk;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.registry.gc.Collector.Mode;
import dev.plimsoll.registry.repository.Chunk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Beside others a collection does the same in small steps, and ends after any of them. */
class PaceTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final int BLOBS = 50;

  @TempDir private Path directory;

  private static void pushBlobs(Bench bench) throws IOException {
    for (int i = 0; i < BLOBS; i++) {
      byte[] blob = "blob %d".formatted(i).getBytes(StandardCharsets.UTF_8);
      bench.uploads.put(Bench.APP, Digest.sha256(blob), Chunk.of(blob));
    }
    bench.pass(Duration.ofSeconds(1));
  }

  @Test
  void aloneAStepIsAsLargeAsMayBe() {
    assertThat(new Pace(() -> false, System::nanoTime).step(200).rows()).isEqualTo(200);
  }

  @Test
  void besideOthersAStepIsATenthButNeverNothing() {
    Pace pace = new Pace(() -> true, System::nanoTime);

    assertThat(pace.step(200).rows()).isEqualTo(20);
    assertThat(pace.step(3).rows()).isEqualTo(1);
  }

  @Test
  void whoIsToEndDoesNotRestFirst() {
    AtomicLong nanos = new AtomicLong();
    Pace pace = new Pace(() -> true, nanos::get);
    Pace.Step step = pace.step(200);
    nanos.addAndGet(Duration.ofHours(1).toNanos());
    pace.end();

    long before = System.nanoTime();
    for (int i = 0; i < 1000; i++) {
      pace.rest(step);
    }
    assertThat(System.nanoTime() - before)
        .as("a thousand rests take 250 s")
        .isLessThan(Duration.ofSeconds(100).toNanos());
    assertThat(pace.hasEnded()).isTrue();
  }

  @Test
  void besideOthersAllThatIsDueIsCollectedStepByStep() throws IOException {
    try (Bench bench = new Bench(directory, new LocalDisk(), START)) {
      pushBlobs(bench);
      AtomicInteger steps = new AtomicInteger();
      bench.collector.beside(() -> steps.incrementAndGet() > 0);

      GcReport report = bench.collector.run(Mode.NOW);

      assertThat(report.deletedBlobs()).isEqualTo(BLOBS);
      try (var all = bench.content.list()) {
        assertThat(all).isEmpty();
      }
      assertThat(steps.get())
          .as("three steps each to unlink, doom and erase, and one to purge")
          .isGreaterThanOrEqualTo(10);
    }
  }

  @Test
  void aRunThatIsStoppedEndsAfterAStep() throws IOException {
    try (Bench bench = new Bench(directory, new LocalDisk(), START)) {
      pushBlobs(bench);
      bench.collector.beside(() -> true);
      bench.collector.stop();

      assertThat(bench.collector.run(Mode.NOW).unlinked()).isEqualTo(20);
    }
  }
}
