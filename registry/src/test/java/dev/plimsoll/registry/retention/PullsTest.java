package dev.plimsoll.registry.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.database.Database;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.repository.Transactions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When something was last pulled, in memory and on disk. */
class PullsTest {
  private static final RepositoryName APP = new RepositoryName("team/app");
  private static final Digest DIGEST = Digest.sha256("x".getBytes(StandardCharsets.UTF_8));
  private static final Tag TAG = new Tag("latest");

  @TempDir private Path directory;
  private Database database;
  private Transactions transactions;
  private long millis = 1_000_000;
  private Pulls pulls;

  @BeforeEach
  void open() throws IOException {
    database = Database.open(directory.resolve("test.db"), "db/registry");
    transactions = Transactions.of(database);
    database.write(
        h -> h.execute("INSERT INTO repositories (name, created_at) VALUES ('team/app', 0)"));
    pulls = new Pulls(transactions, () -> Instant.ofEpochMilli(millis));
  }

  @AfterEach
  void close() throws IOException {
    database.close();
  }

  private Map<String, Long> written() throws IOException {
    return database.read(h ->
        h.createQuery("SELECT reference, pulled_at FROM pulls")
            .map((rs, ctx) -> Map.entry(rs.getString("reference"), rs.getLong("pulled_at")))
            .collectToMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  @Test
  void aPullByTagCountsForTheTagAndForWhatItPointsAt() throws IOException {
    pulls.pulled(APP, TAG, DIGEST);
    pulls.flush();

    assertThat(written())
        .containsOnly(Map.entry("latest", millis), Map.entry(DIGEST.toString(), millis));
  }

  @Test
  void aThousandPullsAreOneWrite() throws IOException {
    long before = database.commits();
    for (int i = 0; i < 1000; i++) {
      millis += 10;
      pulls.pulled(APP, DIGEST, DIGEST);
    }
    pulls.flush();

    assertThat(database.commits()).isEqualTo(before + 1);
    assertThat(written().get(DIGEST.toString())).isBetween(millis - 1000, millis);
  }

  @Test
  void anEarlierPullThatIsWrittenLaterChangesNothing() throws IOException {
    var slowReplica = new Pulls(transactions, () -> Instant.ofEpochMilli(5));
    slowReplica.pulled(APP, DIGEST, DIGEST);
    pulls.pulled(APP, DIGEST, DIGEST);
    pulls.flush();
    slowReplica.flush();

    assertThat(written()).containsOnly(Map.entry(DIGEST.toString(), millis));
  }

  @Test
  void whatIsNotWrittenYetIsKnown() throws IOException {
    Instant before = Instant.ofEpochMilli(millis - 1);
    pulls.pulled(APP, TAG, DIGEST);

    assertThat(pulls.notedSince(APP, TAG, before)).isTrue();
    assertThat(pulls.notedSince(APP, TAG, Instant.ofEpochMilli(millis))).isTrue();
    assertThat(pulls.notedSince(APP, TAG, Instant.ofEpochMilli(millis + 1))).isFalse();
    pulls.flush();
    assertThat(pulls.notedSince(APP, TAG, before)).isFalse();
  }

  @Test
  void aCrashForgetsNoMoreThanTheLastMinute() throws Exception {
    assertThat(Pulls.WRITTEN_EVERY).isLessThanOrEqualTo(Duration.ofMinutes(1));
    pulls = new Pulls(transactions, () -> Instant.ofEpochMilli(millis), Duration.ofMillis(20));
    pulls.start();
    try {
      pulls.pulled(APP, TAG, DIGEST);

      await().untilAsserted(() -> assertThat(written()).containsKeys("latest", DIGEST.toString()));
    } finally {
      pulls.close();
    }
  }

  @Test
  void closingWritesTheRest() throws Exception {
    pulls.start();
    pulls.pulled(APP, TAG, DIGEST);

    pulls.close();

    assertThat(written()).containsKey("latest");
  }

  @Test
  void aDatabaseThatFailsLosesNothingThatIsRemembered() throws IOException {
    database.close();
    pulls.pulled(APP, TAG, DIGEST);

    assertThat(org.assertj.core.api.Assertions.catchThrowable(pulls::flush))
        .isInstanceOf(IOException.class);

    assertThat(pulls.waiting()).isEqualTo(2);
  }

  @Test
  void moreThanMemoryIsMeantToHoldIsWrittenAtOnce() throws IOException {
    for (int i = 0; i < 50_001; i++) {
      pulls.pulled(
          APP,
          new Tag("t" + i),
          Digest.sha256(new byte[] {(byte) i, (byte) (i >> 8), (byte) (i >> 16)}));
    }

    assertThat(pulls.waiting()).isLessThan(10);
    pulls.flush();
    assertThat(written()).hasSize(100_002);
  }
}
