package dev.plimsoll.engine;

import dev.plimsoll.database.Database;
import dev.plimsoll.database.DatabaseCopies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes a verified copy of the engine's database every hour, behind everything else. */
final class DatabaseCopying implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DatabaseCopying.class);
  private static final Duration BETWEEN_COPIES = Duration.ofHours(1);
  private static final Duration BETWEEN_LOOKS = Duration.ofMinutes(5);
  private static final long FREE_BYTES_MIN = 64L << 20;

  private final DatabaseCopies copies;
  private final Path file;
  private final InstantSource clock;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Thread thread;

  private DatabaseCopying(DatabaseCopies copies, Path file, InstantSource clock) {
    this.copies = copies;
    this.file = file;
    this.clock = clock;
    this.thread = Thread.ofPlatform().daemon().name("database-copies").unstarted(this::run);
  }

  static DatabaseCopying start(Database database, Path root, InstantSource clock) {
    StoredDatabase stored = StoredDatabase.in(root);
    var copying =
        new DatabaseCopying(new DatabaseCopies(database, stored.copies()), stored.file(), clock);
    copying.thread.start();
    return copying;
  }

  private void run() {
    try {
      do {
        takeIfDue();
      } while (!stopping.await(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether a copy was due and could be taken; one that fails is tried again at the next look. */
  private void takeIfDue() {
    try {
      Instant now = clock.instant();
      boolean due =
          copies.lastTaken().map(last -> !last.plus(BETWEEN_COPIES).isAfter(now)).orElse(true);
      if (due && hasRoom()) {
        log.info("database copied file={}", copies.take(now));
      }
    } catch (IOException | RuntimeException e) {
      log.warn("database not copied, tried again in {} s", BETWEEN_LOOKS.toSeconds(), e);
    }
  }

  /** On a disk that is nearly full, what a copy takes is missed more than the copy is good for. */
  private boolean hasRoom() throws IOException {
    long free = Files.getFileStore(file).getUsableSpace();
    return free > FREE_BYTES_MIN + 3 * Files.size(file);
  }

  @Override
  public void close() {
    stopping.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread()
          .interrupt(); // a copy that is cut short is a draft, which the next removes
    }
  }
}
