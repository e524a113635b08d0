package dev.plimsoll.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every database promises: SQLite and PostgreSQL alike. */
interface DatabaseContract {

  /** The same database each time, empty when a test begins. */
  default Database open() throws IOException {
    return open(Notes.MIGRATIONS, DatabaseLimits.DEFAULT);
  }

  Database open(String migrations, DatabaseLimits limits) throws IOException;

  @Test
  default void whatWasWrittenIsReadAfterReopening() throws IOException {
    try (Database database = open()) {
      database.write(handle -> Notes.add(handle, "kept"));
    }
    try (Database database = open()) {
      assertThat(database.read(Notes::all)).containsExactly("kept");
    }
  }

  @Test
  default void aRefusalReachesItsCallerAsItIsAndLeavesNothing() throws IOException {
    class Refusal extends RuntimeException {
      private static final long serialVersionUID = 1;
    }
    Refusal refusal = new Refusal();
    try (Database database = open()) {
      assertThatThrownBy(() ->
              database.write(handle -> {
                Notes.add(handle, "undone");
                throw refusal;
              }))
          .isSameAs(refusal);

      assertThat(database.read(Notes::all)).isEmpty();
    }
  }

  @Test
  default void anIoExceptionOfAWorkUndoesItToo() throws IOException {
    IOException trouble = new IOException("the world");
    try (Database database = open()) {
      assertThatThrownBy(() ->
              database.write(handle -> {
                Notes.add(handle, "undone");
                throw trouble;
              }))
          .isSameAs(trouble);

      assertThat(database.read(Notes::all)).isEmpty();
    }
  }

  @Test
  default void aBrokenConstraintStaysWhatItIs() throws IOException {
    try (Database database = open()) {
      database.write(handle -> Notes.add(handle, "once"));

      assertThatThrownBy(() -> database.write(handle -> Notes.add(handle, "once")))
          .isInstanceOf(UnableToExecuteStatementException.class)
          .hasMessageContainingAll("note", "text");
    }
  }

  @Test
  default void foreignKeysAreEnforced() throws IOException {
    try (Database database = open()) {
      assertThatThrownBy(
              () -> database.write(handle -> handle.execute("INSERT INTO word VALUES (7, 'x')")))
          .message()
          .containsIgnoringCase("foreign key");
    }
  }

  @Test
  default void aReadCannotWrite() throws IOException {
    try (Database database = open()) {
      assertThatThrownBy(() -> database.read(handle -> Notes.add(handle, "never")))
          .isInstanceOf(IOException.class)
          .message()
          .containsPattern("read-?only");
      assertThat(database.read(Notes::all)).isEmpty();
    }
  }

  @Test
  default void aLookFindsWhatWasWrittenAndCannotWrite() throws IOException {
    try (Database database = open()) {
      database.write(handle -> Notes.add(handle, "first"));
      assertThat(database.look(Notes::all)).containsExactly("first");

      assertThatThrownBy(() -> database.look(handle -> Notes.add(handle, "never")))
          .isInstanceOf(IOException.class)
          .message()
          .containsPattern("read-?only");
      database.write(handle -> Notes.add(handle, "second"));

      assertThat(database.look(Notes::all)).containsExactly("first", "second");
    }
  }

  @Test
  default void aReadSeesOneSnapshotWhileOthersWrite() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch written = new CountDownLatch(1);
    try (Database database = open();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<List<Long>> counts =
          threads.submit(() ->
              database.read(handle -> {
                long before = Notes.count(handle);
                begun.countDown();
                await(written);
                return List.of(before, Notes.count(handle));
              }));
      await(begun);
      database.write(handle -> Notes.add(handle, "later"));
      written.countDown();

      assertThat(counts.get()).containsExactly(0L, 0L);
    }
  }

  @Test
  default void aConstraintThatBreaksOnlyAtTheCommitLeavesNothing() throws IOException {
    try (Database database = open()) {
      assertThatThrownBy(() ->
              database.write(handle -> handle.execute("INSERT INTO late_word VALUES (7, 'x')")))
          .isInstanceOf(IOException.class)
          .message()
          .containsIgnoringCase("foreign key");

      database.write(handle -> Notes.add(handle, "good"));

      assertThat(database.read(Notes::all)).containsExactly("good");
    }
  }

  @Test
  default void aCallFromInsideAWorkIsRefusedInsteadOfWaitingForItself() throws IOException {
    try (Database database = open()) {
      assertThatThrownBy(() -> database.write(outer -> database.write(Notes::count)))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> database.read(outer -> database.read(Notes::count)))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> database.look(outer -> database.write(Notes::count)))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  default void anInterruptedCallerLearnsTheOutcomeAndKeepsItsInterrupt() throws IOException {
    try (Database database = open()) {
      Thread.currentThread().interrupt();

      database.write(handle -> Notes.add(handle, "written"));

      assertThat(Thread.interrupted()).isTrue();
      assertThat(database.read(Notes::all)).containsExactly("written");
    }
  }

  @Test
  default void aClosedDatabaseRefuses() throws IOException {
    Database database = open();
    database.close();
    database.close();

    assertThatThrownBy(() -> database.write(Notes::count))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(() -> database.read(Notes::count)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> database.look(Notes::count))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("closed");
  }

  /** A copy with two notes, of which the first is gone. */
  private static Path copy(Path directory) throws IOException {
    Path copy = directory.resolve("copy.db");
    try (Database other = Database.open(directory.resolve("other.db"), Notes.MIGRATIONS)) {
      other.write(handle -> Notes.add(handle, "gone"));
      other.write(handle -> Notes.add(handle, "kept"));
      other.write(handle -> handle.execute("INSERT INTO word VALUES (2, 'first'), (2, '')"));
      other.write(handle -> handle.execute("DELETE FROM note WHERE text = 'gone'"));
      other.copyTo(copy);
    }
    return copy;
  }

  @Test
  default void aCopyTakesThePlaceOfAllRowsAndNumbersGoOnBehindIt(@TempDir Path directory)
      throws IOException {
    Path copy = copy(directory);
    try (Database database = open()) {
      database.write(handle -> Notes.add(handle, "before"));

      assertThat(database.fill(copy, handle -> Notes.all(handle).equals(List.of("before"))))
          .isTrue();

      assertThat(database.read(Notes::all)).containsExactly("kept");
      long next = database.write(handle -> Notes.add(handle, "new"));
      assertThat(next).isEqualTo(3);
      assertThat(
              database.<List<String>>read(handle ->
                  handle
                      .createQuery("SELECT word FROM word ORDER BY word")
                      .mapTo(String.class)
                      .list()))
          .containsExactly("", "first");
    }
  }

  @Test
  default void nothingIsReplacedWithoutPermission(@TempDir Path directory) throws IOException {
    Path copy = copy(directory);
    try (Database database = open()) {
      database.write(handle -> Notes.add(handle, "before"));

      assertThat(database.fill(copy, handle -> false)).isFalse();
      assertThatThrownBy(() ->
              database.fill(
                  copy,
                  handle -> {
                    throw new IOException("not now");
                  }))
          .hasMessage("not now");

      assertThat(database.read(Notes::all)).containsExactly("before");
    }
  }

  @Test
  default void aFillingThatBreaksLeavesWhatWasThere(@TempDir Path directory) throws Exception {
    Path copy = copy(directory);
    try (Connection broken = DriverManager.getConnection("jdbc:sqlite:" + copy);
        Statement statement = broken.createStatement()) {
      statement.executeUpdate("CREATE TABLE nowhere (id INTEGER)");
    }
    try (Database database = open()) {
      database.write(handle -> Notes.add(handle, "before"));

      assertThatThrownBy(() -> database.fill(copy, handle -> true))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("nowhere");

      assertThat(database.read(Notes::all)).containsExactly("before");
    }
  }

  @Test
  default void aCopyOfAnotherSchemaIsRefused(@TempDir Path directory) throws IOException {
    Path copy = copy(directory);
    Database.open(copy, "db/notes-newer").close();
    try (Database database = open()) {
      assertThatThrownBy(() -> database.fill(copy, handle -> true))
          .hasMessageContaining("has schema 2");
    }
  }

  @Test
  default void aFullQueueMakesCallersWaitAndLosesNone() throws Exception {
    DatabaseLimits narrow = new DatabaseLimits(1, 1, 2);
    try (Database database = open(Notes.MIGRATIONS, narrow);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Long>> all = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        String text = "note " + i;
        all.add(threads.submit(() -> database.write(handle -> Notes.add(handle, text))));
        all.add(threads.submit(() -> database.read(Notes::count)));
      }
      for (Future<Long> one : all) {
        one.get();
      }
      assertThat(database.read(Notes::count)).isEqualTo(40);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
