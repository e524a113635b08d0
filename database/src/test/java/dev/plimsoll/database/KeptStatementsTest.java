package dev.plimsoll.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptStatementsTest {
  private static final String ECHO = "SELECT ?";

  @TempDir private Path directory;
  private Database database;

  @BeforeEach
  void open() throws IOException {
    database = Database.open(directory.resolve("test.db"), Notes.MIGRATIONS);
  }

  @AfterEach
  void close() throws IOException {
    database.close();
  }

  private interface SqlWork<T> {
    T run(Handle h) throws SQLException;
  }

  private <T> T write(SqlWork<T> work) throws IOException {
    return database.write(h -> {
      try {
        return work.run(h);
      } catch (SQLException e) {
        throw new AssertionError(e);
      }
    });
  }

  private static String echo(PreparedStatement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getString(1);
    }
  }

  private PreparedStatement taken(Handle h) throws SQLException {
    PreparedStatement statement = KeptStatements.take(h, ECHO);
    statement.setString(1, "mine");
    assertThat(echo(statement)).isEqualTo("mine");
    return statement;
  }

  @Test
  void aStatementIsPreparedOnceAndRemembersNothing() throws IOException {
    PreparedStatement first =
        write(h -> {
          PreparedStatement statement = taken(h);
          KeptStatements.giveBack(h, ECHO, statement);
          return statement;
        });

    write(h -> {
      PreparedStatement again = KeptStatements.take(h, ECHO);
      assertThat(again).isSameAs(first);
      assertThat(echo(again)).isNull();
      KeptStatements.giveBack(h, ECHO, again);
      return true;
    });
  }

  @Test
  void aStatementThatIsInUseIsNobodyElses() throws IOException {
    write(h -> {
      PreparedStatement outer = taken(h);
      PreparedStatement inner = taken(h);
      assertThat(inner).isNotSameAs(outer);
      KeptStatements.giveBack(h, ECHO, inner);
      KeptStatements.giveBack(h, ECHO, outer);
      assertThat(inner.isClosed()).as("one of each is kept").isTrue();
      assertThat(KeptStatements.take(h, ECHO)).isSameAs(outer);
      return true;
    });
  }

  @Test
  void oneThatFailedIsGoodAgain() throws IOException {
    database.write(h -> Notes.add(h, "there"));

    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> database.write(h -> Notes.add(h, "there")))
          .hasMessageContaining("UNIQUE");
    }

    database.write(h -> Notes.add(h, "new"));
    assertThat(database.read(Notes::all)).containsExactly("there", "new");
  }

  @Test
  void rowsThatWereNotReadHoldNoSnapshot() throws IOException {
    database.write(h -> Notes.add(h, "first"));
    database.write(h -> Notes.add(h, "second"));
    for (String added : new String[] {"third", "fourth"}) {
      database.read(KeptStatementsTest::newest);
      database.write(h -> Notes.add(h, added));

      assertThat(database.<String>read(KeptStatementsTest::newest)).isEqualTo(added);
    }
  }

  /** Reads one row of several. */
  private static String newest(Handle h) {
    return h.createQuery("SELECT text FROM note ORDER BY id DESC")
        .mapTo(String.class)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theOldestGoWhenThereAreTooMany() throws IOException {
    write(h -> {
      PreparedStatement oldest = taken(h);
      KeptStatements.giveBack(h, ECHO, oldest);
      for (int i = 0; i < 200; i++) {
        h.createQuery("SELECT " + i).mapTo(Integer.class).one();
      }
      assertThat(oldest.isClosed()).isTrue();
      assertThat(KeptStatements.take(h, ECHO)).isNotSameAs(oldest);
      return true;
    });
  }
}
