package dev.plimsoll.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.foundation.UnavailableException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresDatabaseTest implements DatabaseContract {
  @TempDir Path directory;
  private final PostgresAddress address = PostgresServer.shared().schema();

  @Override
  public Database open(String migrations, DatabaseLimits limits) throws IOException {
    return Database.connect(address, migrations, limits);
  }

  @Test
  void replicasThatStartTogetherMakeTheTablesOnce() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Database>> replicas = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        replicas.add(threads.submit(() -> open("db/notes-newer", DatabaseLimits.DEFAULT)));
      }
      for (Future<Database> replica : replicas) {
        try (Database database = replica.get()) {
          assertThat(
                  database.<List<Integer>>read(handle ->
                      handle
                          .createQuery("SELECT version FROM schema_migration ORDER BY version")
                          .mapTo(Integer.class)
                          .list()))
              .containsExactly(1, 2);
        }
      }
    }
  }

  @Test
  void aSchemaOfANewerReleaseIsRefused() throws IOException {
    open("db/notes-newer", DatabaseLimits.DEFAULT).close();

    assertThatThrownBy(this::open).hasMessageContaining("newer release");
  }

  /** The anomaly that weaker isolation lets through: each sees none, each adds one. */
  @Test
  void twoWritesThatEachReadWhatTheOtherWritesAreAsIfOneRanAfterTheOther() throws Exception {
    try (Database one = open();
        Database other = open();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CyclicBarrier bothHaveRead = new CyclicBarrier(2);
      AtomicInteger runs = new AtomicInteger();
      Work<Boolean> addIfEmpty =
          handle -> {
            boolean empty = Notes.count(handle) == 0;
            if (runs.incrementAndGet() <= 2) {
              meet(bothHaveRead);
            }
            if (empty) {
              Notes.add(handle, "only " + runs.get());
            }
            return empty;
          };
      Future<Boolean> first = threads.submit(() -> one.write(addIfEmpty));
      Future<Boolean> second = threads.submit(() -> other.write(addIfEmpty));

      assertThat(List.of(first.get(), second.get())).containsExactlyInAnyOrder(true, false);
      assertThat(one.read(Notes::count)).isEqualTo(1);
      assertThat(runs).hasValue(3);
    }
  }

  @Test
  void writesThatWaitForEachOtherBothGetThrough() throws Exception {
    try (Database database = open();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      database.write(handle -> Notes.add(handle, "a"));
      database.write(handle -> Notes.add(handle, "b"));
      CyclicBarrier bothHoldOne = new CyclicBarrier(2);
      AtomicInteger runs = new AtomicInteger();
      Future<Integer> ab =
          threads.submit(() -> database.write(h -> lockBoth(h, "a", "b", bothHoldOne, runs)));
      Future<Integer> ba =
          threads.submit(() -> database.write(h -> lockBoth(h, "b", "a", bothHoldOne, runs)));

      assertThat(ab.get() + ba.get()).isEqualTo(4);
    }
  }

  private static int lockBoth(
      Handle handle, String first, String second, CyclicBarrier barrier, AtomicInteger runs) {
    String update = "UPDATE note SET text = text WHERE text = ?";
    int rows = handle.execute(update, first);
    if (runs.incrementAndGet() <= 2) {
      meet(barrier);
    }
    return rows + handle.execute(update, second);
  }

  @Test
  void textsAreInTheOrderOfTheirBytes() throws IOException {
    try (Database database = open()) {
      for (String text : List.of("b", "a", "B", "_", "ä", "-")) {
        database.write(handle -> Notes.add(handle, text));
      }

      assertThat(
              database.<List<String>>read(handle ->
                  handle
                      .createQuery("SELECT text FROM note ORDER BY text")
                      .mapTo(String.class)
                      .list()))
          .containsExactly("-", "B", "_", "a", "b", "ä");
    }
  }

  @Test
  void oneLeadsAndAnotherTakesItsPlace() throws IOException {
    Database first = open();
    try (first;
        Database second = open()) {
      assertThat(first.leads("collector")).isTrue();
      assertThat(first.leads("collector")).isTrue();
      assertThat(second.leads("collector")).isFalse();
      assertThat(second.leads("another role")).isTrue();

      first.close();

      assertThat(second.leads("collector")).isTrue();
    }
  }

  @Test
  void aCopyIsADatabaseOfSqlitesWithTheSameRows() throws IOException {
    Path copy = directory.resolve("copies/copy.db");
    try (Database database = open()) {
      database.write(handle -> Notes.add(handle, "kept"));
      database.copyTo(copy);
      database.write(handle -> Notes.add(handle, "later"));
    }
    try (Database opened = Database.open(copy, Notes.MIGRATIONS)) {
      assertThat(opened.read(Notes::all)).containsExactly("kept");
    }
  }

  @Test
  void aServerThatGoesAwayAndComesBackIsUsedAgain() throws IOException {
    try (PostgresServer server = PostgresServer.start();
        Database database =
            Database.connect(server.schema(), Notes.MIGRATIONS, DatabaseLimits.DEFAULT)) {
      database.write(handle -> Notes.add(handle, "before"));
      assertThat(database.leads("collector")).isTrue();

      server.stop();

      assertThatThrownBy(() -> database.write(handle -> Notes.add(handle, "lost")))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("cannot be used now");
      assertThatThrownBy(() -> database.read(Notes::all)).isInstanceOf(UnavailableException.class);
      assertThat(database.leads("collector")).isFalse();

      server.begin();

      database.write(handle -> Notes.add(handle, "after"));
      assertThat(database.read(Notes::all)).containsExactly("before", "after");
      assertThat(database.leads("collector")).isTrue();
    }
  }

  @Test
  void aConnectionThatWasEndedMeanwhileCostsTheCallerNothing() throws IOException {
    try (Database database = open(Notes.MIGRATIONS, new DatabaseLimits(1, 10, 10))) {
      database.write(handle -> Notes.add(handle, "before"));
      PostgresServer.shared()
          .execute(
              "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                  + " AND application_name = 'plimsoll'");

      database.write(handle -> Notes.add(handle, "after"));

      assertThat(database.read(Notes::count)).isEqualTo(2);
    }
  }

  @Test
  void theTimeIsThatOfTheServer() throws IOException {
    try (Database database = open()) {
      Instant here = database.clock().instant();
      Instant there =
          database.read(
              handle -> handle.createQuery("SELECT clock_timestamp()").mapTo(Instant.class).one());

      assertThat(Duration.between(here, there).abs()).isLessThan(Duration.ofSeconds(1));
    }
  }

  @Test
  void nobodyIsToldOfAPasswordInTheAddress() {
    PostgresAddress secret =
        new PostgresAddress(
            "jdbc:postgresql://127.0.0.1:1/db?password=hunter2&user=x",
            Optional.of("x"),
            Optional.of("hunter3"));

    assertThatThrownBy(() -> Database.connect(secret, Notes.MIGRATIONS, DatabaseLimits.DEFAULT))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("postgresql://127.0.0.1:1/db")
        .message()
        .doesNotContain("hunter");
  }

  @Test
  void aDatabaseOfAnotherEncodingIsRefused() {
    PostgresServer server = PostgresServer.shared();
    server.execute(
        "CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
    PostgresAddress latin =
        new PostgresAddress(
            address.url().replace("/postgres?", "/latin?"), Optional.empty(), Optional.empty());

    assertThatThrownBy(() -> Database.connect(latin, Notes.MIGRATIONS, DatabaseLimits.DEFAULT))
        .hasMessageContaining("ENCODING 'UTF8'");
  }

  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
