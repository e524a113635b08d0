package dev.plimsoll.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * PostgreSQL's time, carried on between two looks at it by a clock that nobody sets. What the clock
 * of this machine says is never asked, so replicas agree to within one round trip. Safe for many
 * threads.
 */
final class PostgresClock implements InstantSource {
  private static final Duration TRUSTED = Duration.ofSeconds(10);

  private record Seen(long millis, long nanos) {}

  private final LongSupplier nanos;
  private volatile Seen seen;

  private PostgresClock(LongSupplier nanos, Seen seen) {
    this.nanos = nanos;
    this.seen = seen;
  }

  static PostgresClock of(Connection connection, LongSupplier nanos) throws SQLException {
    return new PostgresClock(nanos, look(connection, nanos));
  }

  @Override
  public Instant instant() {
    Seen last = seen;
    long passed = Math.max(0, nanos.getAsLong() - last.nanos());
    return Instant.ofEpochMilli(last.millis() + Duration.ofNanos(passed).toMillis());
  }

  /** Whether it is time to look again. */
  boolean isOld() {
    return nanos.getAsLong() - seen.nanos() > TRUSTED.toNanos();
  }

  /** Looks at the server's clock, outside of a transaction. */
  void look(Connection connection) throws SQLException {
    seen = look(connection, nanos);
  }

  private static Seen look(Connection connection, LongSupplier nanos) throws SQLException {
    long before = nanos.getAsLong();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS BIGINT)")) {
      row.next();
      long millis = row.getLong(1);
      long after = nanos.getAsLong();
      return new Seen(millis, before + (after - before) / 2);
    }
  }
}
