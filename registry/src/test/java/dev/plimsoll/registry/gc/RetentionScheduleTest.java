package dev.plimsoll.registry.gc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.content.LocalDisk;
import dev.plimsoll.foundation.settings.YamlValue;
import dev.plimsoll.registry.repository.BlobRows;
import dev.plimsoll.registry.repository.ImageRemoval;
import dev.plimsoll.registry.repository.ReadCache;
import dev.plimsoll.registry.repository.RegistryException.RetentionOff;
import dev.plimsoll.registry.retention.PolicyFile;
import dev.plimsoll.registry.retention.Pulls;
import dev.plimsoll.registry.retention.Retention;
import dev.plimsoll.registry.retention.RetentionSchedule;
import dev.plimsoll.registry.retention.RetentionSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When the rules run by themselves, and what keeps them from it. */
class RetentionScheduleTest {
  private static final String RULES =
      """
      rules:
      - name: young
        repositories: ['**']
        tags: ['v*']
        keep: {pushed-within: 30d}
      """;

  @TempDir private Path directory;
  private Bench bench;
  private Pulls pulls;
  private Optional<String> off = Optional.empty();
  private Retention retention;
  private RetentionSchedule schedule;

  @BeforeEach
  void start() throws Exception {
    bench = new Bench(directory, new LocalDisk(), Instant.parse("2026-03-01T00:00:00Z"));
    pulls = new Pulls(bench.transactions, bench);
    retention =
        new Retention(
            bench.transactions,
            new ImageRemoval(
                bench.transactions,
                new BlobRows(),
                new ReadCache(0),
                100,
                pulls::notedSince,
                bench),
            pulls,
            new Deadlines(bench.transactions, bench, () -> 0),
            () -> off,
            bench);
    Path rules = Files.writeString(directory.resolve("rules.yaml"), RULES);
    schedule =
        new RetentionSchedule(
            retention,
            new RetentionSettings(Optional.of(rules), Duration.ofDays(1)),
            bench.transactions,
            bench);
  }

  @AfterEach
  void stop() throws Exception {
    pulls.close();
    bench.close();
  }

  private void push(int images) throws IOException {
    for (int i = 0; i < images; i++) {
      bench.push("v" + i);
    }
  }

  private int tags() throws IOException {
    return bench.transactions.read(
        h -> h.createQuery("SELECT COUNT(*) FROM tags").mapTo(Integer.class).one());
  }

  @Test
  void whatIsDueWaitsWhileSomethingSpeaksAgainstDeleting() throws Exception {
    push(1);
    bench.pass(Duration.ofDays(31));
    off = Optional.of("the registry is read-only: moving house");

    assertThat(schedule.turn()).isFalse();
    assertThatThrownBy(() ->
            retention.run(
                PolicyFile.read(YamlValue.parse("rules", RULES)),
                Retention.Mode.REAL,
                Optional.empty(),
                _ -> {}))
        .isInstanceOf(RetentionOff.class)
        .hasMessage("retention is off: the registry is read-only: moving house");
    assertThat(tags()).isEqualTo(1);

    off = Optional.empty();
    assertThat(schedule.turn()).isTrue();
    assertThat(tags()).isZero();
  }
}
