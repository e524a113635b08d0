package dev.plimsoll.registry.repository;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Weigher;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * A bounded memory of what was read, that never shows what a finished write has changed. Safe for
 * many threads.
 *
 * <p>Every key belongs to one of a fixed number of version counters. A reader notes the version
 * before it reads the database and keeps the version with the value; a writer moves the counter on
 * after its commit and before its answer. A value whose version is not the present one is not shown.
 * So a read that began before a write cannot leave an old value behind it.
 */
final class Coherent<K, V> {
  private static final int COUNTERS = 1 << 14;

  /** Reads the present value; null if there is none, which is not remembered. */
  interface Loader<V> {
    @Nullable V load() throws IOException;
  }

  private record Stamped<V>(long version, V value) {}

  private final AtomicLongArray versions = new AtomicLongArray(COUNTERS);
  private final Cache<K, Stamped<V>> cache;
  private final boolean remembers;

  /** With {@code weightMax} 0 nothing is remembered. */
  Coherent(long weightMax, Weigher<K, V> weigher) {
    this.remembers = weightMax > 0;
    this.cache =
        Caffeine.newBuilder()
            .executor(Runnable::run) // its upkeep is shorter than waking a thread for it
            .maximumWeight(weightMax)
            .<K, Stamped<V>>weigher((key, stamped) -> weigher.weigh(key, stamped.value()))
            .build();
  }

  /** What is remembered and still true, else null. */
  @Nullable V peek(K key) {
    Stamped<V> known = cache.getIfPresent(key);
    return known != null && known.version() == versions.get(counter(key)) ? known.value() : null;
  }

  /** What is remembered and still true, or else what {@code loader} reads. */
  @Nullable V get(K key, Loader<V> loader) throws IOException {
    V known = peek(key);
    if (known != null) {
      return known;
    }
    long version = versions.get(counter(key));
    V value = loader.load();
    if (value != null && remembers) {
      cache.put(key, new Stamped<>(version, value));
    }
    return value;
  }

  /** To be called after a write to what {@code key} stands for, whether it succeeded or not. */
  void changed(K key) {
    versions.incrementAndGet(counter(key));
    cache.invalidate(key);
  }

  private static int counter(Object key) {
    int hash = key.hashCode();
    return (hash ^ (hash >>> 14)) & (COUNTERS - 1);
  }
}
