package dev.plimsoll.registry.check;

import dev.plimsoll.registry.repository.Transactions;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What follows from a database that is not the one the last process left: it may know less than the
 * stores hold. Until an audit has looked through them the collector stays off, and bytes without
 * rows wait in quarantine.
 */
public final class Restoration {
  /** How long after a restore no bytes without a row are deleted. */
  static final Duration QUARANTINE = Duration.ofDays(7);

  private final Transactions transactions;

  public Restoration(Transactions transactions) {
    this.transactions = transactions;
  }

  /**
   * A restore, or a rebuild.
   *
   * @param copiedAt of what time the metadata is
   * @param audited whether an audit has run since
   */
  public record Restored(String source, Instant at, Instant copiedAt, boolean audited) {}

  public Optional<Restored> last() throws IOException {
    return transactions.read(h ->
        h.createQuery("SELECT source, restored_at, copied_at, audited_at FROM restored")
            .map((rs, ctx) ->
                new Restored(
                    rs.getString("source"),
                    Instant.ofEpochMilli(rs.getLong("restored_at")),
                    Instant.ofEpochMilli(rs.getLong("copied_at")),
                    rs.getLong("audited_at") != 0))
            .findOne());
  }

  /** Why the collector must not run now, if it must not. */
  public Optional<String> collectorOff() throws IOException {
    return last()
        .filter(restored -> !restored.audited())
        .map(restored ->
            "this registry was restored from %s and no audit has run since; plimsoll registry check"
                    .formatted(restored.source())
                + " runs one");
  }

  /** The restore whose quarantine is not over yet: what the stores hold is all there still. */
  public Optional<Restored> inQuarantine(Instant now) throws IOException {
    return last().filter(restored -> now.isBefore(restored.at().plus(QUARANTINE)));
  }

  /** When the first bytes without a row may go. */
  Instant quarantineEnd() throws IOException {
    return last().map(restored -> restored.at().plus(QUARANTINE)).orElse(Instant.EPOCH);
  }

  /** To be called before the first collection after a restore. */
  public void begin(String source, Instant copiedAt, Instant now) throws IOException {
    transactions.write(h ->
        h.createUpdate(
                """
                INSERT INTO restored (id, source, restored_at, copied_at)
                VALUES (1, :source, :now, :copied)
                ON CONFLICT (id) DO UPDATE SET source = excluded.source,
                  restored_at = excluded.restored_at, copied_at = excluded.copied_at,
                  audited_at = NULL
                """)
            .bind("source", source)
            .bind("now", now.toEpochMilli())
            .bind("copied", copiedAt.toEpochMilli())
            .execute());
  }

  void audited(Instant now) throws IOException {
    transactions.write(h ->
        h.createUpdate("UPDATE restored SET audited_at = :now WHERE audited_at IS NULL")
            .bind("now", now.toEpochMilli())
            .execute());
  }
}
