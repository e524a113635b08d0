package dev.plimsoll.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.foundation.Reserve;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {
  @TempDir Path directory;

  @Test
  void whatWasWrittenIsReadAfterReopening() throws IOException {
    try (Database database = open()) {
      database.write(handle -> Notes.add(handle, "kept"));
    }
    try (Database database = open()) {
      assertThat(database.read(Notes::all)).containsExactly("kept");
    }
  }

  @Test
  void aMissingDirectoryIsMade() throws IOException {
    try (Database database = Database.open(directory.resolve("a/b/c.db"), Notes.MIGRATIONS)) {
      assertThat(database.read(Notes::all)).isEmpty();
    }
  }

  @Test
  void aRefusalReachesItsCallerAsItIsAndLeavesNothing() throws IOException {
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
  void anIoExceptionOfAWorkUndoesItToo() throws IOException {
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
  void aBrokenConstraintStaysWhatItIs() throws IOException {
    try (Database database = open()) {
      database.write(handle -> Notes.add(handle, "once"));

      assertThatThrownBy(() -> database.write(handle -> Notes.add(handle, "once")))
          .isInstanceOf(UnableToExecuteStatementException.class)
          .hasMessageContaining("UNIQUE");
    }
  }

  @Test
  void foreignKeysAreEnforced() throws IOException {
    try (Database database = open()) {
      assertThatThrownBy(
              () -> database.write(handle -> handle.execute("INSERT INTO word VALUES (7, 'x')")))
          .hasMessageContaining("FOREIGN KEY");
    }
  }

  @Test
  void aReadCannotWrite() throws IOException {
    try (Database database = open()) {
      assertThatThrownBy(() -> database.read(handle -> Notes.add(handle, "never")))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("readonly");
      assertThat(database.read(Notes::all)).isEmpty();
    }
  }

  @Test
  void aReadSeesOneSnapshotWhileOthersWrite() throws Exception {
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
  void worksThatWaitShareOneCommitAndARefusedOneHarmsNoOther() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (Database database = open();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Long> first =
          threads.submit(() ->
              database.write(handle -> {
                busy.countDown();
                await(go);
                return Notes.add(handle, "first");
              }));
      await(busy);
      List<Future<Long>> others = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        String text = i % 10 == 9 ? "first" : "other " + i; // each tenth breaks the constraint
        others.add(threads.submit(() -> database.write(handle -> Notes.add(handle, text))));
      }
      awaitQueued(database, 100);
      long commitsBefore = database.commits();
      go.countDown();
      first.get();

      int refused = 0;
      for (Future<Long> other : others) {
        try {
          other.get();
        } catch (ExecutionException e) {
          assertThat(e).hasCauseInstanceOf(UnableToExecuteStatementException.class);
          refused++;
        }
      }
      assertThat(refused).isEqualTo(10);
      assertThat(database.commits() - commitsBefore).isEqualTo(2);
      assertThat(database.read(Notes::count)).isEqualTo(91);
    }
  }

  @Test
  void aConstraintThatBreaksOnlyAtTheCommitHarmsNoOther() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (Database database = open();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Long> first =
          threads.submit(() ->
              database.write(handle -> {
                busy.countDown();
                await(go);
                return Notes.count(handle);
              }));
      await(busy);
      Future<Integer> bad =
          threads.submit(() ->
              database.write(handle -> handle.execute("INSERT INTO late_word VALUES (7, 'x')")));
      Future<Long> good = threads.submit(() -> database.write(handle -> Notes.add(handle, "good")));
      awaitQueued(database, 2);
      go.countDown();

      first.get();
      good.get();
      assertThatThrownBy(bad::get).hasMessageContaining("FOREIGN KEY");
      assertThat(database.read(Notes::all)).containsExactly("good");
    }
  }

  @Test
  void aWorkThatEndsTheTransactionItselfFailsAndTheNextGoesOn() throws IOException {
    try (Database database = open()) {
      assertThatThrownBy(() -> database.write(handle -> handle.execute("COMMIT")))
          .isInstanceOf(IOException.class);

      database.write(handle -> Notes.add(handle, "next"));

      assertThat(database.read(Notes::all)).containsExactly("next");
    }
  }

  @Test
  void aCallFromInsideAWorkIsRefusedInsteadOfWaitingForItself() throws IOException {
    try (Database database = open()) {
      assertThatThrownBy(() -> database.write(outer -> database.write(Notes::count)))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> database.read(outer -> database.read(Notes::count)))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void anInterruptedCallerLearnsTheOutcomeAndKeepsItsInterrupt() throws IOException {
    try (Database database = open()) {
      Thread.currentThread().interrupt();

      database.write(handle -> Notes.add(handle, "written"));

      assertThat(Thread.interrupted()).isTrue();
      assertThat(database.read(Notes::all)).containsExactly("written");
    }
  }

  @Test
  void aClosedDatabaseRefuses() throws IOException {
    Database database = open();
    database.close();
    database.close();

    assertThatThrownBy(() -> database.write(Notes::count))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(() -> database.read(Notes::count)).isInstanceOf(IOException.class);
  }

  @Test
  void aFileThatIsNoDatabaseIsRefusedAndKept() throws IOException {
    Path file =
        Files.writeString(directory.resolve("test.db"), "a letter, not a database".repeat(99));

    assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining("test.db");
    assertThat(file).content().startsWith("a letter");
  }

  @Test
  void aFullQueueMakesCallersWaitAndLosesNone() throws Exception {
    DatabaseLimits narrow = new DatabaseLimits(1, 1, 2);
    try (Database database =
            Database.open(directory.resolve("n.db"), Notes.MIGRATIONS, Reserve.none(), narrow);
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

  private Database open() throws IOException {
    return Database.open(directory.resolve("test.db"), Notes.MIGRATIONS);
  }

  private static void awaitQueued(Database database, int jobs) {
    org.awaitility.Awaitility.await().until(() -> database.queuedWrites() == jobs);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
