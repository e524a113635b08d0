package dev.plimsoll.registry.stats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.database.Database;
import dev.plimsoll.registry.repository.Transactions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was stored at the end of each week, and by how much it grew or shrank. */
class WeeksTest {
  private static final Instant THURSDAY = Instant.parse("2026-03-05T00:00:00Z");
  private static final Duration WEEK = Duration.ofDays(7);

  @TempDir private Path directory;
  private Database database;
  private Stats stats;

  @BeforeEach
  void open() throws IOException {
    database = Database.open(directory.resolve("test.db"), "db/registry");
    stats = new Stats(Transactions.of(database));
  }

  @AfterEach
  void close() throws IOException {
    database.close();
  }

  private void blob(String digest, long bytes) throws IOException {
    database.write(h ->
        h.createUpdate(
                """
                INSERT INTO blobs (digest, generation, size_bytes, state)
                VALUES (:digest, '0', :bytes, 'live')
                """)
            .bind("digest", digest)
            .bind("bytes", bytes)
            .execute());
  }

  @Test
  void whatWasDeletedIsInTheGrowth() throws IOException {
    blob("sha256:a", 1000);
    stats.measure(THURSDAY);
    blob("sha256:b", 500);
    stats.measure(THURSDAY.plus(WEEK).minusMillis(1));

    database.write(h -> h.execute("UPDATE blobs SET state = 'deleting' WHERE size_bytes = 1000"));
    blob("sha256:c", 20);
    List<Stats.Week> weeks = stats.weeks(THURSDAY.plus(WEEK), 3);

    assertThat(weeks.get(0).storedBytes()).hasValue(520L);
    assertThat(weeks.get(0).grownBytes()).hasValue(-980L);
    assertThat(weeks.get(1).storedBytes()).as("the week's last word counts").hasValue(1500L);
    assertThat(weeks.get(1).grownBytes()).as("nobody looked before").isEmpty();
    assertThat(weeks.get(2).storedBytes()).isEmpty();
  }

  @Test
  void weeksInWhichTheRegistryStoodStillChangeNothing() throws IOException {
    blob("sha256:a", 1000);
    stats.measure(THURSDAY);
    blob("sha256:b", 500);

    List<Stats.Week> weeks = stats.weeks(THURSDAY.plus(WEEK.multipliedBy(3)), 4);

    assertThat(weeks.get(0).grownBytes()).hasValue(500L);
    assertThat(weeks.get(1).storedBytes()).isEmpty();
    assertThat(weeks.get(3).storedBytes()).hasValue(1000L);
  }
}
