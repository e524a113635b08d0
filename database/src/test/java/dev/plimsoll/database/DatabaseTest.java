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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest implements DatabaseContract {
  @TempDir Path directory;

  @Override
  public Database open(String migrations, DatabaseLimits limits) throws IOException {
    return Database.open(directory.resolve("test.db"), migrations, Reserve.none(), limits);
  }

  @Test
  void aMissingDirectoryIsMade() throws IOException {
    try (Database database = Database.open(directory.resolve("a/b/c.db"), Notes.MIGRATIONS)) {
      assertThat(database.read(Notes::all)).isEmpty();
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
  void aWorkThatEndsTheTransactionItselfFailsAndTheNextGoesOn() throws IOException {
    try (Database database = open()) {
      assertThatThrownBy(() -> database.write(handle -> handle.execute("COMMIT")))
          .isInstanceOf(IOException.class);

      database.write(handle -> Notes.add(handle, "next"));

      assertThat(database.read(Notes::all)).containsExactly("next");
    }
  }

  @Test
  void aLookIsTheCallersUntilAllPlacesAreTaken() throws Exception {
    CountDownLatch busy = new CountDownLatch(Readers.PLACES);
    CountDownLatch go = new CountDownLatch(1);
    Database database = open();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Thread looked = database.look(handle -> Thread.currentThread());
      assertThat(looked).isSameAs(Thread.currentThread());
      List<Future<Long>> looks = new ArrayList<>();
      for (int i = 0; i < Readers.PLACES; i++) {
        looks.add(
            threads.submit(() ->
                database.look(handle -> {
                  busy.countDown();
                  await(go);
                  return Notes.count(handle);
                })));
      }
      await(busy);
      database.write(handle -> Notes.add(handle, "meanwhile"));

      String other = database.look(handle -> Thread.currentThread().getName());
      assertThat(other).startsWith("database-reader-");
      assertThat(database.look(Notes::count)).isOne();
      Future<?> closing =
          threads.submit(() -> {
            database.close();
            return true;
          });
      assertThatThrownBy(() -> closing.get(100, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      go.countDown();
      for (Future<Long> look : looks) {
        assertThat(look.get()).isBetween(0L, 1L); // its snapshot begins with its first statement
      }
      closing.get();
    }
  }

  @Test
  void aFileThatIsNoDatabaseIsRefusedAndKept() throws IOException {
    Path file =
        Files.writeString(directory.resolve("test.db"), "a letter, not a database".repeat(99));

    assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining("test.db");
    assertThat(file).content().startsWith("a letter");
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
      assertThatThrownBy(bad::get).message().containsIgnoringCase("foreign key");
      assertThat(database.read(Notes::all)).containsExactly("good");
    }
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
