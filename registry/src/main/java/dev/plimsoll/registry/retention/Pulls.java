package dev.plimsoll.registry.retention;

import dev.plimsoll.database.Work;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Reference;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.repository.Transactions;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When each tag and digest was last pulled. A pull is noted in memory, which costs it one look into a
 * map, and written behind it: once a minute, and when the registry stops. A crash forgets at most the
 * last minute. Safe for many threads.
 */
public final class Pulls {
  private static final Logger log = LoggerFactory.getLogger(Pulls.class);

  /** How long a pull may be known to memory alone. */
  public static final Duration WRITTEN_EVERY = Duration.ofMinutes(1);

  /** A tag that is pulled all day is noted no more often than this. */
  private static final long COALESCED_MILLIS = 1000;

  private static final int NOTED_MAX = 100_000;
  private static final int BATCH_MAX = 500;
  private static final Duration STOP_MAX = Duration.ofSeconds(30);

  private record Pulled(RepositoryName repository, Reference reference) {}

  private final Transactions transactions;
  private final InstantSource clock;
  private final Duration writtenEvery;
  private final Map<Pulled, Long> noted = new ConcurrentHashMap<>();
  private final ReentrantLock writing = new ReentrantLock();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final AtomicLong forgotten = new AtomicLong();
  private @Nullable Thread thread;

  /** Nothing is written before {@link #start} or {@link #flush}. */
  public Pulls(Transactions transactions, InstantSource clock) {
    this(transactions, clock, WRITTEN_EVERY);
  }

  Pulls(Transactions transactions, InstantSource clock, Duration writtenEvery) {
    this.transactions = transactions;
    this.clock = clock;
    this.writtenEvery = writtenEvery;
  }

  /** A manifest was given to a client that asked for it by this tag or digest. */
  public void pulled(RepositoryName repository, Reference reference, Digest digest) {
    long now = clock.millis();
    note(new Pulled(repository, digest), now);
    if (!reference.equals(digest)) {
      note(new Pulled(repository, reference), now);
    }
  }

  private void note(Pulled pulled, long now) {
    Long before = noted.get(pulled);
    if (before != null && now - before < COALESCED_MILLIS) {
      return;
    }
    if (before == null && noted.size() >= NOTED_MAX) {
      makeRoom(pulled);
    }
    noted.merge(pulled, now, Math::max);
  }

  /** A pull waits for the writer rather than being forgotten, and is forgotten rather than refused. */
  private void makeRoom(Pulled pulled) {
    try {
      flush();
    } catch (IOException e) {
      noted.keySet().stream().findAny().ifPresent(noted::remove);
      if (forgotten.incrementAndGet() == 1) {
        log.warn("pull not remembered repository={}: memory and disk are full", pulled.repository);
      }
    }
  }

  /** Whether it was pulled then or since, as far as that is not written yet. */
  public boolean notedSince(RepositoryName repository, Reference reference, Instant since) {
    Long at = noted.get(new Pulled(repository, reference));
    return at != null && at >= since.toEpochMilli();
  }

  /** Writes what has been noted, in batches that no push waits long for. */
  public void flush() throws IOException {
    flush(transactions::write);
  }

  /** The same before something is deleted: it must work on a full disk too. */
  void flushToFree() throws IOException {
    flush(transactions::free);
  }

  /** The transactions that pulls are written by. */
  private interface Writing {
    Integer write(Work<Integer> batch) throws IOException;
  }

  private void flush(Writing by) throws IOException {
    writing.lock();
    try {
      List<Map.Entry<Pulled, Long>> all =
          noted.entrySet().stream()
              .map(entry -> Map.entry(entry.getKey(), entry.getValue()))
              .sorted(
                  Comparator.comparing((Map.Entry<Pulled, Long> entry) ->
                      entry.getKey().repository() + ":" + entry.getKey().reference()))
              .toList(); // one order for all replicas, so that none waits for another in a circle
      for (int from = 0; from < all.size(); from += BATCH_MAX) {
        List<Map.Entry<Pulled, Long>> batch =
            all.subList(from, Math.min(from + BATCH_MAX, all.size()));
        by.write(h -> write(h, batch));
        batch.forEach(entry -> noted.remove(entry.getKey(), entry.getValue()));
      }
    } finally {
      writing.unlock();
    }
  }

  private static int write(Handle h, List<Map.Entry<Pulled, Long>> batch) {
    PreparedBatch rows =
        h.prepareBatch(
            """
            INSERT INTO pulls (repository_id, reference, pulled_at)
            SELECT id, :reference, :at FROM repositories WHERE name = :repository
            ON CONFLICT (repository_id, reference) DO UPDATE SET pulled_at = excluded.pulled_at
              WHERE pulls.pulled_at < excluded.pulled_at
            """);
    for (Map.Entry<Pulled, Long> entry : batch) {
      rows.bind("repository", entry.getKey().repository().value())
          .bind("reference", entry.getKey().reference().toString())
          .bind("at", entry.getValue())
          .add();
    }
    rows.execute();
    return batch.size();
  }

  /** Pulls that wait to be written. */
  public int waiting() {
    return noted.size();
  }

  /** Pulls that were not remembered, because memory and disk were full. */
  public long forgotten() {
    return forgotten.get();
  }

  /** Writes every so often until {@link #close}. */
  public void start() {
    thread = Thread.ofVirtual().name("registry-pulls").start(this::turns);
  }

  private void turns() {
    try {
      while (!stopping.await(writtenEvery.toMillis(), TimeUnit.MILLISECONDS)) {
        flushOrWarn();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void flushOrWarn() {
    try {
      flush();
    } catch (IOException | RuntimeException e) {
      log.warn("pulls not written waiting={}; they are kept and tried again", noted.size(), e);
    }
  }

  /** Writes the rest and ends. */
  public void close() throws InterruptedException {
    stopping.countDown();
    Thread running = thread;
    if (running != null) {
      running.join(STOP_MAX);
    }
    flushOrWarn();
  }
}
