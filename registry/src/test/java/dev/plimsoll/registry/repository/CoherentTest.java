package dev.plimsoll.registry.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What was answered to a writer is what every later reader sees. */
class CoherentTest {
  private static final int WRITES = 50_000;
  private static final int READERS = 3;
  private static final String KEY = "key";

  private final Coherent<String, Long> cache = new Coherent<>(1000, (key, value) -> 1);

  @Test
  void aReadSeesEveryWriteThatEndedBeforeItBegan() throws Exception {
    AtomicLong stored = new AtomicLong();
    AtomicLong answered = new AtomicLong();
    AtomicBoolean writing = new AtomicBoolean(true);
    try (ExecutorService threads = Executors.newFixedThreadPool(READERS)) {
      List<Future<Long>> readers = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        readers.add(threads.submit(() -> staleReads(stored, answered, writing)));
      }
      for (long value = 1; value <= WRITES; value++) {
        stored.set(value);
        cache.changed(KEY);
        answered.set(value);
        if (value % 64 == 0) {
          cache.get(KEY, stored::get); // so that the next write finds something remembered
        }
      }
      writing.set(false);
      for (Future<Long> reader : readers) {
        assertThat(reader.get()).as("reads of what was no longer true").isZero();
      }
    }
    assertThat(cache.get(KEY, stored::get)).isEqualTo(WRITES);
  }

  private long staleReads(AtomicLong stored, AtomicLong answered, AtomicBoolean writing)
      throws Exception {
    long stale = 0;
    while (writing.get()) {
      long least = answered.get();
      Long seen = cache.get(KEY, stored::get);
      if (seen == null || seen < least) {
        stale++;
      }
    }
    return stale;
  }

  @Test
  void aReadThatBeganBeforeAWriteLeavesNothingBehind() throws Exception {
    Long seen =
        cache.get(
            KEY,
            () -> {
              cache.changed(KEY); // somebody writes 2 while 1 is on its way
              return 1L;
            });

    assertThat(seen).as("it is told what was true when it asked").isEqualTo(1);
    assertThat(cache.get(KEY, () -> 2L)).isEqualTo(2);
  }

  @Test
  void whatIsRememberedIsNotReadAgain() throws Exception {
    AtomicInteger reads = new AtomicInteger();
    for (int i = 0; i < 3; i++) {
      cache.get(
          KEY,
          () -> {
            reads.incrementAndGet();
            return 1L;
          });
    }
    assertThat(reads).hasValue(1);
  }
}
