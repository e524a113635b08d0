package dev.plimsoll.database;

import dev.plimsoll.foundation.NoSpaceException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/** Tells trouble with the world (disk, damage) from a wrong statement or a broken constraint. */
final class Trouble {
  // Primary result codes, https://sqlite.org/rescode.html; the low byte of an extended code.
  private static final int SQLITE_BUSY = 5;
  private static final int SQLITE_NOMEM = 7;
  private static final int SQLITE_READONLY = 8;
  private static final int SQLITE_IOERR = 10;
  private static final int SQLITE_CORRUPT = 11;
  private static final int SQLITE_FULL = 13;
  private static final int SQLITE_CANTOPEN = 14;
  private static final int SQLITE_CONSTRAINT = 19;
  private static final int SQLITE_NOTADB = 26;

  private Trouble() {}

  /** What a work threw, with trouble of the world turned into {@link IOException}. */
  static Throwable of(Path file, Throwable thrown) {
    SQLException sql = sqlException(thrown);
    if (sql == null || !(thrown instanceof JdbiException || thrown instanceof SQLException)) {
      return thrown;
    }
    return switch (sql.getErrorCode() & 0xff) {
      case SQLITE_FULL -> new NoSpaceException("no space left for " + file, thrown);
      case SQLITE_BUSY,
          SQLITE_NOMEM,
          SQLITE_READONLY,
          SQLITE_IOERR,
          SQLITE_CORRUPT,
          SQLITE_CANTOPEN,
          SQLITE_NOTADB ->
          new IOException("%s: %s".formatted(file, sql.getMessage()), thrown);
      default -> thrown;
    };
  }

  static IOException of(Path file, String what, SQLException e) {
    return (e.getErrorCode() & 0xff) == SQLITE_FULL
        ? new NoSpaceException("%s: %s: no space left".formatted(file, what), e)
        : new IOException("%s: %s: %s".formatted(file, what, e.getMessage()), e);
  }

  static boolean isBrokenConstraint(SQLException e) {
    return (e.getErrorCode() & 0xff) == SQLITE_CONSTRAINT;
  }

  /** Throws what a work threw, as it was, in the thread of its caller. */
  static IOException rethrown(@Nullable Throwable thrown) {
    return switch (thrown) {
      case IOException e -> e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case null, default -> throw new AssertionError("a work throws nothing else", thrown);
    };
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
