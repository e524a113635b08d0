package dev.plimsoll.database;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.DefaultStatementBuilder;
import org.jdbi.v3.core.statement.StatementBuilder;
import org.jdbi.v3.core.statement.StatementContext;
import org.sqlite.core.CoreStatement;
import org.sqlite.core.DB;

/**
 * The prepared statements of a SQLite connection, kept for their next use: preparing most of ours
 * takes SQLite longer than running them. A statement that is in use is not among them, so the same
 * text may be run while its rows are read. What a context can ask for beyond the text, generated keys
 * and rows to be changed in place, SQLite gives with any statement or with none. For one thread, as the
 * connection is; the statements end with it.
 */
public final class KeptStatements implements StatementBuilder {
  private static final int KEPT_MAX = 100;

  private final StatementBuilder others;
  private final LinkedHashMap<String, PreparedStatement> kept = new LinkedHashMap<>();

  KeptStatements(Connection connection) {
    others = DefaultStatementBuilder.FACTORY.createStatementBuilder(connection);
  }

  /**
   * Prepares a statement on the connection of a handle, past JDBI; to be given back with {@link
   * #giveBack} and not closed.
   */
  public static PreparedStatement take(Handle h, String sql) throws SQLException {
    return h.getStatementBuilder() instanceof KeptStatements statements
        ? statements.take(h.getConnection(), sql)
        : h.getConnection().prepareStatement(sql);
  }

  /** Ends the use of a statement; its results are closed, whatever came of it. */
  public static void giveBack(Handle h, String sql, PreparedStatement statement)
      throws SQLException {
    if (h.getStatementBuilder() instanceof KeptStatements statements) {
      statements.giveBack(sql, statement);
    } else {
      statement.close();
    }
  }

  /** The texts of what is kept at present on the connection of a handle. */
  public static Set<String> texts(Handle h) {
    return h.getStatementBuilder() instanceof KeptStatements statements
        ? Set.copyOf(statements.kept.keySet())
        : Set.of();
  }

  private PreparedStatement take(Connection connection, String sql) throws SQLException {
    PreparedStatement known = kept.remove(sql);
    return known == null ? connection.prepareStatement(sql) : known;
  }

  private void giveBack(String sql, PreparedStatement statement) throws SQLException {
    if (!isAsNew(statement)) {
      statement.close();
      return;
    }
    PreparedStatement twin = kept.putLast(sql, statement);
    if (twin != null) {
      twin.close();
    }
    if (kept.size() > KEPT_MAX) {
      Map.Entry<String, PreparedStatement> eldest = kept.pollFirstEntry();
      eldest.getValue().close();
    }
  }

  /** Forgets what the last use left: a statement that was not reset keeps its snapshot. */
  private static boolean isAsNew(PreparedStatement statement) throws SQLException {
    if (!(statement instanceof CoreStatement core) || core.pointer.isClosed()) {
      return false;
    }
    core.pointer.safeRunInt(DB::reset); // answers what the last step did, which is known
    statement.clearParameters();
    statement.clearBatch();
    return true;
  }

  @Override
  public PreparedStatement create(Connection connection, String sql, StatementContext context)
      throws SQLException {
    return take(connection, sql);
  }

  @Override
  public void close(Connection connection, String sql, Statement statement) throws SQLException {
    if (statement instanceof PreparedStatement prepared) {
      giveBack(sql, prepared);
    } else {
      others.close(connection, sql, statement);
    }
  }

  @Override
  public Statement create(Connection connection, StatementContext context) throws SQLException {
    return others.create(connection, context);
  }

  @Override
  public CallableStatement createCall(Connection connection, String sql, StatementContext context)
      throws SQLException {
    return others.createCall(connection, sql, context);
  }
}
