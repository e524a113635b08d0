package dev.plimsoll.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.foundation.Reserve;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class DatabasePropertiesTest {
  enum Act {
    WRITE,
    WRITE_AND_REFUSE,
    READ
  }

  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** Whatever goes on at once: what returned is there, in whole, and what was refused is not. */
  @Property(tries = 25)
  void exactlyTheAcknowledgedWorksAreVisible(
      @ForAll @Size(min = 1, max = 120) List<Act> acts,
      @ForAll @IntRange(min = 1, max = 9) int batchMax,
      @ForAll @IntRange(min = 1, max = 3) int readersMax)
      throws Exception {
    Path directory = Files.createTempDirectory("plimsoll-database");
    try (Database database =
        Database.open(
            directory.resolve("p.db"),
            Notes.MIGRATIONS,
            Reserve.none(),
            new DatabaseLimits(readersMax, 5, batchMax))) {
      List<Future<?>> running = new ArrayList<>();
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < acts.size(); i++) {
          int number = i;
          running.add(threads.submit(() -> carryOut(database, acts.get(number), number)));
        }
      }
      for (Future<?> one : running) {
        one.get();
      }
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < acts.size(); i++) {
        if (acts.get(i) == Act.WRITE) {
          expected.add(i + "a");
          expected.add(i + "b");
        }
      }
      assertThat(database.read(Notes::all)).containsExactlyInAnyOrderElementsOf(expected);
    } finally {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static boolean carryOut(Database database, Act act, int number) throws IOException {
    switch (act) {
      case WRITE -> {
        database.write(handle -> Notes.add(handle, number + "a") + Notes.add(handle, number + "b"));
        assertThat(database.read(Notes::all)).contains(number + "a", number + "b");
      }
      case WRITE_AND_REFUSE -> {
        try {
          database.write(handle -> {
            Notes.add(handle, number + "a");
            throw new Refused();
          });
        } catch (Refused e) {
          assertThat(database.read(Notes::all)).doesNotContain(number + "a");
        }
      }
      // Each work adds two notes: a reader never sees one of them alone.
      case READ -> assertThat(database.read(Notes::count)).isEven();
    }
    return true;
  }
}
