package dev.plimsoll.registry.repository;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the bytes of a snapshot while a backup copies them. The collector deletes nothing that was
 * condemned since the lease began: what the snapshot names as live was condemned later, if at all.
 * Good for all replicas, for it stands in the database.
 */
public final class BackupLeases {
  private static final Logger log = LoggerFactory.getLogger(BackupLeases.class);

  /** How long the collector waits for a process that is gone. */
  static final Duration LEASE = Duration.ofMinutes(10);

  private static final Duration BETWEEN_RENEWALS = Duration.ofMinutes(1);

  /** A clock that is set back meanwhile by no more does no harm. */
  private static final Duration CLOCKS_APART_MAX = Duration.ofMinutes(15);

  private final Transactions transactions;
  private final InstantSource clock;

  public BackupLeases(Transactions transactions, InstantSource clock) {
    this.transactions = transactions;
    this.clock = clock;
  }

  /** One backup's; renewed by itself until it is closed. */
  public final class Lease implements AutoCloseable {
    private final String id = UUID.randomUUID().toString();
    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread renewing =
        Thread.ofVirtual().name("backup-lease").unstarted(this::renewUntilOver);

    private Lease() {}

    private void begin() throws IOException {
      Instant now = clock.instant();
      transactions.free(h -> {
        h.createUpdate("DELETE FROM backup_leases WHERE leased_until <= :now")
            .bind("now", now.toEpochMilli())
            .execute();
        return h.createUpdate(
                """
                INSERT INTO backup_leases (id, began_at, leased_until)
                VALUES (:id, :began, :until)
                """)
            .bind("id", id)
            .bind("began", now.minus(CLOCKS_APART_MAX).toEpochMilli())
            .bind("until", now.plus(LEASE).toEpochMilli())
            .execute();
      });
      renewing.start();
    }

    private void renewUntilOver() {
      try {
        while (!over.await(BETWEEN_RENEWALS.toSeconds(), TimeUnit.SECONDS)) {
          renew();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void renew() {
      try {
        transactions.free(h ->
            h.createUpdate("UPDATE backup_leases SET leased_until = :until WHERE id = :id")
                .bind("until", clock.instant().plus(LEASE).toEpochMilli())
                .bind("id", id)
                .execute());
      } catch (IOException | RuntimeException e) {
        log.warn("lease of a backup not renewed; it is tried again", e);
      }
    }

    /** The collector goes on. */
    @Override
    public void close() throws IOException {
      over.countDown();
      transactions.free(h -> h.execute("DELETE FROM backup_leases WHERE id = ?", id));
    }
  }

  /** Begins one; it holds for every snapshot that is taken after this has returned. */
  public Lease begin() throws IOException {
    Lease lease = new Lease();
    lease.begin();
    return lease;
  }

  /** The moment since which nothing that was condemned may be deleted; empty: no backup is on. */
  public static Optional<Instant> keptSince(Handle h, Instant now) {
    return h.createQuery(
            """
            SELECT began_at FROM backup_leases WHERE leased_until > :now
            ORDER BY began_at LIMIT 1
            """)
        .bind("now", now.toEpochMilli())
        .map((rs, ctx) -> Instant.ofEpochMilli(rs.getLong("began_at")))
        .findFirst();
  }
}
