package dev.plimsoll.database;

import dev.plimsoll.foundation.NoSpaceException;
import dev.plimsoll.foundation.UnavailableException;
import java.io.IOException;
import java.sql.SQLException;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * Tells what may be tried again, and trouble with the world, from a wrong statement or a broken
 * constraint.
 *
 * @see <a href="https://www.postgresql.org/docs/15/errcodes-appendix.html">PostgreSQL 15, Appendix A,
 *     Error Codes</a>
 */
final class PostgresTrouble {
  private static final String SERIALIZATION_FAILURE = "40001";
  private static final String DEADLOCK = "40P01";
  private static final String LOCK_NOT_AVAILABLE = "55P03";
  private static final String DISK_FULL = "53100";
  private static final String TOO_MANY_CONNECTIONS = "53300";
  private static final String READ_ONLY = "25006";
  private static final String IDLE_IN_TRANSACTION = "25P03";
  private static final String NO_RIGHT = "42501";

  private PostgresTrouble() {}

  /** Two works could not both be as if alone: one of them was undone and may run again. */
  static boolean isConflict(Throwable thrown) {
    String state = state(thrown);
    return SERIALIZATION_FAILURE.equals(state) || DEADLOCK.equals(state);
  }

  /** The connection is of no use any more, or there is none. */
  static boolean isConnectionLost(Throwable thrown) {
    String state = state(thrown);
    return state != null
        && (state.startsWith("08") // connection exceptions
            || state.startsWith("57P") // the server ends, ended, or begins
            || state.equals(IDLE_IN_TRANSACTION));
  }

  /** What the server said, without the statement that it was said to. */
  static String message(Throwable thrown) {
    SQLException sql = sqlException(thrown);
    return String.valueOf((sql == null ? thrown : sql).getMessage());
  }

  /** What a work threw, with trouble of the world turned into {@link IOException}. */
  static Throwable of(PostgresAddress address, Throwable thrown) {
    SQLException sql = sqlException(thrown);
    if (sql == null || !(thrown instanceof JdbiException || thrown instanceof SQLException)) {
      return thrown;
    }
    String state = String.valueOf(sql.getSQLState());
    if (state.equals(READ_ONLY)) {
      return new IOException("%s: %s".formatted(address, sql.getMessage()), thrown);
    }
    return isOfTheWorld(state) ? of(address, "at work", sql) : thrown;
  }

  static IOException of(PostgresAddress address, String what, SQLException e) {
    String state = String.valueOf(e.getSQLState());
    String sentence = "%s: %s: %s".formatted(address, what, e.getMessage());
    if (state.equals(DISK_FULL)) {
      return new NoSpaceException(sentence, e);
    }
    if (state.equals(NO_RIGHT)) {
      return new IOException(
          sentence + "; the user needs CREATE on the schema (GRANT CREATE ON SCHEMA … TO …)", e);
    }
    return isOfTheWorld(state)
        ? new UnavailableException("the database cannot be used now: " + sentence, e)
        : new IOException(sentence, e);
  }

  private static boolean isOfTheWorld(String state) {
    return state.startsWith("08")
        || state.startsWith("53") // out of memory, disk, connections
        || state.startsWith("57")
        || state.startsWith("58") // the server's own system errors
        || state.startsWith("XX") // internal errors, damage
        || state.equals(LOCK_NOT_AVAILABLE)
        || state.equals(TOO_MANY_CONNECTIONS)
        || state.equals(IDLE_IN_TRANSACTION);
  }

  private static @Nullable String state(Throwable thrown) {
    SQLException sql = sqlException(thrown);
    return sql == null ? null : sql.getSQLState();
  }

  private static @Nullable SQLException sqlException(@Nullable Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof SQLException sql) {
        return sql;
      }
    }
    return null;
  }
}
