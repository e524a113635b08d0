package dev.plimsoll.registry.gc;

import dev.plimsoll.registry.repository.Transactions;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets only time count that the registry has lived through. A clock that jumps ahead, or a machine
 * that was off for a month, ends no lease and empties no trash: all deadlines move on by the time
 * that passed unseen, and it is remembered for {@link
 * dev.plimsoll.registry.retention}. Safe for many threads.
 */
public final class Deadlines {
  private static final Logger log = LoggerFactory.getLogger(Deadlines.class);

  /** Less is within what clocks are corrected by, and what passes between two looks. */
  private static final Duration UNSEEN_MIN = Duration.ofMinutes(10);

  private final Transactions transactions;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private long lookedAtNanos;

  /**
   * Nothing is looked at yet.
   *
   * @param nanos a clock that nobody sets, such as {@link System#nanoTime}
   */
  public Deadlines(Transactions transactions, InstantSource clock, LongSupplier nanos) {
    this.transactions = transactions;
    this.clock = clock;
    this.nanos = nanos;
    this.lookedAtNanos = nanos.getAsLong();
  }

  /** Looks at the clock. To be called at start and before every collection. */
  public synchronized void look() throws IOException {
    long nowNanos = nanos.getAsLong();
    Duration lived = Duration.ofNanos(nowNanos - lookedAtNanos);
    Duration unseen =
        transactions.free(h -> {
          Instant now = clock.instant();
          Optional<Long> before =
              h.createQuery("SELECT seen_at FROM clock WHERE id = 1").mapTo(Long.class).findOne();
          h.createUpdate(
                  """
                  INSERT INTO clock (id, seen_at) VALUES (1, :now)
                  ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at
                  """)
              .bind("now", now.toEpochMilli())
              .execute();
          Duration passed =
              before
                  .map(millis -> Duration.between(Instant.ofEpochMilli(millis), now))
                  .orElse(Duration.ZERO)
                  .minus(lived);
          if (passed.compareTo(UNSEEN_MIN) <= 0) {
            return Duration.ZERO;
          }
          for (String deadline :
              new String[] {
                "UPDATE blob_links SET leased_until = leased_until + :gap"
                    + " WHERE leased_until IS NOT NULL",
                "UPDATE blobs SET condemned_at = condemned_at + :gap WHERE state = 'condemned'",
                "UPDATE deletions SET kept_from = kept_from + :gap",
                "UPDATE orphans SET seen_at = seen_at + :gap",
                "UPDATE restored SET restored_at = restored_at + :gap"
              }) {
            h.createUpdate(deadline).bind("gap", passed.toMillis()).execute();
          }
          h.createUpdate(
                  """
                  INSERT INTO unseen_time (began_at, ended_at) VALUES (:began, :ended)
                  ON CONFLICT (began_at) DO UPDATE SET ended_at = excluded.ended_at
                  """)
              .bind("began", now.minus(passed).toEpochMilli())
              .bind("ended", now.toEpochMilli())
              .execute();
          return passed;
        });
    lookedAtNanos = nowNanos;
    if (unseen.isPositive()) {
      log.warn("time passed unseen seconds={} deadlines=moved", unseen.toSeconds());
    }
  }
}
