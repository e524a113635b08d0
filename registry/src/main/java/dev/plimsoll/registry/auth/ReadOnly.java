package dev.plimsoll.registry.auth;

import dev.plimsoll.registry.repository.Transactions;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the registry takes changes. What was said at run time is kept in the database: it holds
 * after a restart, and on every replica within a second. Safe for many threads.
 */
public final class ReadOnly {
  private static final Logger log = LoggerFactory.getLogger(ReadOnly.class);
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  private final Transactions transactions;
  private final Optional<String> always;
  private final InstantSource clock;
  private volatile Seen seen = new Seen(Instant.MIN, Optional.empty());

  private record Seen(Instant at, Optional<String> reason) {}

  /**
   * Looks at what was said.
   *
   * @param always why the settings say that nothing may be changed; empty if they do not
   */
  public ReadOnly(Transactions transactions, Optional<String> always, InstantSource clock) {
    this.transactions = transactions;
    this.always = always;
    this.clock = clock;
  }

  /** Why nothing may be changed; empty if it may. */
  public Optional<String> reason() throws IOException {
    if (always.isPresent()) {
      return always;
    }
    Instant now = clock.instant();
    Seen last = seen;
    if (last.at().equals(Instant.MIN)
        || now.isBefore(last.at())
        || !now.isBefore(last.at().plus(BETWEEN_LOOKS))) {
      last = new Seen(now, look());
      seen = last;
    }
    return last.reason();
  }

  /** Takes no more changes, from now on and after a restart too. */
  public void begin(String reason, String actor) throws IOException {
    transactions.free(h ->
        h.createUpdate(
                """
                INSERT INTO modes (name, reason, since, actor)
                VALUES ('read-only', :reason, :since, :actor)
                ON CONFLICT (name) DO UPDATE SET
                  reason = excluded.reason, since = excluded.since, actor = excluded.actor
                """)
            .bind("reason", reason)
            .bind("since", clock.instant().toEpochMilli())
            .bind("actor", actor)
            .execute());
    seen = new Seen(clock.instant(), Optional.of(reason));
    log.info("read-only begun by={} reason={}", actor, reason);
  }

  /** Takes changes again, unless the settings say that it does not. */
  public void end(String actor) throws IOException {
    transactions.free(h -> h.createUpdate("DELETE FROM modes WHERE name = 'read-only'").execute());
    seen = new Seen(clock.instant(), Optional.empty());
    log.info("read-only ended by={}", actor);
  }

  private Optional<String> look() throws IOException {
    return transactions.read(h ->
        h.createQuery("SELECT reason FROM modes WHERE name = 'read-only'")
            .mapTo(String.class)
            .findOne());
  }
}
